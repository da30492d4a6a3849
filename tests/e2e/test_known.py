"""Lights and microphones tell the truth: why they are on, and that nothing is known while the server is gone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.conftest import DESK, staged
from tests.e2e.waiting import becomes
from tests.events import SHORT
from tests.server.process import server


async def _light(page: Page, light: str) -> None:
    await page.locator(f"[data-testid='tally'][data-tally='{light}']").wait_for()


async def _look(page: Page, style: str, parts: str) -> set[str]:
    """What these parts have of a style."""
    found: list[str] = await page.locator(parts).evaluate_all(
        "(parts, style) => parts.map((part) => getComputedStyle(part)[style])", style
    )
    return set(found)


async def test_without_the_server_every_light_is_hollow_and_says_so_until_it_is_back(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], event=SHORT, desk=True) as stage:
        room, desk = stage.rooms["krefeld"].page, stage.rooms[DESK].page
        await stage.moderator.command("start")
        await _light(room, "on-air")
        await expect(desk.locator(".tile .chip.on-air")).to_have_text("On air")
        await expect(desk.get_by_test_id("check-connected")).to_have_attribute("data-result", "failed")
        await expect(desk.get_by_test_id("tile-berlin")).to_have_attribute("data-alarm", "next")
        await stage.server.kill()

        await _light(room, "unknown")
        await expect(room.get_by_test_id("tally-why")).to_have_text("last known: On air")
        await expect(room.get_by_test_id("mic-state")).to_have_text("last known: Microphone is open")
        await expect(room.get_by_test_id("banner")).to_contain_text("No server since ")
        await expect(desk.locator(".tile .chip.on-air")).to_have_text("last known: On air")
        hollow = {"rgba(0, 0, 0, 0)"}
        await becomes(partial(_look, room, "backgroundColor", ".dot, .tally, .tally-mark"), hollow)
        await becomes(partial(_look, desk, "backgroundColor", ".dot, .next-check, .tile .absent"), hollow)
        muted, line = {"rgb(163, 174, 189)"}, {"rgb(43, 52, 65)"}
        await becomes(partial(_look, desk, "color", ".next-check, .check-why, .tile .absent"), muted)
        await becomes(partial(_look, desk, "borderTopColor", ".monitor, .tile"), line)
        await expect(room.get_by_test_id("slate")).not_to_contain_text("way", use_inner_text=True)
        for part in ("clock", "time-left"):
            running = room.get_by_test_id(part)
            await expect(running).not_to_have_text(await running.inner_text())

        was = stage.server
        ports = ("--port", str(was.port), "--udp-port", str(was.udp_port))
        async with server(was.event, was.data, *ports):
            await _light(room, "on-air")
            await expect(room.get_by_test_id("banner")).to_have_text("")
            await expect(desk.locator(".tile .chip.on-air")).to_have_text("On air")


async def test_a_guest_without_devices_and_the_hall_that_stands_in_are_told_why(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], event=SHORT, desk=True) as stage:
        hall, desk = stage.rooms["krefeld"].page, stage.rooms[DESK].page
        guest = await hall.context.new_page()
        await guest.goto(stage.server.link("guest", "uchida"))
        for device in ("camera", "microphone"):
            await guest.get_by_test_id(f"{device}-select").select_option("none")
        await guest.get_by_test_id("join-button").click()
        await expect(guest.get_by_test_id("mic-state")).to_contain_text("Nobody sees or hears you")
        await stage.moderator.command("start")
        await stage.moderator.command("goto", item="four")

        await expect(guest.get_by_test_id("tally-why")).to_contain_text("no camera and no microphone")
        await expect(guest.get_by_test_id("mic-state")).to_have_attribute("data-mic", "no-microphone")
        await expect(guest.get_by_text("0:00", exact=True)).to_have_count(0)
        await _light(hall, "on-air")
        await expect(hall.get_by_test_id("tally-why")).to_have_text("standing in for Miki Uchida")
        await expect(desk.get_by_test_id("program-source")).to_contain_text("standing in for Miki Uchida")
        await expect(desk.get_by_test_id("mic-uchida")).not_to_have_attribute("data-mic", "open")

        await stage.moderator.command("take", source="krefeld")
        await expect(hall.get_by_test_id("tally-why")).to_have_text("taken by the desk")
        await expect(guest.get_by_test_id("tally-why")).to_contain_text("another picture")
