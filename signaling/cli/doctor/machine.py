"""The machine: disk, descriptors, socket buffers, fonts."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

from bridge.net.port import SOCKET_BUFFER_BYTES
from bridge.slate.card_fonts import REMEDY, FontSet
from config.model import Event
from signaling.cli.doctor.finding import Finding
from signaling.health.conditions import LOW_FREE_BYTES, MIN_FREE_BYTES

MIN_DESCRIPTORS = 4096
"""Each connection takes one. 1,024, a usual limit, is enough for 250 pages."""
BUFFER_LIMITS = (Path("/proc/sys/net/core/rmem_max"), Path("/proc/sys/net/core/wmem_max"))


def machine_findings(event: Event, data: Path) -> Iterator[Finding]:
    """The checks that need neither network nor server."""
    yield _data_finding(data)
    yield _descriptors_finding(resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    yield from _buffer_findings()
    yield _fonts_finding(event)


def _data_finding(data: Path) -> Finding:
    """The data folder, or the folder in which it will be made."""
    there = next(folder for folder in (data.absolute(), *data.absolute().parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding(
            "disk", "fault", f"{there} cannot be written to. Give --data a folder that you may write to."
        )
    free = shutil.disk_usage(there).free
    text = f"{free / 1024**3:.1f} GiB free for {data}."
    if free < MIN_FREE_BYTES:
        return Finding("disk", "fault", f"{text} Without space no command is accepted. Free some.")
    if free < LOW_FREE_BYTES:
        return Finding("disk", "warning", f"{text} Free some: without space no command is accepted.")
    return Finding("disk", "ok", text)


def _descriptors_finding(limit: int) -> Finding:
    if limit != resource.RLIM_INFINITY and limit < MIN_DESCRIPTORS:
        return Finding(
            "descriptors",
            "warning",
            f"At most {limit} open files, one for each connection. Raise the limit: ulimit -Hn 65536, or "
            "LimitNOFILE=65536 in the systemd unit.",
        )
    return Finding("descriptors", "ok", "Enough open files are permitted.")


def _buffer_findings() -> Iterator[Finding]:
    for limit in BUFFER_LIMITS:
        try:
            permitted = int(limit.read_text())
        except (OSError, ValueError):  # no Linux
            return
        if permitted < SOCKET_BUFFER_BYTES:
            name = f"net.core.{limit.name}"
            yield Finding(
                "buffers",
                "warning",
                f"{name} is {permitted}, so a burst of packets can be lost. Run: "
                f"sysctl -w {name}={SOCKET_BUFFER_BYTES}",
            )
            return
    yield Finding("buffers", "ok", "The UDP port gets the buffers that it asks for.")


def _fonts_finding(event: Event) -> Finding:
    """Whether the slate can write the event's own names and titles."""
    fonts = FontSet(event.language or "en", bold=False)
    names = [venue.name for venue in event.venues.values()]
    for text in (event.title, *names, *(item.title for item in event.agenda)):
        fonts.writable(text)
    if fonts.missing:
        listed = " ".join(sorted(fonts.missing)[:8])
        return Finding(
            "fonts", "warning", f"No font here has {listed}, so the slate leaves them out; {REMEDY}."
        )
    return Finding("fonts", "ok", "The slate can write the names and titles of this event.")
