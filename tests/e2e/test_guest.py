"""A guest on a phone: the green room, a minute before, on air, over time, thanks, and the way out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from signaling.client import Client
from tests.e2e.conftest import PLACES
from tests.e2e.rooms import WITHIN, Room, browsers, room
from tests.e2e.waiting import resize
from tests.events import write
from tests.server.process import server
from tests.server.test_socket import until

EVENT = """
event: {title: Guests, date: 2026-03-14, timezone: Europe/Berlin}
host: krefeld
defaults: {fallback: [slate]}
venues:
  krefeld: {name: Krefeld}
guests:
  uchida: {name: Miki Uchida, timezone: Asia/Tokyo}
agenda:
  - {id: welcome, title: Welcome, start: 10:00, duration: 10m, source: krefeld}
  - {id: talk, title: Talk, duration: 10m, source: uchida}
  - {id: panel, title: Panel, duration: 10m, source: krefeld}
  - {id: questions, title: Questions, duration: 10m, source: uchida}
"""
_VIBRATES = """
window.vibrated = [];
Object.defineProperty(Navigator.prototype, "vibrate", { value: (pattern) => window.vibrated.push(pattern) });
"""
_LOCKS = """
window.locks = [];
const request = WakeLock.prototype.request;
WakeLock.prototype.request = async function (...of) {
  const lock = await request.apply(this, of);
  window.locks.push(lock);
  return lock;
};
"""
_GRANTED = "sessionStorage.setItem('plugs.permission', '\"granted\"');"
_SENT_AUDIO = """async () => {
  const stats = await window.schalte.call.getStats();
  const sent = [...stats.values()].find((each) => each.type === "outbound-rtp" && each.kind === "audio");
  return { ssrc: sent?.ssrc, format: stats.get(sent?.codecId)?.sdpFmtpLine };
}"""
_PLUGS = (Path(__file__).parent / "plugs.js").read_text("utf-8")


def go_or_no_go(state: dict[str, Any]) -> dict[str, str]:
    """The results of the checks by their names. An item with the guest alone has each once."""
    return {check["id"]: check["result"] for check in state["checks"]["checks"]}


@dataclass
class GreenRoom:
    guest: Room
    desk: Page
    moderator: Client
    renewed: str
    """Another link of the guest."""

    async def phase(self, phase: str) -> None:
        """Wait until the guest's page is in this phase."""
        await self.guest.page.locator(f"[data-testid='tally'][data-phase='{phase}']").wait_for()

    async def start(self) -> None:
        await self.moderator.command("start")
        await until(self.moderator, lambda state: state["show"]["item"] == "welcome")

    async def next(self) -> None:
        item = self.moderator.state["show"]["item"]
        await self.moderator.command("next", **{"from": item})
        await until(self.moderator, lambda state: state["show"]["item"] != item)

    async def goto(self, item: str) -> None:
        await self.moderator.command("goto", item=item)
        await until(self.moderator, lambda state: state["show"]["item"] == item)

    async def leave(self, seconds: float) -> None:
        """Leave the item on air so many seconds, by the show's clock."""
        (item,) = [item for item in self.moderator.state["items"] if item["status"] == "on-air"]
        run = (datetime.now(UTC) - datetime.fromisoformat(item["actual"]["start"])).total_seconds()
        await self.moderator.command("extend", seconds=seconds + run - item["length_s"])

    async def check(self, name: str, state: str) -> None:
        """Wait until a line of the checklist is so."""
        await self.guest.page.locator(f"[data-testid='check-{name}'][data-check='{state}']").wait_for()


@asynccontextmanager
async def green_room(folder: Path) -> AsyncIterator[GreenRoom]:
    """A guest who has joined on a phone with two cameras, and a desk in the same browser."""
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(folder, EVENT), folder / "data"))
        playwright = await stack.enter_async_context(browsers())
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        opening = room(
            playwright,
            folder,
            running.link("guest", "uchida"),
            "uchida",
            PLACES["uchida"],
            script=_GRANTED + _VIBRATES + _LOCKS + _PLUGS,
        )
        guest = await stack.enter_async_context(opening)
        await guest.page.set_viewport_size({"width": 390, "height": 844})
        await guest.page.get_by_test_id("join-button").click()
        desk = await guest.page.context.new_page()
        await desk.goto(running.link("moderator"))
        await until(moderator, lambda state: state["sources"]["uchida"]["state"] == "live")
        yield GreenRoom(guest, desk, moderator, running.link("guest", "uchida", 3_600))
        assert guest.errors == []


