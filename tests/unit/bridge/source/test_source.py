"""One source: its packets, the RTCP to its peer, and its figures."""

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
from bridge.source.audio import MAX_TAKEN_PACKETS, MIN_REPORTED_LOSS
from bridge.source.context import RtpParameters
from bridge.source.remb import MAX_BITRATE_BPS
from bridge.source.source import MAX_PACKETS_PER_WINDOW, RATE_WINDOW_S, REPORT_INTERVAL_S, Source
from tests.unit.bridge.peers import BRIDGE_SSRC, NOW, NTP, TWCC_ID, VP8_RTX, FakePeer, FakeVenue
from tests.unit.bridge.rtp.camera import rtx_packet


def test_a_source_without_streams_is_connecting() -> None:
    """Neither picture nor sound was negotiated."""
    venue = FakeVenue("nothing", 10, video=False, audio=False)
    venue.source.tick(NOW)
    venue.source.request_keyframe(NOW)
    assert list(venue.source.showable_layers(["vp8"], NOW)) == []
    assert venue.source.state(NOW) == ("connecting", "joined")
    assert venue.peer.rtcp == []


def test_reports_and_remb_are_sent_from_the_first_packet_on_every_second() -> None:
    """A browser raises its rate only while it receives REMB."""
    venue = FakeVenue("tokio", 10)
    venue.source.tick(NOW)
    assert venue.peer.rtcp == []
    venue.frame(NOW, keyframe=True)
    venue.source.tick(NOW + 0.02)
    (estimate,) = venue.peer.take_rtcp(Remb)
    assert estimate.media_ssrcs == (10,)
    assert 0.99 * MAX_BITRATE_BPS < estimate.bitrate <= MAX_BITRATE_BPS
    venue.source.tick(NOW + 0.5)
    assert venue.peer.rtcp == []
    venue.source.tick(NOW + 0.02 + REPORT_INTERVAL_S)
    assert len(venue.peer.rtcp) == 1
    (report,) = venue.peer.take_rtcp(ReceiverReport)
    assert (report.ssrc, [block.ssrc for block in report.reports]) == (BRIDGE_SSRC, [10])


def test_a_declared_stream_gets_remb_before_its_first_packet() -> None:
    """If the offer names the SSRC."""
    peer = FakePeer()
    video = RtpParameters({96: "vp8"}, 90_000, ssrcs=(10,))
    source = Source("tokio", peer, video=video, audio=None, ssrc=BRIDGE_SSRC, cname="bridge", now=NOW)
    source.tick(NOW)
    assert peer.take_rtcp(Remb)[0].media_ssrcs == (10,)


def test_the_report_returns_the_last_sender_report_of_its_stream() -> None:
    """The sender computes the round trip from it."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    report = SenderReport(10, 0x0000_AABB_CCDD_0000, 3000, 1, 1)
    venue.source.on_rtcp([report, report._replace(ssrc=99)], NOW + 0.5)
    venue.source.tick(NOW + 1)
    ((block,),) = [report.reports for report in venue.peer.take_rtcp(ReceiverReport)]
    assert (block.last_sr, block.delay_since_last_sr) == (0xAABB_CCDD, 32_768)


def test_a_keyframe_request_is_sent_at_once_and_then_not_for_a_while() -> None:
    """However many ask: a keyframe costs bit rate for all receivers."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    for _ in range(5):
        venue.source.request_keyframe(NOW)
    assert venue.peer.take_rtcp(PictureLossIndication) == [PictureLossIndication(10)]
    venue.source.tick(NOW + 0.1)
    assert venue.peer.take_rtcp(PictureLossIndication) == []


def test_a_keyframe_request_within_the_interval_is_sent_after_it() -> None:
    """The keyframe that came before it does not answer it."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.request_keyframe(NOW)
    venue.frame(NOW + 0.1, keyframe=True)
    venue.source.request_keyframe(NOW + 0.2)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    venue.source.tick(NOW + 0.28)
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    venue.source.tick(NOW + 0.31)
    assert venue.peer.take_rtcp(PictureLossIndication) == [PictureLossIndication(10)]


@pytest.mark.parametrize(("rtt", "wait"), [(None, 0.3), (0.01, 0.3), (0.25, 0.5), (5.0, 1.0)])
def test_a_keyframe_request_is_repeated_until_one_comes(rtt: float | None, wait: float) -> None:
    """After two round trips, but at most 1 s."""
    venue = FakeVenue("tokio", 10)
    venue.source.rtt = rtt
    venue.frame(NOW, keyframe=True)
    venue.source.request_keyframe(NOW)
    venue.source.tick(NOW + wait - 0.01)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    venue.source.tick(NOW + wait + 0.01)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    venue.frame(NOW + wait, keyframe=True)
    venue.source.tick(NOW + 3 * wait)
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    assert venue.source.stats(NOW + 3 * wait).keyframe_requests == 2


def test_a_missed_first_keyframe_is_requested() -> None:
    """No slot shows it yet, so nothing else would request one."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW)
    venue.source.tick(NOW)
    assert venue.peer.take_rtcp(PictureLossIndication) == [PictureLossIndication(10)]


