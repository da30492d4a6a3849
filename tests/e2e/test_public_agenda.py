"""The day's agenda for everybody: live, in the reader's time, on a phone and on paper."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.events import write
from tests.server.process import server

ITEMS = 60
EVENT = "\n".join(
    [
        "event: {title: Ein langer Tag, date: 2018-09-15, timezone: Europe/Berlin, language: de}",
        "host: krefeld",
        "venues:",
        "  krefeld: {name: Krefeld}",
        "  tokio: {name: Tokio, timezone: Asia/Tokyo}",
        "agenda:",
        "  - {id: one, title: Begrüßung, start: 10:00, duration: 10m, source: krefeld}",
        "  - {id: two, title: 東京からのご挨拶, duration: 10m, source: tokio, speaker: Moderation Tokio, language: ja}",
        "  - {id: never, title: Reserve, duration: 10m, source: krefeld, skip: true}",
        *(f"  - {{id: n{n}, title: Vortrag {n}, duration: 8m, source: krefeld}}" for n in range(ITEMS)),
    ]
)
_PRINTED = """() => ({
  visible: [...document.body.children].filter((e) => e.checkVisibility()).map((e) => e.className),
  controls: [...document.querySelectorAll('button, select, input')].filter((e) => e.checkVisibility()).length,
  ink: getComputedStyle(document.querySelector('.day-paper h1')).color,
  ground: getComputedStyle(document.body).backgroundColor,
  split: [...document.querySelectorAll('.day-paper tbody')].some((e) => getComputedStyle(e).breakInside !== 'avoid'),
  head: [...document.querySelectorAll('.day-paper thead th')].map((e) => e.textContent),
  scrolls: document.documentElement.scrollWidth > innerWidth + 1,
})"""


async def test_the_day_is_live_in_every_city_s_time_on_a_phone_and_on_paper(tmp_path: Path) -> None:
    event = write(tmp_path, EVENT)
    async with server(event, tmp_path / "data", "--at", "2018-09-15T10:00:00+02:00") as running:
        async with browsers() as playwright, browser_of(playwright, tmp_path, "krefeld", 0) as browser:
            context = await browser.new_context(
                timezone_id="America/New_York", locale="en-GB", viewport={"width": 390, "height": 844}
            )
            page = await context.new_page()
            page.set_default_timeout(WITHIN)
            await page.goto(running.link("viewer"))
            await expect(_time(page, "two")).to_have_text("04:10")
            await expect(page.get_by_test_id("day-never")).to_have_count(0)

            commands: tuple[dict[str, object], ...] = (
                {"type": "start"},
                {"type": "extend", "seconds": 300},
                {"type": "skip", "item": "n0"},
            )
            for number, command in enumerate(commands):
                assert (await running.command(id=str(number), **command))[0] == 200
            await expect(page.locator("[data-testid=day-one][data-kind=now]")).to_be_visible()
            # The planned time is struck, as on a railway board; what is dropped keeps its own.
            await expect(_time(page, "two").locator("s")).to_have_text("04:10")
            await expect(_time(page, "two").locator("span")).to_have_text("04:15")
            await expect(page.locator("[data-testid=day-n0][data-kind=cancelled] .day-time s")).to_have_text(
                "04:20"
            )

            await page.get_by_test_id("zone-select").select_option(label="Tokio")
            await expect(_time(page, "two").locator("span")).to_have_text("17:15")
            # Past midnight in Tokio the event goes on for some hours.
            dates = page.get_by_test_id("day-date")
            await expect(dates).to_have_text(
                [re.compile("Saturday.* 15 September"), re.compile("Sunday.* 16 September")]
            )

            await page.emulate_media(media="print")
            assert await page.evaluate(_PRINTED) == {
                "visible": ["papers"],
                "controls": 0,
                "ink": "rgb(0, 0, 0)",
                "ground": "rgb(255, 255, 255)",
                "split": False,
                "head": ["Tokio", "Krefeld", "Agenda"],
                "scrolls": False,
            }
            line = page.get_by_test_id("day-paper").locator("tbody", has_text="東京")
            assert (await line.inner_text()).split() == [
                *("17:10", "17:15", "10:10", "10:15"),
                *("東京からのご挨拶", "Moderation", "Tokio"),
            ]
            pages = re.findall(rb"/Type\s*/Page\b", await page.pdf(prefer_css_page_size=True))
            assert 2 <= len(pages) <= 4, "60 items are more than a page, and less than one a sheet"

            # At the desk it is a page of its own.
            desk = await context.new_page()
            await desk.set_viewport_size({"width": 1440, "height": 900})
            await desk.goto(running.link("moderator"))
            async with context.expect_page() as opened:
                await desk.get_by_test_id("agenda-link").click()
            alone = await opened.value
            await expect(_time(alone, "two").locator("span")).to_have_text("04:15")
            await expect(alone.get_by_test_id("print-agenda")).to_be_visible()
            await context.close()


def _time(page: Page, item: str) -> Locator:
    return page.locator(f"[data-testid=day-{item}] .day-time")