async def test_a_guest_waits_is_warned_speaks_overruns_comes_back_and_leaves(tmp_path: Path) -> None:
    async with green_room(tmp_path) as green:
        page, moderator = green.guest.page, green.moderator
        await green.start()
        await green.phase("waiting")
        await expect(page.get_by_test_id("turn-after")).to_have_text("after “Welcome” (Krefeld)")
        assert await page.evaluate("window.vibrated") == []

        # An open panel closes for the warning; one that is opened later shows the turn over it.
        await page.get_by_test_id("devices-button").click()
        await expect(page.get_by_test_id("devices")).to_be_visible()
        assert await page.get_by_test_id("turn-over").count() == 0
        await green.leave(55)
        await green.phase("soon")
        await expect(page.get_by_test_id("devices")).to_have_count(0)
        await expect(page.get_by_test_id("get-ready")).to_contain_text("Camera on")
        await expect(page).to_have_title(re.compile("You are on in 0:"))
        await page.wait_for_function("() => window.vibrated.length === 1")

        await page.get_by_test_id("devices-button").click()
        over = page.get_by_test_id("turn-over")
        await expect(over).to_contain_text("Get ready: on in a moment")
        await green.next()
        await expect(over).to_contain_text("You are on air")
        await expect(over.get_by_role("timer")).to_have_text(re.compile(r"^\d+:\d\d$"))
        await moderator.command("cue", to="speaker", what="slower")
        await expect(over.get_by_test_id("cue")).to_be_in_viewport(ratio=1)
        await page.get_by_test_id("done-button").click()
        await green.phase("on-air")
        await expect(page).to_have_title(re.compile("ON AIR"))
        await green.leave(4)
        await green.phase("overtime")
        await expect(page.get_by_test_id("tally")).to_contain_text("Your time is up")
        await expect(page).to_have_title(re.compile("TIME IS UP"))

        await green.next()
        await green.phase("waiting")
        await expect(page.get_by_test_id("tally")).to_contain_text("until you are on again")
        await green.goto("questions")
        await green.phase("on-air")
        assert len(await page.evaluate("window.vibrated")) == 1, "not for a goto"
        # A renewed link, opened in the same tab: back on air with the same devices, without a press.
        await page.evaluate("window.isOld = true")
        await page.goto(green.renewed)
        await page.wait_for_function(
            "(link) => !window.isOld && window.schalte?.call && location.href === link", arg=green.renewed
        )
        await green.phase("on-air")
        await page.wait_for_function("() => window.schalte.state?.sources.uchida.state === 'live'")
        await green.next()
        await green.phase("thanks")
        assert await page.evaluate("window.vibrated") == []

        tracks = await page.evaluate_handle(
            "[...document.querySelectorAll('[data-testid=own-preview]')].flatMap((v) => v.srcObject.getTracks())"
        )
        await page.get_by_test_id("leave-button").click()
        await expect(page.get_by_test_id("left")).to_contain_text("You may close this window")
        await page.wait_for_function(
            "(tracks) => tracks.length > 0 && tracks.every((track) => track.readyState === 'ended')",
            arg=tracks,
        )
        await until(
            moderator,
            lambda s: (
                (s["destinations"]["uchida"]["connected"], s["sources"]["uchida"]["state"]) == (0, "absent")
            ),
        )
        await page.wait_for_function(
            "() => window.locks.length > 0 && window.locks.every((lock) => lock.released)"
        )

        await page.get_by_test_id("come-back-button").click()
        await page.get_by_test_id("join-button").click()
        await until(moderator, lambda state: state["sources"]["uchida"]["state"] == "live")
        await green.phase("thanks")