def test_a_gap_is_nacked_until_it_is_filled() -> None:
    """The packets then count as recovered."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    lost = venue.camera.frame(2)
    venue.frame(NOW)
    nack = GenericNack(10, (lost[0].index & 0xFFFF, lost[1].index & 0xFFFF))
    assert venue.peer.take_rtcp(GenericNack) == [nack]
    venue.source.tick(NOW + 0.02)
    assert venue.peer.take_rtcp(GenericNack) == [nack]
    venue.send(lost, NOW + 0.1)
    venue.source.tick(NOW + 0.2)
    assert venue.peer.take_rtcp(GenericNack) == []
    stats = venue.source.stats(NOW + 0.2)
    assert (stats.repairs, stats.lost, stats.packets) == (2, 0, 4)


def test_lost_sound_is_nacked_and_forwarded_late() -> None:
    """On a lossy path a page delays sound long enough."""
    venue, peer = FakeVenue("tokio", 10), FakePeer()
    slot = AudioSlot("mic1", 5, 109, 500)
    slot.connect(peer.send_rtp, ProgramClock(NOW, NTP, 7))
    assert venue.source.audio is not None
    slot.show(venue.source.audio, NOW)
    for number in (1, 3, 2):
        venue._spoken, venue._stamp = number - 1, 960 * (number - 1)
        venue.speak(NOW + number / 50)
    assert venue.peer.take_rtcp(GenericNack) == [GenericNack(11, (2,))]
    assert [struct.unpack_from("!H", data, 2)[0] for data in peer.rtp] == [500, 502, 501]


def test_no_nack_where_it_was_not_negotiated() -> None:
    venue = FakeVenue("tokio", 10, nack=False)
    venue.frame(NOW, keyframe=True)
    venue.camera.frame(2)
    venue.frame(NOW)
    venue.source.tick(NOW + 0.5)
    assert venue.peer.take_rtcp(GenericNack) == []


def test_a_packet_given_up_brings_a_keyframe_request() -> None:
    """Its picture is broken for all receivers."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.camera.frame(1)
    venue.frame(NOW)
    for tick in range(1, 200):
        venue.source.tick(NOW + tick * 0.02)
    assert PictureLossIndication(10) in venue.peer.take_rtcp(PictureLossIndication)
    venue.frame(NOW + 5, keyframe=True)
    venue.source.tick(NOW + 6)
    assert venue.peer.take_rtcp(PictureLossIndication) == []


def test_a_gap_of_a_thousand_brings_a_keyframe_request_and_no_nack() -> None:
    """That costs less."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.camera.index += 2000
    venue.frame(NOW)
    venue.source.tick(NOW + 0.5)
    assert not venue.peer.take_rtcp(GenericNack)
    assert venue.source.stats(NOW + 0.5).keyframe_requests == 1


def test_stats_cover_picture_and_sound() -> None:
    """Bit rate over the last whole second, loss of the last interval."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, 10, keyframe=True)
    venue.camera.frame(2)
    venue.frame(NOW, 8)
    venue.speak(NOW)
    venue.source.rtt = 0.05
    venue.source.tick(NOW + 1.0)
    stats = venue.source.stats(NOW + 1.0)
    assert (stats.rtt_ms, stats.packets, stats.lost, stats.loss) == (50.0, 19, 2, 0.1)
    assert stats.kbps > 0
    assert stats.jitter_ms is not None


