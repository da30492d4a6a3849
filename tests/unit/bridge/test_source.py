"""One source: what it takes in, what it says back, how it fares."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine import Health
from bridge.rtp import rtcp
from bridge.rtp.rtcp import GenericNack, PictureLoss, ReceiverEstimate, ReceiverReport, SenderReport
from bridge.source import BITRATE, CAMERA, REPORT, STALL, Source, Stream
from tests.unit.bridge.peers import NOW, OURS, Far, Room
from tests.unit.rtp.camera import Camera


def test_a_source_is_connecting_until_its_first_picture() -> None:
    """Sound alone is not enough where there is a camera."""
    room = Room("tokio", 10)
    assert room.source.health(NOW) is Health.CONNECTING
    room.speak(NOW)
    room.frame(NOW)
    assert room.source.health(NOW) is Health.CONNECTING
    room.frame(NOW, keyframe=True)
    assert room.source.health(NOW) is Health.LIVE


def test_a_source_without_a_camera_lives_by_its_sound() -> None:
    """The first packet will do."""
    room = Room("phone", 10, video=False)
    assert room.source.health(NOW) is Health.CONNECTING
    room.speak(NOW)
    assert room.source.health(NOW) is Health.LIVE


def test_a_source_whose_video_line_never_sends_lives_by_its_sound() -> None:
    """Pages and rooms offer the line whether there is a camera or not; only time tells."""
    room = Room("guest", 10)
    room.speak(NOW + 20)
    room.speak(NOW + 20 + CAMERA)
    assert room.source.health(NOW + 20 + CAMERA) is Health.CONNECTING
    assert room.source.health(NOW + 20.01 + CAMERA) is Health.LIVE
    assert room.source.health(NOW + 20.01 + CAMERA + STALL) is Health.STALLED


def test_a_camera_switched_on_late_counts_from_its_first_picture_and_never_makes_it_connect_again() -> None:
    """Else whoever was on air by voice would be taken off it by switching on the camera."""
    room = Room("guest", 10)
    room.speak(NOW)
    later = NOW + CAMERA + 1
    room.speak(later)
    room.frame(later)
    assert room.source.health(later) is Health.LIVE
    room.frame(later + 0.1, keyframe=True)
    assert room.source.health(later + 0.1) is Health.LIVE
    room.speak(later + 5)
    assert room.source.health(later + 5) is Health.STALLED


def test_a_camera_that_began_in_time_is_waited_for_however_long_its_keyframe_takes() -> None:
    """It is there: sound does not stand in for it."""
    room = Room("tokio", 10)
    room.speak(NOW)
    room.frame(NOW + CAMERA)
    room.speak(NOW + 60)
    assert room.source.health(NOW + 60) is Health.CONNECTING


def test_a_source_is_stalled_in_a_silence_and_live_again_after_it() -> None:
    """Where there is a picture, sound alone keeps no source alive: the camera would stand frozen on air."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    assert room.source.health(NOW + STALL) is Health.LIVE
    assert room.source.health(NOW + STALL + 0.01) is Health.STALLED
    room.speak(NOW + 5)
    assert room.source.health(NOW + 5) is Health.STALLED
    room.frame(NOW + 6)
    assert room.source.health(NOW + 6) is Health.LIVE


def test_a_source_that_sends_nothing_at_all_is_connecting() -> None:
    """Neither picture nor sound was negotiated."""
    room = Room("nothing", 10, video=False, audio=False)
    room.source.tick(NOW)
    room.source.request_keyframe(NOW)
    assert room.source.health(NOW) is Health.CONNECTING
    assert room.far.rtcp == []


def test_reports_and_the_bit_rate_go_out_at_the_first_packet_and_every_second() -> None:
    """A browser lets its rate rise only while it is told that it may."""
    room = Room("tokio", 10)
    room.source.tick(NOW)
    assert room.far.rtcp == []
    room.frame(NOW, keyframe=True)
    room.source.tick(NOW + 0.02)
    (estimate,) = room.far.heard(ReceiverEstimate)
    assert estimate.medias == (10,)
    assert 0.99 * BITRATE < estimate.bitrate <= BITRATE
    room.source.tick(NOW + 0.5)
    assert room.far.rtcp == []
    room.source.tick(NOW + 0.02 + REPORT)
    assert len(room.far.rtcp) == 1
    (report,) = room.far.heard(ReceiverReport)
    assert (report.ssrc, [block.ssrc for block in report.reports]) == (OURS, [10])


