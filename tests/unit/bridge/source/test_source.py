"""One source: what it takes in, what it says back, how it fares."""

from __future__ import annotations

import struct
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.destination.slots import AudioSlot
from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtcp import GenericNack, PictureLossIndication, ReceiverReport, Remb, SenderReport
from bridge.source.audio import MIN_REPORTED_LOSS
from bridge.source.context import RtpParameters
from bridge.source.remb import MAX_BITRATE_BPS
from bridge.source.source import MAX_PACKETS_PER_WINDOW, RATE_WINDOW_S, REPORT_INTERVAL_S, Source
from tests.unit.bridge.peers import NOW, NTP, NUMBER, OURS, VP8_RTX, Far, Room
from tests.unit.bridge.rtp.camera import repair_of


def test_a_source_that_sends_nothing_at_all_is_connecting() -> None:
    """Neither picture nor sound was negotiated."""
    room = Room("nothing", 10, video=False, audio=False)
    room.source.tick(NOW)
    room.source.request_keyframe(NOW)
    assert room.source.select_layer(False, ["vp8"], NOW) is None
    assert room.source.state(NOW) == ("connecting", "joined")
    assert room.far.rtcp == []


def test_reports_and_the_bit_rate_go_out_at_the_first_packet_and_every_second() -> None:
    """A browser lets its rate rise only while it is told that it may."""
    room = Room("tokio", 10)
    room.source.tick(NOW)
    assert room.far.rtcp == []
    room.frame(NOW, keyframe=True)
    room.source.tick(NOW + 0.02)
    (estimate,) = room.far.heard(Remb)
    assert estimate.media_ssrcs == (10,)
    assert 0.99 * MAX_BITRATE_BPS < estimate.bitrate <= MAX_BITRATE_BPS
    room.source.tick(NOW + 0.5)
    assert room.far.rtcp == []
    room.source.tick(NOW + 0.02 + REPORT_INTERVAL_S)
    assert len(room.far.rtcp) == 1
    (report,) = room.far.heard(ReceiverReport)
    assert (report.ssrc, [block.ssrc for block in report.reports]) == (OURS, [10])


def test_a_declared_stream_is_given_its_bit_rate_before_its_first_packet() -> None:
    """Where the offer names the SSRC."""
    far = Far()
    video = RtpParameters({96: "vp8"}, 90_000, ssrcs=(10,))
    source = Source("tokio", far, video=video, audio=None, ssrc=OURS, cname="bridge", now=NOW)
    source.tick(NOW)
    assert far.heard(Remb)[0].media_ssrcs == (10,)


def test_the_report_echoes_the_sender_report_of_its_stream() -> None:
    """The sender can then tell the round trip."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    report = SenderReport(10, 0x0000_AABB_CCDD_0000, 3000, 1, 1)
    room.source.on_rtcp([report, report._replace(ssrc=99)], NOW + 0.5)
    room.source.tick(NOW + 1)
    ((block,),) = [report.reports for report in room.far.heard(ReceiverReport)]
    assert (block.last_sr, block.delay_since_last_sr) == (0xAABB_CCDD, 32_768)


def test_a_keyframe_is_asked_for_at_once_and_then_not_for_a_while() -> None:
    """However many ask: each keyframe costs all who see the source."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    for _ in range(5):
        room.source.request_keyframe(NOW)
    assert room.far.heard(PictureLossIndication) == [PictureLossIndication(10)]
    room.source.tick(NOW + 0.1)
    assert room.far.heard(PictureLossIndication) == []


