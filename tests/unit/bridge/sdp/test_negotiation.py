"""The use of each m-line."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from bridge.engine import INTERPRETATION, MICS, PARTNER, PICTURES, TALKBACK, OfferError, PeerSpec
from bridge.sdp.negotiation import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    PLAYOUT_DELAY,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
    LineUse,
    NegotiatedLine,
    NegotiatedMedia,
    negotiate,
)
from bridge.sdp.offer import parse_offer
from tests.unit.bridge.offers import (
    CHROMIUM_AUDIO,
    CHROMIUM_VIDEO,
    DATA,
    FIREFOX_VIDEO,
    LAYERS,
    OBS_VIDEO,
    hall,
    line,
    offer,
)

VIEWER = PeerSpec("viewer", None)
BOOTH = PeerSpec("booth", "kabine/1", talk="talk:booth")
DESK = PeerSpec("desk", None, talk="talk:desk")
SEND_VIDEO, SEND_AUDIO = line(CHROMIUM_VIDEO, "sendonly"), line(CHROMIUM_AUDIO, "sendonly")
SEE, HEAR = line(CHROMIUM_VIDEO, "recvonly"), line(CHROMIUM_AUDIO, "recvonly")


def negotiated(text: str, spec: PeerSpec, new_ssrc: Callable[[], int] | None = None) -> NegotiatedMedia:
    return negotiate(parse_offer(text), spec, new_ssrc or count(1000).__next__)


def slots(media: NegotiatedMedia) -> dict[str, str]:
    return {agreed.line.mid: agreed.slot for agreed in media.slot_lines}


def test_a_hall_sends_its_source_and_receives_in_every_slot() -> None:
    media = negotiated(hall(), PeerSpec("hall", "krefeld"))
    video, audio = media.source_line("video"), media.source_line("audio")
    assert video is not None
    assert audio is not None
    assert (video.line.mid, audio.line.mid) == ("0", "1")
    assert list(slots(media).values()) == ["program", "second", "mic1", "mic2", "mic3", "mic4", "mic5"]


def test_an_interpreter_receives_every_picture_and_every_sound() -> None:
    """In the order of the engine; it sends sound alone."""
    media = negotiated(offer(SEND_AUDIO, SEND_AUDIO, *[SEE] * 9, *[HEAR] * 10), BOOTH)
    assert tuple(slots(media).values()) == (*PICTURES, *MICS, *INTERPRETATION, TALKBACK, PARTNER)


@pytest.mark.parametrize(
    ("lines", "spec", "source", "talk"),
    [
        ([SEND_VIDEO, SEND_AUDIO, SEND_AUDIO], PeerSpec("hall", "krefeld", talk="talk:hall"), "1", "2"),
        ([SEND_AUDIO, SEND_AUDIO, SEE], BOOTH, "0", "1"),
        ([SEND_AUDIO, SEE, HEAR], DESK, None, "0"),
        ([SEND_VIDEO, SEND_AUDIO], PeerSpec("hall", "krefeld", talk="talk:hall"), "1", None),
        ([SEND_VIDEO, SEND_AUDIO, SEND_AUDIO], PeerSpec("hall", "krefeld"), "1", None),
    ],
)
def test_the_sound_sent_after_that_of_the_source_is_the_talkback_microphone(
    lines: list[str], spec: PeerSpec, source: str | None, talk: str | None
) -> None:
    media = negotiated(offer(*lines), spec)
    audio = media.source_line("audio")
    assert (audio and audio.line.mid, media.talk_line and media.talk_line.line.mid) == (source, talk)
    if media.talk_line and audio:
        assert media.talk_line.extensions == audio.extensions
        assert media.talk_line.codecs == audio.codecs


def test_without_a_source_one_picture_is_received_that_measures_the_path_of_those_who_may_talk() -> None:
    lines = [SEND_VIDEO, SEND_AUDIO, SEND_VIDEO]
    media = negotiated(offer(*lines), PeerSpec("hall", None, talk="talk:hall"))
    assert [agreed.use for agreed in media.lines] == [LineUse.SOURCE, LineUse.TALK, LineUse.INACTIVE]
    viewer = negotiated(offer(*lines), PeerSpec("viewer", None))
    assert {agreed.use for agreed in viewer.lines} == {LineUse.INACTIVE}
    # A line both ways is a slot, as ever.
    both = negotiated(offer(line(CHROMIUM_VIDEO, "sendrecv")), PeerSpec("hall", None, talk="talk:hall"))
    assert [agreed.use for agreed in both.lines] == [LineUse.SLOT]


HALL = PeerSpec("hall", "krefeld", talk="talk:hall")


@pytest.mark.parametrize(
    "lines", [[SEND_AUDIO, SEND_VIDEO, SEND_AUDIO], [SEND_AUDIO, SEND_AUDIO, SEND_VIDEO]]
)
def test_two_microphones_before_the_camera_are_refused(lines: list[str]) -> None:
    """The first may be the talkback microphone, which must not go on air."""
    with pytest.raises(
        OfferError, match=r"mid 0 sends audio before the video with mid [12], .* expected in this order"
    ):
        negotiated(offer(*lines), HALL)
    assert negotiated(offer(*lines), PeerSpec("hall", "krefeld")).source_line("audio"), (
        "it may not talk: no doubt"
    )


def test_one_microphone_before_the_camera_is_that_of_the_source() -> None:
    media = negotiated(offer(SEND_AUDIO, SEND_VIDEO), HALL)
    assert (media.source_line("audio") is not None, media.talk_line) == (True, None)


def test_two_microphones_that_change_places_are_another_offer() -> None:
    """A further offer of the same connection is compared by this, with each m-line's mid."""
    one = negotiated(offer(SEND_VIDEO, SEND_AUDIO, SEND_AUDIO), HALL)
    text = offer(SEND_VIDEO, SEND_AUDIO, SEND_AUDIO)
    swapped = text.replace("a=mid:1", "a=mid:x").replace("a=mid:2", "a=mid:1").replace("a=mid:x", "a=mid:2")
    assert swapped != text
    assert negotiated(swapped, HALL).fixed_part != one.fixed_part


