"""The moderator's page while things go right and wrong, and what the rooms see of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import expect

from tests.e2e.conftest import DESK, PLACES, Stage, rested, staged
from tests.e2e.rooms import LARGE, WITHIN
from tests.e2e.waiting import resize
from tests.events import SHORT
from tests.server.test_socket import until

LEVEL = """source => {
  const cover = document.querySelector(`[data-testid='level-${source}'] > div`);
  return parseFloat(cover.style.backgroundSize.split(' ')[1] ?? '100%') < 90;
}"""
"""The meter of a source is above its floor."""
WIDTHS = """([id, least, most]) => {
  const width = document.querySelector(`[data-testid='${id}']`).videoWidth;
  return least <= width && width <= most;
}"""
"""The picture in the element with this test id is so wide."""
PHONE = (390, 844)
UNSEEN = """() => [...document.querySelectorAll('.rundown-title, .controls button, .rundown-moves button')]
  .map((part) => [part.textContent, part.getBoundingClientRect()])
  .filter(([, { width, left, right }]) => width < 20 || left < 0 || right > innerWidth)
  .map(([text]) => text)"""
"""What is squeezed to nothing on a narrow screen, or lies beside it."""


async def test_the_programme_gets_a_rooms_large_layer_and_the_desk_its_small_one_and_its_level(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, ["krefeld"], desk=True, size=LARGE) as stage:
        await stage.moderator.command("start")
        desk = stage.rooms[DESK]
        await until(stage.moderator, lambda s: (s["sources"]["krefeld"]["link"] or {}).get("layer") == "h")
        await desk.shows(PLACES["krefeld"])
        # Either may begin with the other layer: which come at first is up to the room's browser.
        await desk.page.wait_for_function(WIDTHS, arg=["program-video", LARGE[0], LARGE[0]])
        await desk.page.wait_for_function(WIDTHS, arg=["view-krefeld", 1, LARGE[0] // 2])
        await desk.page.wait_for_function(LEVEL, arg="krefeld")
        await desk.page.get_by_test_id("links-button").click()
        row = desk.page.get_by_test_id("link-from-krefeld")
        await expect(row).to_contain_text("large", timeout=WITHIN)  # a busy browser pauses it at times
        await resize(desk.page, *PHONE)
        assert await desk.page.evaluate(UNSEEN) == []
        assert desk.errors == []


async def test_a_take_of_a_marked_source_is_seen_in_the_room(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld", "berlin", "tokio"]) as stage:
        moderator, tokio = stage.moderator, stage.rooms["tokio"]
        await moderator.command("start")
        await tokio.shows(PLACES["krefeld"])
        await stage.watch()
        before = await tokio.stats()
        for source in ("berlin", "krefeld", "berlin"):
            await moderator.command("arm", source=source)
            await until(moderator, lambda s, m=source: _is_marked(s, m))
            await moderator.command("take", source=source)
            taken = await until(moderator, lambda s, m=source: s["program"]["source"] == m)
            assert taken["show"]["armed"] is None, "what is on air is not next any more"
            await tokio.shows(PLACES[source])
        after = await tokio.stats()
        assert await tokio.seen() == [PLACES[p] for p in ("krefeld", "berlin", "krefeld", "berlin")]
        permitted = await stage.permitted()
        assert after["pliCount"] - before["pliCount"] <= permitted
        assert await tokio.negotiations() <= 1 + permitted


def _is_marked(state: dict[str, Any], source: str) -> bool:
    """A moderator has marked it, and a cut to it would be at once."""
    found = state["sources"][source]
    marked = state["show"]["armed"] == {"kind": "source", "id": source}
    return bool(marked and found["armed"] and found["tally"] != "off" and found["state"] == "live")


async def test_a_room_that_crashes_on_air_is_stood_in_for_and_back_when_it_is_back(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld", "berlin"], event=SHORT, desk=True) as stage:
        desk, berlin = stage.rooms[DESK], stage.rooms["berlin"]
        await _put_berlin_on_air(stage)
        await berlin.crash()
        # The host is the first to stand in.
        state = await until(
            stage.moderator,
            lambda s: (s["program"]["source"], s["program"]["reason"]) == ("krefeld", "fallback"),
        )
        assert state["sources"]["berlin"]["state"] in ("stalled", "absent")
        await desk.shows(PLACES["krefeld"])
        alarm = desk.page.get_by_test_id("alarm-berlin")
        await alarm.wait_for()
        await expect(alarm).to_contain_text("since", use_inner_text=True)
        # A hall's machine is set up once: opened again, it feeds its picture without a hand.
        await berlin.reopen(stage.link("berlin"))
        state = await until(stage.moderator, lambda s: s["program"]["source"] == "berlin")
        assert state["program"]["reason"] == "agenda"
        await desk.shows(PLACES["berlin"])
        await alarm.wait_for(state="detached")
        assert desk.errors == []


async def _put_berlin_on_air(stage: Stage) -> None:
    """From the desk's keyboard: marked as next it gets ready, and then the show goes on to it."""
    await stage.moderator.command("start")
    page = stage.rooms[DESK].page
    await stage.rooms[DESK].shows(PLACES["krefeld"])
    await page.keyboard.press("2")
    await page.get_by_test_id("tile-berlin").get_by_test_id("ready").wait_for()
    await stage.rooms[DESK].shows(PLACES["berlin"], "next-video-berlin")
    await expect(page.get_by_test_id("check-picture")).to_have_attribute("data-result", "ok")
    await rested(page)
    await page.keyboard.press("n")
    await stage.on_air("two")
    await stage.rooms[DESK].shows(PLACES["berlin"])


async def test_what_the_desk_writes_is_read_in_the_room_and_its_letters_are_no_shortcuts(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, ["krefeld"], event=SHORT, desk=True) as stage:
        desk, room = stage.rooms[DESK].page, stage.rooms["krefeld"].page
        await stage.moderator.command("start")
        await desk.get_by_test_id("to-krefeld").click()
        await desk.get_by_test_id("message-level").select_option("urgent")
        await desk.get_by_test_id("message-text").click()
        await desk.keyboard.type("Next: no light, turn it on")
        await desk.keyboard.press("Enter")
        message = room.get_by_test_id("message-krefeld")
        await message.get_by_text("Next: no light, turn it on").wait_for()
        # A screen reader says at once what is urgent.
        await expect(room.get_by_role("alert").filter(has=message)).to_have_count(1)
        state = await stage.server.state()
        assert (state["show"]["item"], state["show"]["undo"]["command"]) == ("one", "message"), (
            "N, T and L are letters here"
        )
        await expect(desk.get_by_test_id("message-text")).to_have_value("")
        await room.get_by_test_id("message-away-krefeld").click()
        await message.wait_for(state="detached")
        # Read there, it stands in a line until the desk removes it or says something else.
        await room.get_by_test_id("message-done-krefeld").wait_for()
        await stage.moderator.command("message", to="krefeld", text="Thank you")
        await message.get_by_text("Thank you").wait_for()
        await desk.get_by_test_id("standing-away-krefeld").click()
        await message.wait_for(state="detached")
        assert stage.rooms[DESK].errors == []
