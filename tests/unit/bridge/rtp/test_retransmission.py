"""Limits on retransmission."""

from __future__ import annotations

from bridge.rtp.retransmission import (
    ENTRY_TTL_S,
    MAX_ENTRIES,
    MAX_RETRANSMISSIONS,
    MIN_INTERVAL_S,
    RetransmissionLog,
    TokenBucket,
)


def test_a_packet_is_retransmitted_three_times_at_most_and_not_within_a_round_trip() -> None:
    """The last one may still be on its way."""
    log = RetransmissionLog()
    assert log.allows(7, 0.0, 0.1)
    for count in range(MAX_RETRANSMISSIONS):
        log.record(7, count * 0.1)
        assert not log.allows(7, count * 0.1 + 0.09, 0.1)
        assert log.allows(7, count * 0.1 + 0.1, 0.1) == (count < MAX_RETRANSMISSIONS - 1)
    assert log.allows(8, 0.1, 0.1)


def test_the_interval_between_retransmissions_has_a_minimum() -> None:
    """On a short path a burst of NACKs is one request."""
    log = RetransmissionLog()
    log.record(7, 0.0)
    assert not log.allows(7, MIN_INTERVAL_S / 2, None)
    assert not log.allows(7, MIN_INTERVAL_S / 2, 0.001)
    assert log.allows(7, MIN_INTERVAL_S, None)


def test_an_entry_expires() -> None:
    """Sequence numbers wrap; the number then belongs to another packet."""
    log = RetransmissionLog()
    for count in range(MAX_RETRANSMISSIONS):
        log.record(7, count)
    assert not log.allows(7, MAX_RETRANSMISSIONS, 0.1)
    then = MAX_RETRANSMISSIONS + ENTRY_TTL_S
    for count in range(MAX_RETRANSMISSIONS):
        assert log.allows(7, then + count, 0.1)
        log.record(7, then + count)
    assert not log.allows(7, then + MAX_RETRANSMISSIONS, 0.1)


def test_the_oldest_of_too_many_entries_is_discarded() -> None:
    """A receiver may request anything, any number of times."""
    log = RetransmissionLog()
    for seq in range(MAX_ENTRIES + 10):
        log.record(seq, 0.0)
    assert len(log) == MAX_ENTRIES
    assert log.allows(9, 0.0, 0.1)
    assert not log.allows(10, 0.0, 0.1)


def test_a_token_bucket_refills_with_time_up_to_its_capacity() -> None:
    """A clock that steps back adds nothing."""
    bucket = TokenBucket(100, 0.0)
    bucket.spend(130)
    bucket.refill(10, 1.0)
    assert bucket.tokens == -20
    bucket.refill(10, 0.5)
    assert bucket.tokens == -20
    bucket.refill(10, 100.5)
    assert bucket.tokens == 100


def test_void_entries_are_discarded() -> None:
    """A lossy path for a whole day must not fill the memory."""
    log = RetransmissionLog()
    for packet in range(5000):
        log.record(packet, packet / 10)
    assert len(log) <= 10 * ENTRY_TTL_S + 1
