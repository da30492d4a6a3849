"""The refusals that are written, and the limit on them."""

from __future__ import annotations

from dataclasses import replace

from config.times import Instant
from signaling.show.report.report import RefusedCommand
from signaling.showlog.refusals import MAX_MESSAGE_CHARS, MAX_PEOPLE, MAX_PER_PERSON, PERIOD_S, RefusalBuffer

ONE = RefusedCommand(Instant(1_000), "moderator:anna", "next", "stale", "The item on air is already “Two”.")


def test_each_is_written_once() -> None:
    refusals = RefusalBuffer()
    refusals.add(ONE, 0)
    assert refusals.take(1) == [ONE]
    assert refusals.take(2) == []


def test_of_many_refusals_the_first_are_written_and_then_the_number_of_the_others() -> None:
    refusals = RefusalBuffer()
    written = []
    for n in range(1_000):
        refusals.add(replace(ONE, at=Instant(n)), n * 0.05)
        written += refusals.take(n * 0.05)
    assert [r.at for r in written] == list(range(MAX_PER_PERSON))
    (rest,) = refusals.take(PERIOD_S)
    assert (rest.by, rest.type, rest.at, rest.left_out) == (
        "moderator:anna",
        "next",
        999,
        1_000 - MAX_PER_PERSON,
    )
    refusals.add(ONE, PERIOD_S + 1)
    assert refusals.take(PERIOD_S + 1) == [ONE], "a new minute"


def test_many_refusals_of_one_person_do_not_hide_those_of_others() -> None:
    refusals = RefusalBuffer()
    for _ in range(1_000):
        refusals.add(ONE, 0)
    other = replace(ONE, by="moderator:ben")
    refusals.add(other, 0)
    assert other in refusals.take(1)


def test_the_number_of_the_others_is_also_written_when_the_server_stops() -> None:
    refusals = RefusalBuffer()
    for _ in range(MAX_PER_PERSON + 3):
        refusals.add(ONE, 0)
    assert refusals.take(1, all_=True)[-1].left_out == 3


def test_refusals_that_could_not_be_written_wait_within_a_limit() -> None:
    refusals = RefusalBuffer()
    for n in range(MAX_PEOPLE):
        refusals.put_back([replace(ONE, at=Instant(n))] * MAX_PER_PERSON * 2)
    assert len(refusals.take(0)) == MAX_PER_PERSON * MAX_PEOPLE


def test_a_long_message_is_cut() -> None:
    refusals = RefusalBuffer()
    refusals.add(replace(ONE, message="x" * 5_000), 0)
    assert len(refusals.take(0)[0].message) == MAX_MESSAGE_CHARS