def test_a_keyframe_request_within_the_pause_is_made_after_it() -> None:
    """It was not answered by the keyframe that came before it."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.source.request_keyframe(NOW)
    room.frame(NOW + 0.1, keyframe=True)
    room.source.request_keyframe(NOW + 0.2)
    assert len(room.far.heard(PictureLossIndication)) == 1
    room.source.tick(NOW + 0.28)
    assert room.far.heard(PictureLossIndication) == []
    room.source.tick(NOW + 0.31)
    assert room.far.heard(PictureLossIndication) == [PictureLossIndication(10)]


@pytest.mark.parametrize(("rtt", "wait"), [(None, 0.3), (0.01, 0.3), (0.25, 0.5), (5.0, 1.0)])
def test_a_keyframe_request_is_made_again_until_one_comes(rtt: float | None, wait: float) -> None:
    """After two round trips, but not for ever."""
    room = Room("tokio", 10)
    room.source.rtt = rtt
    room.frame(NOW, keyframe=True)
    room.source.request_keyframe(NOW)
    room.source.tick(NOW + wait - 0.01)
    assert len(room.far.heard(PictureLossIndication)) == 1
    room.source.tick(NOW + wait + 0.01)
    assert len(room.far.heard(PictureLossIndication)) == 1
    room.frame(NOW + wait, keyframe=True)
    room.source.tick(NOW + 3 * wait)
    assert room.far.heard(PictureLossIndication) == []
    assert room.source.stats(NOW + 3 * wait).keyframe_requests == 2


def test_a_camera_whose_first_keyframe_was_missed_is_asked_for_another() -> None:
    """Nobody else would: nobody shows it yet."""
    room = Room("tokio", 10)
    room.frame(NOW)
    room.source.tick(NOW)
    assert room.far.heard(PictureLossIndication) == [PictureLossIndication(10)]


def test_a_gap_is_asked_for_until_it_is_filled() -> None:
    """And what came for the asking counts as repaired."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    lost = room.camera.frame(2)
    room.frame(NOW)
    asked = GenericNack(10, (lost[0].index & 0xFFFF, lost[1].index & 0xFFFF))
    assert room.far.heard(GenericNack) == [asked]
    room.source.tick(NOW + 0.02)
    assert room.far.heard(GenericNack) == [asked]
    room.send(lost, NOW + 0.1)
    room.source.tick(NOW + 0.2)
    assert room.far.heard(GenericNack) == []
    stats = room.source.stats(NOW + 0.2)
    assert (stats.repairs, stats.lost, stats.packets) == (2, 0, 4)


def test_lost_sound_is_asked_for_as_well_and_goes_out_late() -> None:
    """On a line that loses packets a page keeps sound back long enough."""
    room, far = Room("tokio", 10), Far()
    slot = AudioSlot("mic1", 5, 109, 500)
    slot.connect(far.send_rtp, ProgramClock(NOW, NTP, 7))
    assert room.source.audio is not None
    slot.show(room.source.audio, NOW)
    for number in (1, 3, 2):
        room._spoken, room._stamp = number - 1, 960 * (number - 1)
        room.speak(NOW + number / 50)
    assert room.far.heard(GenericNack) == [GenericNack(11, (2,))]
    assert [struct.unpack_from("!H", data, 2)[0] for data in far.rtp] == [500, 502, 501]


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
    assert PictureLossIndication(10) in room.far.heard(PictureLossIndication)
    room.frame(NOW + 5, keyframe=True)
    room.source.tick(NOW + 6)
    assert room.far.heard(PictureLossIndication) == []


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


def test_a_microphone_is_told_of_some_loss_though_there_is_none() -> None:
    """Else Opus would send no FEC, and those behind a lossy line would miss it. What is told to people is the truth."""
    room = Room("tokio", 10)
    room.speak(NOW)
    room.source.tick(NOW + REPORT_INTERVAL_S)
    [report] = room.far.heard(ReceiverReport)
    assert [block.fraction_lost for block in report.reports] == [
        pytest.approx(MIN_REPORTED_LOSS, abs=1 / 256)
    ]
    assert room.source.stats(NOW + REPORT_INTERVAL_S).loss == 0.0


def test_every_layer_is_reported_and_the_estimate_is_for_all_together() -> None:
    """And each has its own requests."""
    room = Room("tokio", 10, layers=("h", "l"))
    room.frame(NOW, keyframe=True, layer="l")
    room.source.tick(NOW)
    assert room.far.heard(Remb)[0].media_ssrcs == (110,)
    room.frame(NOW, keyframe=True, layer="h")
    room.cameras["l"].frame(1)
    room.frame(NOW, layer="l")
    room.source.layers["h"].request_keyframe(NOW)
    room.source.tick(NOW + REPORT_INTERVAL_S)
    heard = [message for data in room.far.rtcp for message in rtcp.parse(data).messages]
    assert [m.media_ssrcs for m in heard if isinstance(m, Remb)] == [(10, 110)]
    assert [[b.ssrc for b in m.reports] for m in heard if isinstance(m, ReceiverReport)] == [[10, 110]]
    assert {m.media_ssrc for m in heard if isinstance(m, PictureLossIndication)} == {10}
    assert {m.media_ssrc for m in heard if isinstance(m, GenericNack)} == {110}