def test_a_moderator_has_multiview_slots_in_the_order_of_the_sources() -> None:
    text = offer(*[SEE] * 9, *[HEAR] * 9, SEE, SEE)
    media = negotiated(text, PeerSpec("desk", None, ["tokio", "berlin"]))
    assert slots(media)["18"] == "view:tokio"
    assert slots(media)["19"] == "view:berlin"


def test_a_viewer_may_bring_fewer_lines() -> None:
    assert slots(negotiated(offer(SEE, HEAR), VIEWER)) == {"0": "program", "1": "mic1"}


def test_lines_beyond_the_slots_are_inactive() -> None:
    media = negotiated(offer(*[SEE] * 10), VIEWER)
    assert [agreed.use for agreed in media.lines] == [*[LineUse.SLOT] * 9, LineUse.INACTIVE]


def test_a_line_in_which_a_viewer_sends_is_inactive() -> None:
    media = negotiated(offer(SEND_VIDEO, SEE), VIEWER)
    assert [agreed.use for agreed in media.lines] == [LineUse.INACTIVE, LineUse.SLOT]


def test_a_second_camera_in_one_offer_is_inactive() -> None:
    media = negotiated(offer(SEND_VIDEO, SEND_VIDEO), PeerSpec("hall", "krefeld"))
    assert [agreed.use for agreed in media.lines] == [LineUse.SOURCE, LineUse.INACTIVE]


def test_a_guest_may_come_with_sound_alone() -> None:
    media = negotiated(offer(SEND_AUDIO), PeerSpec("guest", "uchida"))
    assert media.source_line("video") is None
    assert media.source_line("audio") is not None


