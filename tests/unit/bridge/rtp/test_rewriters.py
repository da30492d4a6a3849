"""The rewriter of sound. That of pictures is covered by `test_rewriter`."""

from __future__ import annotations

import struct

from bridge.rtp.header import Packet, parse
from bridge.rtp.rewriters import AudioRewriter
from bridge.rtp.ring import AUDIO_RING_PACKETS, Ring


def sound(ssrc: int, index: int, timestamp: int, content: bytes = b"opus") -> Packet:
    """A packet as an intake passes it on."""
    packet = parse(
        struct.pack("!BBHLL", 0x80, 111, index & 0xFFFF, timestamp & 0xFFFF_FFFF, ssrc) + content, Packet
    )
    packet.index, packet.body = index, content
    return packet


def test_a_cut_of_sound_may_be_at_any_packet_and_sets_the_marker() -> None:
    """The receiver may reset its buffer there; a retransmission has the marker too."""
    rewriter = AudioRewriter(7, 50)
    one, two = Ring[Packet](AUDIO_RING_PACKETS), Ring[Packet](AUDIO_RING_PACKETS)
    first = rewriter.switch(one, sound(1, 10, 0), 1000, 109)
    second = rewriter.write(sound(1, 11, 960))
    packet = sound(2, 900, 5)
    two.put(packet)
    cut = rewriter.switch(two, packet, 1500, 109)
    third = rewriter.write(sound(2, 901, 965))
    heads = [struct.unpack_from("!BBHLL", data or b"") for data in (*first, second, *cut, third)]
    assert [(head[1], head[2]) for head in heads] == [(0xED, 50), (0x6D, 51), (0xED, 52), (0x6D, 53)]
    assert [head[3] for head in heads] == [1000, 1960, 2920, 3880]
    assert rewriter.rebuild(52) == cut[0]


def test_a_dtx_gap_in_the_timestamps_stays() -> None:
    """Timestamps jump, sequence numbers do not."""
    rewriter = AudioRewriter(7, 50)
    rewriter.switch(Ring[Packet](AUDIO_RING_PACKETS), sound(1, 10, 0), 1000, 109)
    after = struct.unpack_from("!BBHLL", rewriter.write(sound(1, 11, 19_200)) or b"")
    assert (after[2], after[3]) == (51, 20_200)


def spoken(first: int, *levels: int | None) -> list[Packet]:
    """Consecutive packets from index `first`, with these levels in dBov."""
    packets = [sound(1, first + n, 960 * n) for n in range(len(levels))]
    for packet, level in zip(packets, levels, strict=True):
        packet.audio_level = level
    return packets


def corrected(ticks: int, *levels: int | None) -> list[tuple[int, int]]:
    """Sequence number and timestamp of each copy after the first, of sound to be moved by `ticks`."""
    rewriter = AudioRewriter(7, 50)
    first, *packets = spoken(10, None, *levels)
    rewriter.switch(Ring[Packet](AUDIO_RING_PACKETS), first, 0, 109)
    rewriter.correct(ticks)
    sent = [data for packet in packets if (data := rewriter.write(packet)) is not None]
    return [struct.unpack_from("!HHL", data)[1:] for data in sent]


LOUD, PAUSE = -20, -60


def test_sound_ahead_of_the_clock_leaves_packets_out_in_a_pause() -> None:
    """Without a gap in the numbers, and no more than needed."""
    assert corrected(-2000, LOUD, PAUSE, PAUSE, PAUSE) == [(51, 960), (52, 1920)]
    assert corrected(-900, PAUSE, PAUSE) == [(51, 960), (52, 1920)]


def test_sound_of_unknown_level_is_corrected_at_once() -> None:
    assert corrected(-1000, None, None) == [(51, 960)]


def test_sound_a_little_behind_is_moved_in_a_pause_and_far_behind_at_once() -> None:
    assert corrected(1500, LOUD, PAUSE) == [(51, 960), (52, 3420)]
    assert corrected(3000, LOUD, PAUSE) == [(51, 3960), (52, 4920)]


def test_a_packet_left_out_is_not_sent_later() -> None:
    rewriter = AudioRewriter(7, 50)
    first, left_out, after = spoken(10, None, PAUSE, PAUSE)
    rewriter.switch(Ring[Packet](AUDIO_RING_PACKETS), first, 0, 109)
    rewriter.correct(-1000)
    assert rewriter.write(left_out) is None
    assert rewriter.write(after) is not None
    assert rewriter.write(left_out) is None