def test_who_numbers_its_packets_is_told_when_each_came_and_gets_no_estimate() -> None:
    """Three ticks at most after it came; what did not come is told, too."""
    room = Room("tokio", 10, number=NUMBER)
    for number in (7, 8, 10):
        room.camera.extensions = {NUMBER: number.to_bytes(2, "big")}
        room.frame(NOW, keyframe=number == 7)
    room.source.tick(NOW)
    told = [data for data in room.far.rtcp if data[:2] == bytes([0x8F, 205])]
    assert [data[12:16] for data in told] == [bytes([0, 7, 0, 4])]
    assert room.far.heard(Remb) == []
    room.source.tick(NOW + REPORT_INTERVAL_S)
    assert room.far.heard(ReceiverReport) != []


def test_heavy_loss_lowers_what_may_be_sent() -> None:
    """Of all layers together, also where nothing tells of queues."""
    room = Room("tokio", 10, layers=("h", "l"))
    for number in range(100):
        room.frame(NOW, keyframe=not number, layer="l")
        if number % 2:
            room.camera.frame()
        else:
            room.frame(NOW, keyframe=not number)
    room.source.tick(NOW)
    assert room.far.heard(Remb)[0].bitrate == pytest.approx(MAX_BITRATE_BPS, rel=0.01)
    for number in range(100):
        if number % 10 == 9:
            room.frame(NOW)
        else:
            room.camera.frame()
    room.source.tick(NOW + REPORT_INTERVAL_S)
    loss = (0.25 / 3) * 2 / 3 + 0.9 / 3
    assert room.far.heard(Remb)[0].bitrate == pytest.approx((1 - loss / 2) * MAX_BITRATE_BPS, rel=0.02)


def test_a_loss_that_was_repaired_is_still_reported() -> None:
    """The sender is to know how good the way is."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    (lost,) = room.camera.frame(1)
    room.frame(NOW)
    room.source.tick(NOW + 0.05)
    room.source.on_rtp(repair_of(lost.data, 900, 1, VP8_RTX), NOW + 0.1)
    room.far.rtcp.clear()
    room.source.tick(NOW + REPORT_INTERVAL_S + 0.1)
    (report,) = room.far.heard(ReceiverReport)
    assert (report.reports[0].cumulative_lost, room.source.stats(NOW + 2).repairs) == (1, 1)


# Sound ------------------------------------------------------------------------------------------


def test_the_loudest_level_since_last_asked_is_told() -> None:
    """In dBov; nothing where packets tell none."""
    room = Room("tokio", 10)
    assert room.source.take_level() is None
    for level in (60, 20, 127):
        room.speak(NOW, level=level)
    assert room.source.take_level() == -20.0
    assert room.source.take_level() is None
    room.speak(NOW)
    assert room.source.take_level() is None
    assert Room("mute", 10, audio=False).source.take_level() is None


# Bad input --------------------------------------------------------------------------------------


def test_a_flood_is_dropped_until_its_window_is_over() -> None:
    """50 Mb/s, once in a while: all who do not send it stay as they are, and the source counts as silent."""
    room = Room("tokio", 10)
    for number in range(10_000):
        room.frame(NOW + number / 5000, keyframe=not number)
    assert room.picture.packets == MAX_PACKETS_PER_WINDOW
    assert room.source.dropped == {"too-many": 10_000 - MAX_PACKETS_PER_WINDOW}
    assert room.source.state(NOW + RATE_WINDOW_S - 0.01) == ("stalled", "silent")
    room.frame(NOW + RATE_WINDOW_S, 2, keyframe=True)  # so far ahead that one packet alone is not believed
    room.frame(NOW + RATE_WINDOW_S, keyframe=True)
    assert room.source.state(NOW + RATE_WINDOW_S) == ("live", "flows")


def test_a_source_that_sends_as_much_as_it_may_loses_nothing() -> None:
    """Four megabits a second, sound, and as much again sent twice."""
    room = Room("tokio", 10)
    for number in range(10_000):
        room.frame(NOW + number / 900, keyframe=not number)
    assert not room.source.dropped


def test_a_stall_is_counted_and_timed_for_the_operators() -> None:
    """However long ago."""
    room, now = Room("tokio", 10), NOW
    for start in (0.0, 2.0):
        for tick in range(50):
            now = NOW + start + tick * 0.02
            room.frame(now, keyframe=not tick)
            room.source.tick(now)
        for tick in range(50):
            room.source.tick(NOW + start + 1 + tick * 0.02)
    assert room.source.stats(now + 1).stalls == 2
    room.frame(NOW + 4)
    room.source.tick(NOW + 4)
    stats = room.source.stats(NOW + 9)
    assert stats.stalls == 2
    assert stats.last_stall_s == pytest.approx(1.02)


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
    assert room.source.state(now)[0] == "live"
