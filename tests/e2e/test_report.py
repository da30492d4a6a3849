"""The moderator's page that plots the show against its plan, while the show runs and after it."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import DESK, Stage, staged


async def test_the_plot_follows_the_show_and_its_figures_can_be_saved(tmp_path: Path) -> None:
    async with staged(tmp_path, [], desk=True) as stage:
        desk = stage.rooms[DESK].page
        async with desk.context.expect_page() as opening:
            await desk.get_by_test_id("report-link").click()
        page = await opening.value
        await page.get_by_test_id("plot").wait_for()
        await expect(page.get_by_test_id("report-standing")).to_contain_text(
            "has not started", use_inner_text=True
        )
        assert await airings(page, "one").count() == 0
        assert await page.get_by_test_id("plot-now").count() == 0

        await stage.moderator.command("start")
        await airings(page, "one").wait_for()
        await page.get_by_test_id("plot-now").wait_for(state="attached")
        await next_item(stage, "one")
        await airings(page, "two").wait_for()
        await page.locator("[data-testid='plot-row-one'] [role='img']").first.focus()
        tip = await page.get_by_test_id("plot-tip").inner_text()
        assert "One" in tip
        assert "On air: " in tip

        for item in ("two", "three", "four"):
            await next_item(stage, item)
        await page.get_by_test_id("plot-now").wait_for(state="detached")
        async with page.expect_download() as saving:
            await page.get_by_test_id("save-csv").click()
        saved = await saving.value
        table = (await saved.path()).read_bytes()
        assert table.startswith(b"\xef\xbb\xbf")  # or Excel garbles umlauts
        rows = list(csv.DictReader(table.decode("utf-8-sig").splitlines()))
        assert [row["item"] for row in rows] == ["one", "two", "three", "four"]
        assert {row["times_on_air"] for row in rows} == {"1"}
        assert stage.rooms[DESK].errors == []


def airings(page: Page, item: str) -> Locator:
    """The bars of an item, one for each time that it was on air."""
    return page.get_by_test_id(f"plot-row-{item}").locator(".plot-airing")


async def next_item(stage: Stage, item: str) -> None:
    await stage.moderator.command("next", **{"from": item})
