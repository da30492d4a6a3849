"""Browsers that differ in their codecs: one has no H.264, another prefers it or sends nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import DESK, PLACES, staged
from tests.e2e.rooms import LARGE, browsers, room
from tests.server.test_socket import until

PREFER = """
const add = RTCPeerConnection.prototype.addTransceiver;
RTCPeerConnection.prototype.addTransceiver = function (track, init) {
  const line = add.call(this, track, init);
  if (line.receiver.track.kind === "video" && init.direction === "DIRECTION") {
    const known = RTCRtpReceiver.getCapabilities("video").codecs;
    line.setCodecPreferences(ORDER);
  }
  return line;
};
"""
"""A browser whose codecs are others, or in another order, than Chromium's."""
REPAIRED = "known.filter((c) => c.mimeType === 'video/rtx')"
H264 = "known.filter((c) => c.mimeType === 'video/H264')"
VP8 = "known.filter((c) => c.mimeType === 'video/VP8')"
SENDS_H264_ALONE = PREFER.replace("DIRECTION", "sendonly").replace("ORDER", f"[...{H264}, ...{REPAIRED}]")
PREFERS_H264 = PREFER.replace("DIRECTION", "sendonly").replace(
    "ORDER", f"[...{H264}, ...{VP8}, ...{REPAIRED}]"
)
"""As Safari does."""
HAS_NO_H264 = PREFER.replace("DIRECTION", "recvonly").replace("ORDER", f"[...{VP8}, ...{REPAIRED}]")
"""As a Firefox without its plug-in."""
CANNOT_CHANGE = """
for (const method of ["getParameters", "setParameters"]) {
  const real = RTCRtpSender.prototype[method];
  RTCRtpSender.prototype[method] = function (parameters) {
    for (const encoding of parameters?.encodings ?? []) delete encoding.codec;
    return real.call(this, parameters);
  };
}
"""
"""A browser that knows no codec of an encoding: Safari and Firefox as of 2026."""


async def test_who_cannot_show_the_picture_on_air_is_told_so_and_the_desk_too(tmp_path: Path) -> None:
    async with staged(tmp_path, ["tokio"], desk=True) as stage, browsers() as playwright:
        sender = room(
            playwright, tmp_path, stage.link("krefeld"), "krefeld", PLACES["krefeld"], script=SENDS_H264_ALONE
        )
        looker = room(
            playwright, tmp_path, stage.link("berlin"), "berlin", PLACES["berlin"], script=HAS_NO_H264
        )
        async with sender as krefeld, looker as berlin:
            for opened in (krefeld, berlin):
                await opened.page.get_by_test_id("start-button").click()
            await until(stage.moderator, lambda s: s["sources"]["krefeld"]["codec"] == "H264")
            assert await berlin.page.get_by_test_id("cannot-show").count() == 0
            await stage.moderator.command("start")
            await berlin.page.get_by_test_id("cannot-show").wait_for()
            slate = berlin.page.get_by_test_id("slate")
            await expect(slate).to_contain_text(
                "This browser cannot show the picture from Krefeld (H.264)", use_inner_text=True
            )
            await berlin.page.keyboard.press("f")
            await berlin.page.get_by_test_id("cannot-show").wait_for(state="detached")
            for told in ("browser", "on its way"):
                await expect(slate, "nothing for an audience").not_to_contain_text(told, use_inner_text=True)
            await berlin.page.get_by_test_id("cue-dot").wait_for()
            await berlin.page.keyboard.press("f")
            await berlin.page.get_by_test_id("cannot-show").wait_for()
            desk = stage.rooms[DESK]
            alarm = desk.page.get_by_test_id("cannot-decode-berlin")
            await expect(alarm).to_contain_text("cannot show H.264")
            await desk.shows(PLACES["krefeld"])
            assert await desk.page.get_by_test_id("cannot-decode-tokio").count() == 0
            await stage.moderator.command("take", source="tokio")
            await berlin.shows(PLACES["tokio"])
            await alarm.wait_for(state="detached")
            await expect(berlin.page.get_by_test_id("cannot-show")).to_have_count(0)


@pytest.mark.parametrize(("script", "negotiations"), [(PREFERS_H264, 1), (PREFERS_H264 + CANNOT_CHANGE, 2)])
async def test_a_page_that_prefers_h264_sends_vp8_while_a_receiver_needs_it(
    tmp_path: Path, script: str, negotiations: int
) -> None:
    """Without a word of SDP where the browser can; else by one more offer, in which the path stays."""
    async with staged(tmp_path, [], desk=True) as stage, browsers() as playwright:
        sender = room(
            playwright, tmp_path, stage.link("krefeld"), "krefeld", PLACES["krefeld"], LARGE, script
        )
        looker = room(
            playwright, tmp_path, stage.link("berlin"), "berlin", PLACES["berlin"], script=HAS_NO_H264
        )
        async with sender as krefeld:
            await krefeld.page.get_by_test_id("start-button").click()
            await until(stage.moderator, lambda s: s["sources"]["krefeld"]["codec"] == "H264")
            await stage.moderator.command("start")
            await stage.rooms[DESK].shows(PLACES["krefeld"])
            async with looker as berlin:
                await berlin.page.get_by_test_id("start-button").click()
                await berlin.shows(PLACES["krefeld"])
            state = await until(stage.moderator, lambda s: s["sources"]["krefeld"]["codec"] == "VP8")
            assert state["sources"]["krefeld"]["codec_wanted"] == "VP8"
            assert await krefeld.negotiations() == negotiations
            await stage.rooms[DESK].shows(PLACES["krefeld"])
            assert krefeld.errors == []