def test_a_declared_stream_is_given_its_bit_rate_before_its_first_packet() -> None:
    """Where the offer names the SSRC."""
    far = Far()
    source = Source(
        "tokio", far, video=Stream(96, 90_000, ssrc=10), audio=None, ssrc=OURS, cname="bridge", now=NOW
    )
    source.tick(NOW)
    assert far.heard(ReceiverEstimate)[0].medias == (10,)


def test_the_report_echoes_the_sender_report_of_its_stream() -> None:
    """The sender can then tell the round trip."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    report = SenderReport(10, 0x0000_AABB_CCDD_0000, 3000, 1, 1)
    room.source.on_rtcp([report, report._replace(ssrc=99)], NOW + 0.5)
    room.source.tick(NOW + 1)
    ((block,),) = [report.reports for report in room.far.heard(ReceiverReport)]
    assert (block.last_report, block.delay) == (0xAABB_CCDD, 32_768)


def test_a_keyframe_is_asked_for_at_once_and_then_not_for_a_while() -> None:
    """However many ask: each keyframe costs all who see the source."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    for _ in range(5):
        room.source.request_keyframe(NOW)
    assert room.far.heard(PictureLoss) == [PictureLoss(10)]
    room.source.tick(NOW + 0.1)
    assert room.far.heard(PictureLoss) == []


def test_a_keyframe_request_within_the_pause_is_made_after_it() -> None:
    """It was not answered by the keyframe that came before it."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.source.request_keyframe(NOW)
    room.frame(NOW + 0.1, keyframe=True)
    room.source.request_keyframe(NOW + 0.2)
    assert len(room.far.heard(PictureLoss)) == 1
    room.source.tick(NOW + 0.28)
    assert room.far.heard(PictureLoss) == []
    room.source.tick(NOW + 0.31)
    assert room.far.heard(PictureLoss) == [PictureLoss(10)]


@pytest.mark.parametrize(("rtt", "wait"), [(None, 0.3), (0.01, 0.3), (0.25, 0.5), (5.0, 1.0)])
def test_a_keyframe_request_is_made_again_until_one_comes(rtt: float | None, wait: float) -> None:
    """After two round trips, but not for ever."""
    room = Room("tokio", 10)
    room.source.rtt = rtt
    room.frame(NOW, keyframe=True)
    room.source.request_keyframe(NOW)
    room.source.tick(NOW + wait - 0.01)
    assert len(room.far.heard(PictureLoss)) == 1
    room.source.tick(NOW + wait + 0.01)
    assert len(room.far.heard(PictureLoss)) == 1
    room.frame(NOW + wait, keyframe=True)
    room.source.tick(NOW + 3 * wait)
    assert room.far.heard(PictureLoss) == []
    assert room.source.stats(NOW + 3 * wait).keyframe_requests == 2


def test_a_camera_whose_first_keyframe_was_missed_is_asked_for_another() -> None:
    """Nobody else would: nobody shows it yet."""
    room = Room("tokio", 10)
    room.frame(NOW)
    room.source.tick(NOW)
    assert room.far.heard(PictureLoss) == [PictureLoss(10)]


def test_a_gap_is_asked_for_until_it_is_filled() -> None:
    """And what came for the asking counts as repaired."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    lost = room.camera.frame(2)
    room.frame(NOW)
    room.source.tick(NOW + 0.02)
    assert room.far.heard(GenericNack) == [GenericNack(10, (lost[0].index & 0xFFFF, lost[1].index & 0xFFFF))]
    room.send(lost, NOW + 0.1)
    room.source.tick(NOW + 0.2)
    assert room.far.heard(GenericNack) == []
    stats = room.source.stats(NOW + 0.2)
    assert (stats.repairs, stats.lost, stats.packets) == (2, 0, 4)


def test_a_sender_that_answers_no_nack_is_not_asked() -> None:
    """It was not negotiated."""
    room = Room("tokio", 10, nack=False)
    room.frame(NOW, keyframe=True)
    room.camera.frame(2)
    room.frame(NOW)
    room.source.tick(NOW + 0.5)
    assert room.far.heard(GenericNack) == []