async def test_the_checklist_is_of_what_is_so_and_the_desks_click_is_on_it(tmp_path: Path) -> None:
    async with green_room(tmp_path) as green:
        page = green.guest.page
        for name in ("camera", "microphone", "line"):
            await green.check(name, "ok")
        await green.check("desk", "open")
        await green.desk.get_by_test_id("approve-uchida").click()
        await green.check("desk", "ok")
        await expect(page.get_by_test_id("check-desk")).to_contain_text(
            "have seen and heard you · ", use_inner_text=True
        )
        await expect(green.desk.get_by_test_id("approve-uchida")).to_have_attribute("aria-pressed", "true")

        await page.get_by_test_id("mute-button").click()
        await green.check("microphone", "bad")
        await page.get_by_test_id("mute-button").click()

        # A guest who turns to a mixer sends stereo at once, in the same connection and with the same SSRC.
        before = await green.guest.negotiations()
        sent = await page.evaluate(_SENT_AUDIO)
        await page.get_by_test_id("devices-button").click()
        await page.get_by_test_id("preset-mixer").check()
        await page.wait_for_function(
            f"() => ({_SENT_AUDIO})().then(({{ format }}) => format.split(';').includes('stereo=1'))"
        )
        assert (await page.evaluate(_SENT_AUDIO))["ssrc"] == sent["ssrc"]
        await page.wait_for_function("(n) => window.probe.negotiations() === n", arg=before + 1)
        await page.get_by_test_id("test-main").click()
        await page.locator("[data-testid='tone-main'][data-tone='removed']").wait_for()
        # The panel is a dialog: Escape closes it, and the focus is back.
        await page.keyboard.press("Escape")
        await page.get_by_test_id("devices").wait_for(state="detached")
        await expect(page.get_by_test_id("devices-button")).to_be_focused()

        # A call comes in: the system mutes the tracks, and lets them go on afterwards.
        own = "document.querySelector('[data-testid=own-preview]').srcObject.getVideoTracks()[0]"
        await page.evaluate(f"{own}.dispatchEvent(new Event('mute'))")
        await green.check("camera", "bad")
        await page.locator("[data-testid='camera-fault'][data-fault='interrupted']").first.wait_for()
        await page.evaluate(f"{own}.dispatchEvent(new Event('unmute'))")
        await green.check("camera", "ok")

        await green.desk.get_by_test_id("approve-uchida").click()
        await green.check("desk", "open")

        # The guest opens the link once more: the newer window sends, and both say so.
        newer = await page.context.new_page()
        await newer.goto(page.url)
        async with asyncio.TaskGroup() as windows:
            windows.create_task(newer.get_by_test_id("yielded").wait_for())  # it is shown for some seconds
            await newer.get_by_test_id("join-button").click()
        await page.locator("[data-testid='admission'][data-status='replaced']").wait_for()

        # The desk's go or no-go is of the page that sends, and a no-go blocks nothing.
        await green.start()
        right = dict.fromkeys(("connected", "picture", "line", "microphone"), "ok") | {"ready": "unknown"}
        await until(green.moderator, lambda state: go_or_no_go(state).items() >= right.items())
        await green.desk.get_by_test_id("approve-uchida").click()
        await until(green.moderator, lambda state: go_or_no_go(state)["ready"] == "ok")
        await newer.get_by_test_id("mute-button").click()
        await until(green.moderator, lambda state: go_or_no_go(state)["microphone"] == "failed")
        await green.next()


async def test_the_camera_flips_and_turns_without_another_negotiation(tmp_path: Path) -> None:
    async with green_room(tmp_path) as green:
        page = green.guest.page
        await green.start()
        await green.desk.locator("[data-testid='view-uchida']").wait_for()
        before = await green.guest.negotiations()
        await page.get_by_test_id("flip-button").click()
        await page.wait_for_function("() => window.plugs.live().includes('laptop')")
        assert "card" not in await page.evaluate("window.plugs.live()"), "a phone opens one camera at a time"

        # The phone is turned upright: the track's picture has another shape.
        await page.evaluate(
            "() => document.querySelector('[data-testid=own-preview]').srcObject.getVideoTracks()[0]"
            ".applyConstraints({ width: 180, height: 320, aspectRatio: { exact: 9 / 16 } })"
        )
        await green.desk.wait_for_function(
            "() => { const view = document.querySelector('[data-testid=view-uchida]');"
            " return view.videoHeight > view.videoWidth; }",
            timeout=WITHIN,
        )
        assert await green.guest.negotiations() == before


