"""Counters that wrap: the signed distance between two readings, and readings unrolled onto an endless line.

Inside the bridge a packet's place is its *index*: the sequence number with its wraps counted in (RFC 3711
section 3.3.1 calls it so), a plain int that compares and subtracts like any other. Only the two ends of the
bridge know that the wire has 16 bits for it.
"""

from __future__ import annotations


def distance16(a: int, b: int) -> int:
    """How far sequence number `a` is ahead of `b`, -32768 to 32767."""
    return ((a - b + 0x8000) & 0xFFFF) - 0x8000


def distance32(a: int, b: int) -> int:
    """How far RTP timestamp `a` is ahead of `b`, in ticks, -2^31 to 2^31-1."""
    return ((a - b + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


def unroll16(seq: int, near: int) -> int:
    """The index with the low 16 bits `seq` that is nearest to index `near`."""
    return near + distance16(seq, near)
