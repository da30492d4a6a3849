"""The hall's second window, for the projector: the same pictures, nothing of the crew, and there again by itself."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.conftest import PLACES, Stage, staged
from tests.e2e.rooms import LOOK_INTERVAL_MS, WITHIN
from tests.e2e.waiting import resize
from tests.events import BOOTH, SHORT
from tests.server.test_socket import until

FOR_THE_CREW = "Mikrofon 2 lauter"
PLACE_IT = "hall-place"
NOTE = "hall-screen-note"
STATUS = "hall-screen-status"
FRAMES = (
    "document.querySelector('[data-testid=program-video]')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"
)
OWN_CONNECTIONS = """
window.connections = 0;
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.connections += 1; }
};
"""
KEPT_TITLE = """() => {
  const slate = document.querySelector('[data-testid=slate]')?.innerText ?? '';
  return slate.includes('Please stand by') && slate.includes('Two');
}"""


async def _screen(stage: Stage) -> Page:
    """Open the screen of Krefeld."""
    hall = stage.rooms["krefeld"].page
    await hall.context.add_init_script(OWN_CONNECTIONS)
    async with hall.expect_popup() as opening:
        await hall.get_by_test_id("hall-screen-button").click()
    screen = await opening.value
    screen.set_default_timeout(WITHIN)
    return screen


async def _shows(screen: Page, place: str) -> None:
    """Wait for the picture of `place`."""
    await screen.wait_for_function(
        "code => window.probe.code('program-video') === code",
        arg=PLACES[place],
        timeout=WITHIN,
        polling=LOOK_INTERVAL_MS,
    )


async def _plays(page: Page) -> None:
    """Wait until the pictures have changed ten times from now on."""
    before = await page.evaluate(FRAMES)
    await page.wait_for_function(f"before => ({FRAMES}) >= before + 10", arg=before, timeout=WITHIN)


async def _status(stage: Stage, status: str) -> None:
    hall = stage.rooms["krefeld"].page
    await expect(hall.get_by_test_id(STATUS)).to_have_attribute("data-status", status)


async def test_the_screen_shows_the_same_pictures_and_nothing_of_the_crew(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld", "berlin"]) as stage:
        hall = stage.rooms["krefeld"]
        await stage.moderator.command("start")
        await stage.moderator.command("take", source="berlin")
        await hall.shows(PLACES["berlin"])
        screen = await _screen(stage)
        await _shows(screen, "berlin")
        await _plays(screen)
        await _plays(hall.page)
        assert await screen.evaluate("window.connections") == 0

        # In a window it says what to do with it, on the display no more, whatever happens after.
        await screen.get_by_test_id(PLACE_IT).wait_for()
        await screen.keyboard.press("f")
        await screen.get_by_test_id(PLACE_IT).wait_for(state="detached")
        await _status(stage, "full")
        await screen.keyboard.press("f")
        await _status(stage, "window")
        assert await screen.get_by_test_id(PLACE_IT).count() == 0

        await stage.moderator.command("message", to="krefeld", text=FOR_THE_CREW, level="urgent")
        await stage.moderator.command("cue", to="krefeld", what="louder")
        await hall.page.get_by_test_id("message-krefeld").wait_for()
        await _plays(screen)
        assert FOR_THE_CREW not in await screen.content()
        assert await screen.evaluate("document.body.innerText.trim()") == ""

        await screen.close()
        await hall.page.get_by_test_id(NOTE).wait_for()
        async with hall.page.expect_popup() as opening:
            await hall.page.get_by_test_id("hall-screen-again").click()
        again = await opening.value
        await _shows(again, "berlin")
        await hall.page.get_by_test_id(NOTE).wait_for(state="detached")

        # Another tab takes the screen over: this one does not miss it any more.
        await again.close()
        await hall.page.get_by_test_id(NOTE).wait_for()
        tab = await hall.page.context.new_page()
        await tab.goto(stage.link("krefeld").replace("/j#", "/j?auto=1#"))
        async with tab.expect_popup() as opening:
            await tab.get_by_test_id("hall-screen-button").click()
        await _shows(await opening.value, "berlin")
        await _status(stage, "closed")
        await hall.page.get_by_test_id(NOTE).wait_for(state="detached")
        assert hall.errors == []


async def test_the_screen_shows_the_slate_while_its_page_is_away_and_then_the_picture_by_itself(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, ["krefeld", "berlin"], event=SHORT) as stage:
        hall = stage.rooms["krefeld"]
        await stage.moderator.command("start")
        await stage.moderator.command("take", source="berlin")
        screen = await _screen(stage)
        await _shows(screen, "berlin")
        await screen.evaluate(
            "() => { window.slates = [];"
            " new MutationObserver(() => {"
            "  const slate = document.querySelector('.room-screen > [data-testid=slate]');"
            "  if (slate) window.slates.push(slate.innerText);"
            " }).observe(document.body, {childList: true, subtree: true}); }"
        )
        await hall.page.reload()
        await _shows(screen, "berlin")
        await _plays(screen)
        slates = await screen.evaluate("window.slates")
        assert slates != []
        assert "Two" in slates[-1]
        assert not await screen.evaluate("window.closed")

        # A page that is closed for good leaves the slate, whose time goes on.
        await hall.page.close()
        await screen.wait_for_function(KEPT_TITLE, timeout=WITHIN)
        left = await screen.locator(".slate-count").inner_text()
        await screen.wait_for_function(
            "left => document.querySelector('.slate-count').innerText !== left", arg=left, timeout=WITHIN
        )
        assert await screen.locator("video").count() == 0


async def test_the_tab_shows_the_tally(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"]) as stage:
        page = stage.rooms["krefeld"].page
        icon = "document.querySelector('link[rel=icon]').href"
        before = await page.evaluate(icon)
        await stage.moderator.command("start")
        await page.wait_for_function("() => document.title.startsWith('● On air · Krefeld')", timeout=WITHIN)
        await page.wait_for_function(f"before => {icon} !== before", arg=before, timeout=WITHIN)
        assert stage.rooms["krefeld"].errors == []  # such as an icon that the page's policy forbids


async def test_camera_microphone_and_connection_are_restarted_on_air(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld", "berlin"]) as stage:
        page = stage.rooms["krefeld"].page
        await stage.moderator.command("start")
        await stage.rooms["berlin"].shows(PLACES["krefeld"])
        track = "() => document.querySelector('[data-testid=own-preview]').srcObject?.getTracks()[0].id"
        sent = "() => window.schalte.call.getSenders().map((sender) => sender.track?.id ?? '').join()"
        offers = await stage.rooms["krefeld"].negotiations()
        await page.get_by_test_id("line-strip").click()
        for button in ("restart-camera", "restart-microphone"):
            before = await page.evaluate(sent)
            await page.get_by_test_id(button).click()
            await page.wait_for_function(f"before => ({sent})() !== before", arg=before, timeout=WITHIN)
        await page.wait_for_function(f"() => ({track})() !== undefined", timeout=WITHIN)
        await _plays(stage.rooms["berlin"].page)
        # Another track in the same sender takes no new offer; the connection does.
        assert await stage.rooms["krefeld"].negotiations() == offers
        all_offers = await page.evaluate("window.schalte.negotiations")
        await page.get_by_test_id("restart-connection").click()
        await page.wait_for_function(
            "before => window.schalte.negotiations > before", arg=all_offers, timeout=WITHIN
        )
        await until(stage.moderator, lambda state: state["sources"]["krefeld"]["state"] == "live")
        await _plays(stage.rooms["berlin"].page)

        # The plot has begun, and a hidden page draws none.
        drawn = "document.querySelector('[data-testid=line-trip] path').getAttribute('d')"
        await page.wait_for_function(f"() => ({drawn} ?? '').length > 0", timeout=WITHIN)
        assert stage.rooms["krefeld"].errors == []


OUTSIDE = """() => [...document.querySelectorAll('.hall-place, .hall-channel, .slate > *, .program-name')]
  .filter((part) => part.checkVisibility())
  .filter((part) => {
    const box = part.getBoundingClientRect();
    const isWhole = part.scrollWidth <= part.clientWidth + 1 && part.scrollHeight <= part.clientHeight + 1;
    const isInside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    return !isInside || (!isWhole && !part.matches('.slate > *'));
  })
  .map((part) => `${part.className} at ${innerWidth}x${innerHeight}: ${part.innerText}`)"""
SIZES = [(1920, 1080), (1280, 720), (1024, 768), (800, 600), (640, 400)]


async def test_what_the_screen_says_is_whole_at_the_sizes_of_projectors_in_every_language(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, ["krefeld"], event=BOOTH) as stage:
        hall = stage.rooms["krefeld"].page
        screen = await _screen(stage)
        await screen.get_by_test_id(PLACE_IT).wait_for()
        await hall.get_by_test_id("channel-select").first.select_option("ja")
        await hall.get_by_test_id("devices-button").click()
        await hall.get_by_test_id("loudspeakers-select").select_option("channel")
        await screen.get_by_test_id("hall-channel").get_by_text("日本語").wait_for()
        await hall.get_by_test_id("done-button").click()
        faults: list[str] = []
        for language in ("de", "en", "ja"):
            await hall.get_by_test_id("language-select").select_option(language)
            await screen.wait_for_function(
                "language => document.documentElement.lang === language", arg=language, timeout=WITHIN
            )
            for width, height in SIZES:
                await resize(screen, width, height)
                faults += await screen.evaluate(OUTSIDE)
                assert await screen.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
        assert faults == []