async def test_the_programmes_sound_can_be_softer_or_off_in_the_green_room_and_is_on_before_the_turn(
    tmp_path: Path,
) -> None:
    async with green_room(tmp_path) as green:
        page = green.guest.page
        await green.start()
        await green.phase("waiting")
        await page.get_by_test_id("listen-button").click()
        await page.wait_for_function(
            "() => [...document.querySelectorAll('audio[data-testid^=audio-mic]')].every((audio) => audio.muted)"
        )
        await green.leave(55)
        await green.phase("soon")
        await page.wait_for_function(
            "() => [...document.querySelectorAll('audio[data-testid^=audio-mic]')].some((audio) => !audio.muted)"
        )
        # A lower volume is played by Web Audio: media elements have none on iOS.
        await page.get_by_test_id("volume").fill("-20")
        await page.wait_for_function(
            "() => [...document.querySelectorAll('audio[data-testid^=audio-mic]')].every((audio) => audio.muted)"
        )
        assert await page.evaluate("localStorage.getItem('schalte.programme-level')") == "-20"


async def test_an_arrow_points_at_the_phones_camera_however_it_is_held(tmp_path: Path) -> None:
    async with green_room(tmp_path) as green:
        browser = green.guest.page.context.browser
        assert browser is not None
        phone = await browser.new_context(
            viewport={"width": 390, "height": 844},
            screen={"width": 390, "height": 844},
            is_mobile=True,
            has_touch=True,
        )
        phone.set_default_timeout(WITHIN)
        page = await phone.new_page()
        await page.goto(green.guest.page.url)
        await green.guest.page.close()
        await page.get_by_test_id("join-button").click()
        await green.start()
        await page.locator("[data-testid='tally'][data-phase='waiting']").wait_for()
        assert await page.get_by_test_id("look-here").count() == 0
        await green.leave(55)
        await page.locator("[data-testid='look-here'][data-side='top']").wait_for()
        await page.set_viewport_size({"width": 844, "height": 390})
        await page.locator("[data-testid='look-here'][data-side='left']").wait_for()


SIZES = [(390, 844), (844, 390), (1280, 800)]
LANGUAGES = ["de", "en", "ja"]
_CUT_OFF = """() => {
  const all = [...document.querySelectorAll('.turn, .turn *, .checklist')];
  const high = all.filter((e) => e.matches('.turn, .checklist') && e.scrollHeight > e.clientHeight + 1);
  const wide = all.filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1);
  return [...high, ...wide].map((e) => `${e.className} is cut off`);
}"""
"""What of the turn and the checklist does not fit into its box. A clock's font is higher than its line."""
_FAULTS = (Path(__file__).parent / "layout.js").read_text("utf-8")


async def test_each_phase_fits_a_phone_both_ways_and_a_laptop_in_each_language(tmp_path: Path) -> None:
    faults: dict[str, list[str]] = {}
    async with green_room(tmp_path) as green:
        moderator = green.moderator
        await green.start()
        await _look(green, "waiting", faults)
        await moderator.command("approve", place="uchida")
        await _look(green, "waiting", faults)
        await green.leave(55)
        await _look(green, "soon", faults)
        await green.next()
        await _look(green, "on-air", faults)
        await green.leave(4)
        await _look(green, "overtime", faults)
        await green.goto("questions")
        await green.next()
        await _look(green, "thanks", faults)
    assert faults == {}, "\n".join(f"{fault}: {sizes}" for fault, sizes in faults.items())


async def _look(green: GreenRoom, phase: str, faults: dict[str, list[str]]) -> None:
    """Add what is wrong with the page in this phase, at any size and in any language."""
    page = green.guest.page
    await green.phase(phase)
    for language in LANGUAGES:
        await page.get_by_test_id("language-select").select_option(language)
        await page.wait_for_function("language => document.documentElement.lang === language", arg=language)
        for width, height in SIZES:
            await resize(page, width, height)
            cut = await page.evaluate(_CUT_OFF)
            for fault in [*await page.evaluate(_FAULTS), *cut]:
                faults.setdefault(f"{phase}, {language}: {fault}", []).append(f"{width}x{height}")