def test_a_line_both_ways_is_the_sources_first_and_a_slot_for_those_without_one() -> None:
    both = offer(line(CHROMIUM_VIDEO, "sendrecv"))
    assert negotiated(both, PeerSpec("hall", "krefeld")).lines[0].use is LineUse.SOURCE
    assert slots(negotiated(both, VIEWER)) == {"0": "program"}


def test_data_channels_and_lines_with_port_0_are_rejected() -> None:
    stopped = line(CHROMIUM_VIDEO, "recvonly").replace("m=video 9", "m=video 0")
    media = negotiated(offer(SEE, line(DATA, ""), stopped), VIEWER)
    assert [agreed.use for agreed in media.lines] == [LineUse.SLOT, LineUse.REJECTED, LineUse.REJECTED]


def test_every_ssrc_is_unique_and_none_is_the_peers() -> None:
    numbers = iter([0, 726503289, 2443215473, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    media = negotiated(hall(), PeerSpec("hall", "krefeld"), numbers.__next__)
    assert [agreed.ssrc for agreed in media.slot_lines] == [5, 7, 9, 10, 11, 12, 13]
    assert [agreed.rtx_ssrc for agreed in media.slot_lines] == [6, 8, 0, 0, 0, 0, 0]


def test_a_source_that_sends_nothing_is_refused() -> None:
    with pytest.raises(OfferError, match="sends no media, but should send source krefeld"):
        negotiated(offer(SEE), PeerSpec("hall", "krefeld"))


# Codecs


def codecs(agreed: NegotiatedLine) -> dict[int, str]:
    return {codec.payload_type: codec.name for codec in agreed.codecs}


def source_video(text: str) -> NegotiatedLine:
    agreed = negotiated(text, PeerSpec("hall", "krefeld")).source_line("video")
    assert agreed is not None
    return agreed


@pytest.mark.parametrize("direction", ["sendonly", "recvonly"])
def test_vp8_and_h264_are_negotiated_in_one_line_with_rtx(direction: str) -> None:
    spec = PeerSpec("hall", "krefeld" if direction == "sendonly" else None)
    agreed = negotiated(offer(line(CHROMIUM_VIDEO, direction)), spec).lines[0]
    assert codecs(agreed) == {96: "vp8", 106: "h264"}
    assert agreed.rtx_types == {96: 97, 106: 107}


def test_the_offers_order_of_codecs_is_kept() -> None:
    preferring = offer(SEND_VIDEO).replace("96 97 102 103 106 107", "106 107 102 103 96 97")
    assert list(codecs(source_video(preferring))) == [106, 96]
    assert codecs(source_video(offer(line(OBS_VIDEO, "sendonly")))) == {96: "h264"}


@pytest.mark.parametrize("profile", ["42e01f", "42E034", "42c00b", "42401f", "4d801f", "58c01f", "58f01f"])
def test_constrained_baseline_may_be_written_in_many_ways_and_levels(profile: str) -> None:
    assert 106 in codecs(source_video(offer(SEND_VIDEO).replace("42e01f", profile)))


@pytest.mark.parametrize(
    "profile", ["42001f", "4d001f", "4d401f", "64001f", "640c1f", "58001f", "42e0", "", "x"]
)
def test_a_profile_that_not_every_receiver_has_is_left_out(profile: str) -> None:
    assert codecs(source_video(offer(SEND_VIDEO).replace("42e01f", profile))) == {96: "vp8"}


def test_h264_with_packetization_mode_0_is_left_out() -> None:
    assert codecs(
        source_video(offer(SEND_VIDEO).replace("packetization-mode=1", "packetization-mode=0"))
    ) == {96: "vp8"}


def test_there_is_no_rtx_without_nack() -> None:
    silent = negotiated(offer(SEE).replace("a=rtcp-fb:96 nack\r\n", ""), VIEWER).lines[0]
    assert silent.rtx_types == {106: 107}
    none = negotiated(offer(SEE).replace(" nack\r\n", " x\r\n"), VIEWER).lines[0]
    assert (none.rtx_types, none.rtx_ssrc) == ({}, 0)


def test_video_without_a_supported_codec_is_refused() -> None:
    text = offer(SEE).replace("VP8/90000", "VP9/90000").replace("H264/90000", "AV1/90000")
    with pytest.raises(OfferError, match=r"mid 0 offers none of VP8 and H\.264"):
        negotiated(text, VIEWER)


def test_audio_without_opus_is_refused() -> None:
    with pytest.raises(OfferError, match="mid 0 offers none of opus/48000"):
        negotiated(offer(HEAR).replace("opus/48000", "opus/8000"), VIEWER)


# Layers and header extensions


@pytest.mark.parametrize(
    ("simulcast", "layers"),
    [
        ("h;l", ("h", "l")),
        ("l;h", ("h", "l")),
        ("l;x;h", ("h", "l")),
        ("l;m;h", ("h", "m", "l")),
        ("0;1", ("0", "1")),
        ("0;1;2", ("0", "1", "2")),
        ("0;1;2;3", ("0", "2", "3")),
        ("h", ()),
    ],
)
def test_two_or_three_layers_are_negotiated_best_first(simulcast: str, layers: tuple[str, ...]) -> None:
    more = "".join(f"a=rid:{rid} send\n" for rid in simulcast.split(";")) + f"a=simulcast:send {simulcast}\n"
    assert source_video(offer(line(CHROMIUM_VIDEO, "sendonly", more))).rids == layers


@pytest.mark.parametrize("way", ["urn:other", "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-idx"])
def test_without_the_rid_extension_there_is_no_simulcast(way: str) -> None:
    text = offer(line(CHROMIUM_VIDEO, "sendonly", LAYERS)).replace(RID + "\r\n", way + "\r\n")
    assert source_video(text).rids == ()


def test_the_header_extensions_in_use_are_accepted() -> None:
    media = negotiated(hall(), PeerSpec("hall", "krefeld"))
    video, audio = media.source_line("video"), media.source_line("audio")
    assert video is not None
    assert audio is not None
    assert video.extensions == {MID: 9, ABS_SEND_TIME: 2, TRANSPORT_CC: 4}
    assert audio.extensions == {ABS_SEND_TIME: 2, TRANSPORT_CC: 4, AUDIO_LEVEL: 14}
    pictures = {ABS_SEND_TIME: 2, PLAYOUT_DELAY: 5}
    assert [agreed.extensions for agreed in media.slot_lines] == [pictures] * 2 + [{}] * 5
    layers = source_video(offer(line(CHROMIUM_VIDEO, "sendonly", LAYERS)))
    assert layers.extensions == {MID: 9, ABS_SEND_TIME: 2, TRANSPORT_CC: 4, RID: 10, REPAIRED_RID: 11}


def test_a_header_extension_for_the_other_direction_is_not_accepted() -> None:
    """Firefox wants abs-send-time from us and sends none."""
    both = offer(line(FIREFOX_VIDEO, "sendonly"), line(FIREFOX_VIDEO, "recvonly"))
    lines = negotiated(both, PeerSpec("hall", "krefeld")).lines
    assert lines[0].extensions == {MID: 3}
    assert lines[1].extensions == {ABS_SEND_TIME: 4}


def test_the_fixed_part_tells_whether_a_further_offer_is_the_same() -> None:
    spec = PeerSpec("hall", "krefeld")
    first = negotiated(hall(), spec)
    again = negotiated(hall().replace("gM8+", "nEw+"), spec, count(5000).__next__)
    assert again.fixed_part == first.fixed_part
    assert negotiated(hall().replace("VP8/90000", "VP9/90000"), spec).fixed_part != first.fixed_part
    assert negotiated(hall().replace("apt=96", "apt=95"), spec).fixed_part != first.fixed_part
    assert negotiated(hall().replace("extmap:2 ", "extmap:7 "), spec).fixed_part != first.fixed_part
    assert negotiated(offer(SEND_VIDEO, SEE), spec).fixed_part != first.fixed_part
