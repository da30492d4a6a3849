"""Counters that wrap: signed distances between two values, and values unwrapped into plain integers.

Inside the bridge a packet is identified by its *index*: the sequence number with its wraps counted (RFC 3711 section
3.3.1). Indexes are compared and subtracted as plain integers; only the two ends of the bridge cut them to 16 bits.
"""

from __future__ import annotations


def distance16(a: int, b: int) -> int:
    """How far sequence number `a` is ahead of `b`, -32768 to 32767."""
    return ((a - b + 0x8000) & 0xFFFF) - 0x8000


def distance32(a: int, b: int) -> int:
    """How far RTP timestamp `a` is ahead of `b`, in ticks, -2^31 to 2^31-1."""
    return ((a - b + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


def unwrap16(seq: int, near: int) -> int:
    """The index with the low 16 bits `seq` that is nearest to index `near`."""
    return near + distance16(seq, near)