def test_a_minimum_loss_is_reported_to_a_microphone() -> None:
    """Otherwise Opus sends no FEC for listeners on lossy paths. The stats have the true loss."""
    venue = FakeVenue("tokio", 10)
    venue.speak(NOW)
    venue.source.tick(NOW + REPORT_INTERVAL_S)
    [report] = venue.peer.take_rtcp(ReceiverReport)
    assert [block.fraction_lost for block in report.reports] == [
        pytest.approx(MIN_REPORTED_LOSS, abs=1 / 256)
    ]
    assert venue.source.stats(NOW + REPORT_INTERVAL_S).loss == 0.0


def test_every_layer_is_reported_and_one_remb_covers_all() -> None:
    """And each has its own requests."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.frame(NOW, keyframe=True, layer="l")
    venue.source.tick(NOW)
    assert venue.peer.take_rtcp(Remb)[0].media_ssrcs == (110,)
    venue.frame(NOW, keyframe=True, layer="h")
    venue.cameras["l"].frame(1)
    venue.frame(NOW, layer="l")
    venue.source.layers["h"].request_keyframe(NOW)
    venue.source.tick(NOW + REPORT_INTERVAL_S)
    heard = [message for data in venue.peer.rtcp for message in rtcp.parse(data).messages]
    assert [m.media_ssrcs for m in heard if isinstance(m, Remb)] == [(10, 110)]
    assert [[b.ssrc for b in m.reports] for m in heard if isinstance(m, ReceiverReport)] == [[10, 110]]
    assert {m.media_ssrc for m in heard if isinstance(m, PictureLossIndication)} == {10}
    assert {m.media_ssrc for m in heard if isinstance(m, GenericNack)} == {110}


def test_a_sender_with_transport_wide_numbers_gets_feedback_and_no_remb() -> None:
    """Within three ticks after the arrival; losses are reported too."""
    venue = FakeVenue("tokio", 10, number=TWCC_ID)
    for number in (7, 8, 10):
        venue.camera.extensions = {TWCC_ID: number.to_bytes(2, "big")}
        venue.frame(NOW, keyframe=number == 7)
    venue.source.tick(NOW)
    events = [data for data in venue.peer.rtcp if data[:2] == bytes([0x8F, 205])]
    assert [data[12:16] for data in events] == [bytes([0, 7, 0, 4])]
    assert venue.peer.take_rtcp(Remb) == []
    venue.source.tick(NOW + REPORT_INTERVAL_S)
    assert venue.peer.take_rtcp(ReceiverReport) != []


def test_heavy_loss_lowers_the_remb() -> None:
    """Of all layers together."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    for number in range(100):
        venue.frame(NOW, keyframe=not number, layer="l")
        if number % 2:
            venue.camera.frame()
        else:
            venue.frame(NOW, keyframe=not number)
    venue.source.tick(NOW)
    assert venue.peer.take_rtcp(Remb)[0].bitrate == pytest.approx(MAX_BITRATE_BPS, rel=0.01)
    for number in range(100):
        if number % 10 == 9:
            venue.frame(NOW)
        else:
            venue.camera.frame()
    venue.source.tick(NOW + REPORT_INTERVAL_S)
    loss = (0.25 / 3) * 2 / 3 + 0.9 / 3
    assert venue.peer.take_rtcp(Remb)[0].bitrate == pytest.approx((1 - loss / 2) * MAX_BITRATE_BPS, rel=0.02)


