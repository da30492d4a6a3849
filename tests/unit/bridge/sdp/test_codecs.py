"""How long senders are asked for the codec that every receiver can decode."""

from __future__ import annotations

from bridge.sdp.codecs import COMMON_CODEC_HOLD_S, CommonCodec, sdp_name

BOTH = {"vp8", "h264"}


def test_vp8_is_wanted_from_senders_with_a_choice_while_a_receiver_has_only_vp8() -> None:
    common = CommonCodec()
    common.update([BOTH, BOTH], 100.0)
    assert common.wanted_from(BOTH, 100.0) is None
    common.update([BOTH, {"vp8"}], 101.0)
    assert common.wanted_from(BOTH, 101.0) == "vp8"
    assert common.wanted_from({"h264"}, 101.0) is None
    assert common.wanted_from({"vp8"}, 101.0) is None


def test_vp8_is_wanted_for_a_while_after_the_last_such_receiver_has_left() -> None:
    """A page that reloads must not have every hall change its codec twice."""
    common = CommonCodec()
    common.update([{"vp8"}], 100.0)
    common.update([BOTH], 100.0 + COMMON_CODEC_HOLD_S - 1)
    assert common.wanted_from(BOTH, 100.0 + COMMON_CODEC_HOLD_S - 1) == "vp8"
    assert common.wanted_from(BOTH, 100.0 + COMMON_CODEC_HOLD_S) is None


def test_a_receiver_of_h264_alone_changes_nothing() -> None:
    """No browser is like that, and no sender can send both."""
    common = CommonCodec()
    common.update([{"h264"}, set()], 100.0)
    assert common.wanted_from(BOTH, 100.0) is None


def test_codecs_have_their_names_in_sdp() -> None:
    assert [sdp_name(codec) for codec in ("vp8", "h264", "opus", None)] == ["VP8", "H264", "opus", None]
