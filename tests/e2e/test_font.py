"""Japanese is drawn on any machine: with its own font, or else with the one that the pages bring."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e import rooms
from tests.events import SHORT, write
from tests.server.process import server

_NO_JAPANESE = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <selectfont><rejectfont>{globs}</rejectfont></selectfont>
</fontconfig>
"""


async def _fonts(page: Page, selector: str) -> list[dict[str, Any]]:
    """The fonts in which Chromium draws the text of an element."""
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("DOM.enable")
    await protocol.send("CSS.enable")
    root = await protocol.send("DOM.getDocument")
    node = await protocol.send("DOM.querySelector", {"nodeId": root["root"]["nodeId"], "selector": selector})
    found: list[dict[str, Any]] = (
        await protocol.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    )["fonts"]
    await protocol.detach()
    return found


def _japanese_fonts(environment: Mapping[str, str]) -> set[str]:
    """The files of this machine's fonts that have Japanese."""
    command = ["fc-list", ":lang=ja", "--format=%{file}\\n"]
    listed = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=True)
    return set(listed.stdout.split("\n")) - {""}


@pytest.mark.parametrize("is_hidden", [False, True], ids=["as-it-is", "without-japanese-fonts"])
async def test_japanese_is_drawn_and_the_web_font_loaded_only_where_the_machine_has_none(
    tmp_path: Path, is_hidden: bool
) -> None:
    environment = dict(os.environ)
    if is_hidden:
        config = tmp_path / "fonts.conf"
        globs = "".join(f"<glob>{file}</glob>" for file in _japanese_fonts(environment))
        config.write_text(_NO_JAPANESE.format(globs=globs), "utf-8")
        environment["FONTCONFIG_FILE"] = str(config)
        assert not _japanese_fonts(environment)
    has_own = bool(_japanese_fonts(environment))
    async with server(write(tmp_path, SHORT), tmp_path / "data") as running, rooms.browsers() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=rooms.CHROMIUM, args=[rooms.LEAN, "--no-sandbox"], env={**environment}
        )
        page = await browser.new_page()
        page.set_default_timeout(rooms.WITHIN)
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        address, _, code = running.link("moderator").partition("#")
        await page.goto(f"{address}?lang=ja#{code}")
        await page.get_by_test_id("hold-button").wait_for()
        if not has_own:
            await page.wait_for_function(
                "() => [...document.fonts].some((font) => font.status === 'loaded')"
                " && [...document.fonts].every((font) => font.status !== 'loading')"
            )
        assert await page.evaluate("document.documentElement.lang") == "ja"
        used = await _fonts(page, ".next-word")
        web = [font["familyName"].startswith("Noto Sans JP") for font in used if font["isCustomFont"]]
        slices = [url for url in fetched if url.endswith(".woff2")]
        styles = [url for url in fetched if "/japanese-" in url]
        await browser.close()
    assert (web, bool(slices), bool(styles)) == (([], False, False) if has_own else ([True], True, True))
    assert len(slices) < 60
