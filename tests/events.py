"""Event files that tests share."""

from __future__ import annotations

from pathlib import Path

SHORT = """\
event: {title: Probe, date: 2026-03-14, timezone: Europe/Berlin}
host: krefeld
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
  tokio: {name: Tokio, timezone: Asia/Tokyo}
guests:
  uchida: {name: Miki Uchida, timezone: Asia/Tokyo}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld}
  - {id: two, title: Two, duration: 10m, source: berlin}
  - {id: three, title: Three, duration: 10m, source: tokio}
  - {id: four, title: Four, duration: 10m, source: uchida}
"""
"""Three venues, a guest, four manual items; the host is Krefeld."""


def write(folder: Path, text: str = SHORT, name: str = "event.yaml") -> Path:
    """Put an event file into `folder`."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path
