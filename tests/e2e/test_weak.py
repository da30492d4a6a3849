"""A hall's computer that is too slow for its picture."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import PLACES, staged
from tests.e2e.rooms import WITHIN, browsers, room
from tests.server.test_socket import until

OVERLOADED = """
const { getStats } = RTCPeerConnection.prototype;
const { addTransceiver } = RTCPeerConnection.prototype;
const begun = performance.now();
RTCPeerConnection.prototype.getStats = async function (...of) {
  const cpu = (performance.now() - begun) / 1000;
  const limited = ([id, entry]) =>
    [id, entry.type === "outbound-rtp" ? { ...entry, qualityLimitationDurations: { cpu } } : entry];
  return new Map([...(await getStats.apply(this, of))].map(limited));
};
RTCPeerConnection.prototype.addTransceiver = function (track, init) {
  const line = addTransceiver.call(this, track, init);
  if (init.sendEncodings) window.camera = line.sender;
  return line;
};
"""
"""The processor is too slow for the picture, as this browser has it. Chromium's own throttling (`Emulation`) slows the
page's thread, and not the encoder."""


async def test_an_overloaded_hall_sends_fewer_pictures_and_says_so_here_and_at_the_desk(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, []) as stage, browsers() as playwright:
        opening = room(
            playwright, tmp_path, stage.link("krefeld"), "krefeld", PLACES["krefeld"], script=OVERLOADED
        )
        async with opening as krefeld:
            await krefeld.page.get_by_test_id("start-button").click()
            await until(stage.moderator, lambda s: _reduced(s) == "720p15", WITHIN / 1000)
            words = krefeld.page.get_by_text("This computer is at its limit: it sends 15 pictures a second.")
            await words.wait_for()
            fastest = "() => camera.getParameters().encodings.map((one) => one.maxFramerate)"
            assert await krefeld.page.evaluate(fastest) == [15, 15, 15]
            assert await krefeld.negotiations() == 1
            assert krefeld.errors == []


def _reduced(state: dict[str, dict[str, dict[str, dict[str, str] | None]]]) -> str | None:
    return (state["sources"]["krefeld"]["devices"] or {}).get("reduced")
