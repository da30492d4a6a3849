"""What sound adds to the seam; what pictures add is held by the tests of the seam itself."""

from __future__ import annotations

import struct

from bridge.rtp.header import Packet, parse
from bridge.rtp.payload import AudioRewriter
from bridge.rtp.ring import AUDIO, Ring


def sound(ssrc: int, index: int, timestamp: int, content: bytes = b"opus") -> Packet:
    """A packet as an intake makes it."""
    packet = parse(
        struct.pack("!BBHLL", 0x80, 111, index & 0xFFFF, timestamp & 0xFFFF_FFFF, ssrc) + content, Packet
    )
    packet.index, packet.body = index, content
    return packet


def test_sound_is_cut_at_any_packet_which_gets_the_marker() -> None:
    """The receiver may set its buffer anew there; a repair carries the marker too."""
    rewriter = AudioRewriter(7, 50)
    one, two = Ring[Packet](AUDIO), Ring[Packet](AUDIO)
    first = rewriter.begin(one, sound(1, 10, 0), 1000, 109)
    second = rewriter.write(sound(1, 11, 960))
    packet = sound(2, 900, 5)
    two.put(packet)
    cut = rewriter.begin(two, packet, 1500, 109)
    third = rewriter.write(sound(2, 901, 965))
    heads = [struct.unpack_from("!BBHLL", data or b"") for data in (*first, second, *cut, third)]
    assert [(head[1], head[2]) for head in heads] == [(0xED, 50), (0x6D, 51), (0xED, 52), (0x6D, 53)]
    assert [head[3] for head in heads] == [1000, 1960, 2920, 3880]
    assert rewriter.again(52) == cut[0]


def test_a_silence_in_the_sound_is_not_closed_up() -> None:
    """DTX: timestamps leap, numbers do not, and neither is touched."""
    rewriter = AudioRewriter(7, 50)
    rewriter.begin(Ring[Packet](AUDIO), sound(1, 10, 0), 1000, 109)
    after = struct.unpack_from("!BBHLL", rewriter.write(sound(1, 11, 19_200)) or b"")
    assert (after[2], after[3]) == (51, 20_200)


def test_sound_ahead_of_the_clock_is_left_alone() -> None:
    """Its packets follow each other without room to move."""
    rewriter = AudioRewriter(7, 50)
    rewriter.begin(Ring[Packet](AUDIO), sound(1, 10, 0), 1000, 109)
    rewriter.correct(-4000)
    after = struct.unpack_from("!BBHLL", rewriter.write(sound(1, 11, 960)) or b"")
    assert after[3] == 1960