def test_a_recovered_loss_is_still_reported() -> None:
    """The report is on the quality of the path."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    (lost,) = venue.camera.frame(1)
    venue.frame(NOW)
    venue.source.tick(NOW + 0.05)
    venue.source.on_rtp(rtx_packet(lost.data, 900, 1, VP8_RTX), NOW + 0.1)
    venue.peer.rtcp.clear()
    venue.source.tick(NOW + REPORT_INTERVAL_S + 0.1)
    (report,) = venue.peer.take_rtcp(ReceiverReport)
    assert (report.reports[0].cumulative_lost, venue.source.stats(NOW + 2).repairs) == (1, 1)


# Sound ------------------------------------------------------------------------------------------


def test_the_loudest_level_since_the_last_call_is_returned() -> None:
    """In dBov; None without levels."""
    venue = FakeVenue("tokio", 10)
    assert venue.source.take_level() is None
    for level in (60, 20, 127):
        venue.speak(NOW, level=level)
    assert venue.source.take_level() == -20.0
    assert venue.source.take_level() is None
    venue.speak(NOW)
    assert venue.source.take_level() is None
    assert FakeVenue("mute", 10, audio=False).source.take_level() is None


def test_the_level_of_each_packet_is_taken_once_with_the_time_at_which_it_was_due() -> None:
    venue = FakeVenue("tokio", 10)
    assert venue.source.take_packet_levels() == []
    for n, level in enumerate((60, 20, 127)):
        venue.speak(NOW + 0.02 * n, level=level)
    taken = venue.source.take_packet_levels()
    assert [level for _, level in taken] == [-60.0, -20.0, -127.0]
    assert [at for at, _ in taken] == pytest.approx([NOW, NOW + 0.02, NOW + 0.04])
    assert venue.source.take_packet_levels() == []
    venue.speak(NOW + 0.06)
    assert venue.source.take_packet_levels() == [], "it has no level"
    for n in range(200):
        venue.speak(NOW + 0.08 + 0.02 * n, level=30)
    assert len(venue.source.take_packet_levels()) == MAX_TAKEN_PACKETS
    assert FakeVenue("mute", 10, audio=False).source.take_packet_levels() == ()


# Bad input --------------------------------------------------------------------------------------


def test_a_flood_is_dropped_until_the_window_ends() -> None:
    """50 Mb/s: other sources are not affected, and this one counts as stalled."""
    venue = FakeVenue("tokio", 10)
    for number in range(10_000):
        venue.frame(NOW + number / 5000, keyframe=not number)
    assert venue.video.packets == MAX_PACKETS_PER_WINDOW
    assert venue.source.dropped == {"too-many": 10_000 - MAX_PACKETS_PER_WINDOW}
    assert venue.source.state(NOW + RATE_WINDOW_S - 0.01) == ("stalled", "silent")
    venue.frame(NOW + RATE_WINDOW_S, 2, keyframe=True)  # so far ahead that one packet alone is not believed
    venue.frame(NOW + RATE_WINDOW_S, keyframe=True)
    assert venue.source.state(NOW + RATE_WINDOW_S) == ("live", "flows")


def test_a_source_within_its_bit_rate_loses_nothing() -> None:
    """4 Mb/s, sound, and all of it twice."""
    venue = FakeVenue("tokio", 10)
    for number in range(10_000):
        venue.frame(NOW + number / 900, keyframe=not number)
    assert not venue.source.dropped


def test_a_stall_is_counted_and_timed() -> None:
    """However long ago."""
    venue, now = FakeVenue("tokio", 10), NOW
    for start in (0.0, 2.0):
        for tick in range(50):
            now = NOW + start + tick * 0.02
            venue.frame(now, keyframe=not tick)
            venue.source.tick(now)
        for tick in range(50):
            venue.source.tick(NOW + start + 1 + tick * 0.02)
    assert venue.source.stats(now + 1).stalls == 2
    venue.frame(NOW + 4)
    venue.source.tick(NOW + 4)
    stats = venue.source.stats(NOW + 9)
    assert stats.stalls == 2
    assert stats.last_stall_s == pytest.approx(1.02)


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from([0x60, 0xE0, 0x6F]))
def test_any_bytes_are_accepted_or_counted(payloads: list[bytes], second: int) -> None:
    """No packet raises, whatever follows the first two bytes."""
    venue = FakeVenue("tokio", 10)
    for payload in payloads:
        venue.source.on_rtp(bytes([0x80, second]) + payload, NOW)
    venue.source.tick(NOW)
    assert venue.source.stats(NOW).packets + sum(venue.source.dropped.values()) == len(payloads)


def test_a_camera_survives_thousands_of_corrupted_packets() -> None:
    """Some are used, some dropped, none raises, and the picture recovers."""
    rng = Random(5)
    venue = FakeVenue("tokio", 10)
    now = NOW
    for _ in range(1500):
        for sent in venue.camera.frame(3, keyframe=rng.random() < 0.05):
            data = bytearray(sent.data)
            for _ in range(rng.choice([0, 0, 1, 3])):
                data[rng.randrange(1, len(data))] = rng.randrange(256)
            del data[len(data) - rng.choice([0, 0, 0, rng.randrange(len(data))]) :]
            venue.source.on_rtp(bytes(data), now)
        messages = rtcp.parse(rng.randbytes(rng.randrange(60))).messages
        venue.source.on_rtcp(messages, now)
        now += 0.02
        venue.source.tick(now)
    assert sum(venue.source.dropped.values()) > 500
    for _ in range(100):
        now += 0.033
        venue.frame(now, 3, keyframe=True)
    assert venue.source.state(now)[0] == "live"
