"""A receiver that has not negotiated a source's codec: what is reported, and what senders are asked for."""

from __future__ import annotations

import pytest

from bridge.engine import Feed, MediaStats
from bridge.sdp import codecs
from tests.media.conftest import Bridge
from tests.media.rooms import room


async def stats(bridge: Bridge) -> tuple[MediaStats, MediaStats]:
    """Those of the source krefeld and of the viewer."""
    sources, peers = bridge.switchboard.stats()
    return sources["krefeld"], peers["viewer"]


async def test_a_codec_that_a_receiver_cannot_decode_is_reported_and_not_sent(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0, codec="H264"),
        room(bridge.switchboard, "other", source="tokio", code=2, codec="VP8"),
        room(bridge.switchboard, "viewer", codec="VP8") as viewer,
        room(bridge.switchboard, "witness") as witness,
    ):
        bridge.switchboard.route({"viewer": Feed("tokio"), "witness": Feed("krefeld")})
        await viewer.slots["program"].shows(2)
        await witness.slots["program"].shows(0)
        source, downlink = await stats(bridge)
        assert (source.codec, downlink.cannot_decode) == ("H264", ())
        bridge.switchboard.route({"viewer": Feed("krefeld"), "witness": Feed("krefeld")})
        source, downlink = await stats(bridge)
        assert downlink.cannot_decode == ("H264",)
        assert source.codec_wanted is None, "it has no other codec"
        assert bridge.switchboard.stats()[1]["witness"].cannot_decode == ()
        bridge.switchboard.route({"viewer": Feed("tokio"), "witness": Feed("krefeld")})
        await viewer.slots["program"].more(5)
        assert (await stats(bridge))[1].cannot_decode == ()


async def test_a_sender_with_both_codecs_is_asked_for_vp8_while_a_receiver_needs_it(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(bridge.switchboard, "hall", source="krefeld", code=0):
        async with room(bridge.switchboard, "viewer"):
            assert (await stats(bridge))[0].codec_wanted is None
        async with room(bridge.switchboard, "viewer", codec="VP8"):
            assert (await stats(bridge))[0].codec_wanted == "VP8"
        await bridge.switchboard.leave("viewer")
        async with room(bridge.switchboard, "viewer"):
            assert (await stats(bridge))[0].codec_wanted == "VP8", "for a while"
            monkeypatch.setattr(codecs, "COMMON_CODEC_HOLD_S", 0.0)
            assert (await stats(bridge))[0].codec_wanted is None
