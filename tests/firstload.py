"""What a page loads before it can be used, by the manifest of the built pages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

STATIC = Path(__file__).parent.parent / "signaling" / "static"
MAX_FIRST_LOAD_BYTES = 150_000
"""Gzipped: a hall behind a line of 1 Mbit/s waits 1.2 s for that."""
PAGES = {
    "venue": "src/pages/room.tsx",
    "moderator": "src/pages/desk/desk.tsx",
    "report": "src/pages/report/report.tsx",
    "guest": "src/pages/guest/guest.tsx",
    "viewer": "src/pages/viewer.tsx",
    "interpreter": "src/pages/interpreter/interpreter.tsx",
    "stage": "src/pages/stage/stage.tsx",
}
LANGUAGES = ("de", "en", "ja")


def first_load(page: str, language: str) -> dict[str, int]:
    """The files that this page loads in this language, each with its size in bytes, gzipped."""
    manifest = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    files = {"index.html"}
    waiting = ["index.html", PAGES[page], f"src/texts/{language}.ts"]
    seen = set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        chunk = manifest[key]
        files |= {chunk["file"], *chunk.get("css", ()), *chunk.get("assets", ())}
        waiting += chunk.get("imports", ())
    return {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in sorted(files)}