def test_a_packet_given_up_brings_a_keyframe_request() -> None:
    """Its picture is broken for all who see it."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.camera.frame(1)
    room.frame(NOW)
    for tick in range(1, 200):
        room.source.tick(NOW + tick * 0.02)
    assert PictureLoss(10) in room.far.heard(PictureLoss)
    room.frame(NOW + 5, keyframe=True)
    room.source.tick(NOW + 6)
    assert room.far.heard(PictureLoss) == []


def test_a_gap_of_a_thousand_is_not_asked_for_but_a_keyframe_is() -> None:
    """That is cheaper."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.camera.index += 2000
    room.frame(NOW)
    room.source.tick(NOW + 0.5)
    assert not room.far.heard(GenericNack)
    assert room.source.stats(NOW + 0.5).keyframe_requests == 1


def test_figures_tell_of_picture_and_sound() -> None:
    """Rate over the last whole second, loss of the last interval."""
    room = Room("tokio", 10)
    room.frame(NOW, 10, keyframe=True)
    room.camera.frame(2)
    room.frame(NOW, 8)
    room.speak(NOW)
    room.source.rtt = 0.05
    room.source.tick(NOW + 1.0)
    stats = room.source.stats(NOW + 1.0)
    assert (stats.rtt_ms, stats.packets, stats.lost, stats.loss) == (50.0, 19, 2, 0.1)
    assert stats.kbps > 0
    assert stats.jitter_ms is not None


def test_what_was_not_negotiated_is_counted_and_dropped() -> None:
    """So is what is too short to say."""
    room = Room("tokio", 10)
    for data in (b"", b"\x80", b"\x80\x00" + bytes(10), Camera(10, payload_type=97).frame()[0].data):
        room.source.on_rtp(data, NOW)
    assert room.source.dropped == {"payload-type": 4}


def test_one_ssrc_is_not_both_picture_and_sound() -> None:
    """Reports could not tell them apart."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.source.on_rtp(Camera(10, payload_type=111).frame()[0].data, NOW)
    assert room.source.dropped == {"foreign-ssrc": 1}


def test_two_streams_declared_with_one_ssrc_do_no_harm() -> None:
    """A faulty offer: the first has it, the other learns its own."""
    far = Far()
    both = Stream(96, 90_000, ssrc=10), Stream(111, 48_000, ssrc=10)
    source = Source("tokio", far, video=both[0], audio=both[1], ssrc=OURS, cname="bridge", now=NOW)
    for number, ssrc in enumerate((10, 11, 11, 12)):
        source.on_rtp(Camera(ssrc, payload_type=111, index=number).frame()[0].data, NOW + 2 * number)
    source.on_rtp(Camera(10).frame(keyframe=True)[0].data, NOW + 9)
    assert source.dropped == {"foreign-ssrc": 1}
    assert source.stats(NOW + 9).packets == 4


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from([0x60, 0xE0, 0x6F]))
def test_any_bytes_are_taken_or_counted(payloads: list[bytes], second: int) -> None:
    """No packet raises, whatever follows the first two bytes."""
    room = Room("tokio", 10)
    for payload in payloads:
        room.source.on_rtp(bytes([0x80, second]) + payload, NOW)
    room.source.tick(NOW)
    assert room.source.stats(NOW).packets + sum(room.source.dropped.values()) == len(payloads)


def test_a_running_camera_survives_thousands_of_spoiled_packets() -> None:
    """Bytes knocked over at random: some are used, some dropped, none raises, and the picture comes back."""
    rng = Random(5)
    room = Room("tokio", 10)
    now = NOW
    for _ in range(1500):
        for sent in room.camera.frame(3, keyframe=rng.random() < 0.05):
            data = bytearray(sent.data)
            for _ in range(rng.choice([0, 0, 1, 3])):
                data[rng.randrange(1, len(data))] = rng.randrange(256)
            del data[len(data) - rng.choice([0, 0, 0, rng.randrange(len(data))]) :]
            room.source.on_rtp(bytes(data), now)
        messages = rtcp.parse(rng.randbytes(rng.randrange(60))).messages
        room.source.on_rtcp(messages, now)
        now += 0.02
        room.source.tick(now)
    assert sum(room.source.dropped.values()) > 500
    for _ in range(100):
        now += 0.033
        room.frame(now, 3, keyframe=True)
    assert room.source.health(now) is Health.LIVE
