"""How much is sent again."""

from __future__ import annotations

from bridge.rtp.retransmission import ANSWERS, FORGOTTEN, REMEMBERED, SOONEST, RetransmissionLog, TokenBucket


def test_a_packet_is_sent_again_three_times_at_most_and_not_within_a_round_trip() -> None:
    """The last answer may still be on its way."""
    answers = RetransmissionLog()
    assert answers.may(7, 0.0, 0.1)
    for count in range(ANSWERS):
        answers.note(7, count * 0.1)
        assert not answers.may(7, count * 0.1 + 0.09, 0.1)
        assert answers.may(7, count * 0.1 + 0.1, 0.1) == (count < ANSWERS - 1)
    assert answers.may(8, 0.1, 0.1)


def test_without_a_known_round_trip_there_is_a_least_time() -> None:
    """On a short way a burst of requests is one."""
    answers = RetransmissionLog()
    answers.note(7, 0.0)
    assert not answers.may(7, SOONEST / 2, None)
    assert not answers.may(7, SOONEST / 2, 0.001)
    assert answers.may(7, SOONEST, None)


def test_after_a_while_the_number_is_another_packets() -> None:
    """Sequence numbers wrap; the new packet has all its answers."""
    answers = RetransmissionLog()
    for count in range(ANSWERS):
        answers.note(7, count)
    assert not answers.may(7, ANSWERS, 0.1)
    then = ANSWERS + FORGOTTEN
    for count in range(ANSWERS):
        assert answers.may(7, then + count, 0.1)
        answers.note(7, then + count)
    assert not answers.may(7, then + ANSWERS, 0.1)


def test_of_too_many_answers_the_longest_ago_is_forgotten() -> None:
    """A receiver may ask for anything, any number of times."""
    answers = RetransmissionLog()
    for seq in range(REMEMBERED + 10):
        answers.note(seq, 0.0)
    assert len(answers) == REMEMBERED
    assert answers.may(9, 0.0, 0.1)
    assert not answers.may(10, 0.0, 0.1)


def test_an_allowance_runs_out_and_comes_back_with_time_up_to_its_burst() -> None:
    """A clock that steps back gives nothing."""
    allowance = TokenBucket(100, 0.0)
    allowance.spend(130)
    allowance.refill(10, 1.0)
    assert allowance.left == -20
    allowance.refill(10, 0.5)
    assert allowance.left == -20
    allowance.refill(10, 100.5)
    assert allowance.left == 100
