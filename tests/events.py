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

BOOTH = """\
event:
  title: Probe
  date: 2026-03-14
  timezone: Europe/Berlin
  language: de
  presets:
    last-question: {de: Letzte Frage, en: Last question}
host: krefeld
languages: [de, ja]
interpreters:
  kabine: {name: Kabine 1, languages: [de, ja], seats: 2}
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
  tokio: {name: Tokio, timezone: Asia/Tokyo, language: ja}
guests:
  uchida: {name: Miki Uchida, timezone: Asia/Tokyo, language: ja}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld}
  - {id: two, title: Two, duration: 10m, source: tokio, language: ja}
"""
"""Three venues, a guest, and a booth of two seats for German and Japanese. German is spoken first."""


def write(folder: Path, text: str = SHORT, name: str = "event.yaml") -> Path:
    """Put an event file into `folder`."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path
