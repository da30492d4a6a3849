"""The cameras and sound devices of this Linux machine, as the kernel lists them in /sys and /proc.

Nothing is opened for a picture or sound, so a device in use is listed as well. The numbers of devices change when they
are plugged in again; the names that are listed here do not.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["camera", "microphone", "loudspeaker"]

DEFAULT_SOUND = "default"
"""The sound device that the system chooses: PipeWire's or PulseAudio's where one of them runs."""

_QUERY_CAPABILITIES = 0x80685600
_NEXT_FORMAT = 0xC0405602
_CAPABILITIES = struct.Struct("16s32s32sIII12x")
_FORMAT = struct.Struct("III32s4sI12x")
_DEVICE_CAPABILITIES = 0x80000000
_VIDEO_CAPTURE = 1
_MAX_FORMATS = 64
"""Formats that are asked for, of a driver that does not end its list."""

_CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]: \S+ - (.*)$", re.MULTILINE)
_PCM = re.compile(r"^(\d+)-(\d+): [^:]*: ([^:]*?)\s*((?:: (?:playback|capture) \d+\s*)+)$", re.MULTILINE)

Formats = Callable[[Path], list[str] | None]


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A camera, or one direction of a sound device."""

    kind: Kind
    name: str
    """What to give to `schalte room`. It stays the same when the device is plugged in again."""
    label: str
    """What the maker calls it."""
    can: str
    """The picture formats of a camera, or the direction of a sound device."""
    path: str
    """What opens it now: a device node, or the name of an ALSA PCM."""
    short: str = ""
    """A shorter name that is accepted as well: the id of its sound card."""


class DeviceFault(Exception):
    """A device cannot be used now. `status` is one of the wire's `DeviceStatus`."""

    def __init__(self, status: str, text: str) -> None:
        super().__init__(text)
        self.status = status


def formats_of(node: Path) -> list[str] | None:
    """The picture formats of a V4L2 node, such as MJPG; none if it captures no picture (metadata, output), None if it
    cannot be opened."""
    try:
        descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        buffer = bytearray(_CAPABILITIES.size)
        fcntl.ioctl(descriptor, _QUERY_CAPABILITIES, buffer)
        *_, of_card, of_node = _CAPABILITIES.unpack(buffer)
        if not (of_node if of_card & _DEVICE_CAPABILITIES else of_card) & _VIDEO_CAPTURE:
            return []
        found: list[str] = []
        for index in range(_MAX_FORMATS):
            buffer = bytearray(_FORMAT.pack(index, _VIDEO_CAPTURE, 0, b"", b"", 0))
            try:
                fcntl.ioctl(descriptor, _NEXT_FORMAT, buffer)
            except OSError as fault:
                if fault.errno != errno.EINVAL:  # the end of the list
                    raise
                break
            found.append(_FORMAT.unpack(buffer)[4].decode("ascii", "replace").strip())
        return found
    except OSError:
        return None
    finally:
        os.close(descriptor)


def cameras(root: Path = Path("/"), formats: Formats = formats_of) -> list[ListedDevice]:
    """The cameras and capture cards. `root` holds `sys` and `dev`."""
    stable = _stable_names(root / "dev/v4l")
    found: list[ListedDevice] = []
    for entry in sorted((root / "sys/class/video4linux").glob("video*"), key=lambda one: int(one.name[5:])):
        can = formats(root / "dev" / entry.name)
        # The second node of a camera carries metadata, no picture. Without permission its index alone shows that.
        if can == [] or (can is None and _text(entry / "index") not in ("", "0")):
            continue
        path = f"/dev/{entry.name}"
        label = _text(entry / "name") or entry.name
        unknown = "cannot be opened now"
        found.append(
            ListedDevice(
                "camera",
                stable.get(entry.name, path),
                label,
                unknown if can is None else ", ".join(can),
                path,
            )
        )
    return found


def _stable_names(links: Path) -> dict[str, str]:
    """By node, the name of a link that stays the same. The id of the device goes before the port it is plugged into."""
    names: dict[str, str] = {}
    for folder in ("by-path", "by-id"):
        for link in sorted((links / folder).glob("*")):
            names[Path(os.readlink(link)).name] = link.name
    return names


def sounds(root: Path = Path("/")) -> list[ListedDevice]:
    """The microphones and loudspeakers, each sound device in both directions. `root` holds `proc`."""
    cards = {int(n): (id_, label) for n, id_, label in _CARD.findall(_text(root / "proc/asound/cards"))}
    found: list[ListedDevice] = []
    for card, device, label, directions in _PCM.findall(_text(root / "proc/asound/pcm")):
        if int(card) not in cards:
            continue  # unplugged between the two files
        id_, of_card = cards[int(card)]
        name = f"plughw:CARD={id_},DEV={int(device)}"
        full = f"{of_card}: {label}" if label and label != of_card else of_card
        kinds: tuple[tuple[Kind, str], ...] = (("microphone", "capture"), ("loudspeaker", "playback"))
        found += [ListedDevice(kind, name, full, way, name, id_) for kind, way in kinds if way in directions]
    return found


def listed(root: Path = Path("/")) -> list[ListedDevice]:
    """Every device that `schalte room` can use."""
    return cameras(root) + sorted(sounds(root), key=lambda one: one.kind, reverse=True)


def camera_path(name: str, root: Path = Path("/")) -> str:
    """What opens the camera `name` now. An address or a path is taken as it is.

    Raises:
        DeviceFault: there is no such camera now, or there are several.
    """
    if "://" in name or name.startswith("/"):
        return name
    found = _named(name, cameras(root))
    if found is None:
        raise DeviceFault("missing", f"there is no camera {name} now; `schalte devices` lists them")
    return found.path


def sound_path(name: str, kind: Kind, root: Path = Path("/")) -> str:
    """The ALSA name of a sound device. One that is not listed is taken as a name of the ALSA configuration.

    Raises:
        DeviceFault: there are several.
    """
    found = _named(name, [one for one in sounds(root) if one.kind == kind])
    return found.path if found is not None else name


def _named(name: str, among: list[ListedDevice]) -> ListedDevice | None:
    """The device of that name, or the only one whose label contains it."""
    wanted = name.casefold()
    for exact in (
        [one for one in among if one.name == name],
        [one for one in among if wanted in (one.short.casefold(), one.label.casefold())],
        [one for one in among if wanted in one.label.casefold()],
    ):
        if len(exact) > 1 and len({one.short or one.path for one in exact}) > 1:
            names = ", ".join(one.name for one in exact)
            raise DeviceFault("failed", f"several devices are called {name}; give one of {names}")
        if exact:
            return exact[0]
    return None


def _text(path: Path) -> str:
    """The content of a small file; empty without it."""
    try:
        return path.read_text("utf-8", "replace").strip("\n")
    except OSError:
        return ""
