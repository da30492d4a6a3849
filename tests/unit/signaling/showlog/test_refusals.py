"""Which refused commands are written, and that a flood of them is not."""

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


def test_of_a_flood_a_few_are_written_and_at_the_end_of_the_minute_how_many_there_were() -> None:
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


def test_a_flood_of_one_hides_nobody_else() -> None:
    refusals = RefusalBuffer()
    for _ in range(1_000):
        refusals.add(ONE, 0)
    other = replace(ONE, by="moderator:ben")
    refusals.add(other, 0)
    assert other in refusals.take(1)


def test_what_is_left_out_is_told_at_the_servers_end_too() -> None:
    refusals = RefusalBuffer()
    for _ in range(MAX_PER_PERSON + 3):
        refusals.add(ONE, 0)
    assert refusals.take(1, all_=True)[-1].left_out == 3


def test_what_could_not_be_written_waits_without_piling_up() -> None:
    refusals = RefusalBuffer()
    for n in range(MAX_PEOPLE):
        refusals.put_back([replace(ONE, at=Instant(n))] * MAX_PER_PERSON * 2)
    assert len(refusals.take(0)) == MAX_PER_PERSON * MAX_PEOPLE


def test_a_message_is_cut() -> None:
    refusals = RefusalBuffer()
    refusals.add(replace(ONE, message="x" * 5_000), 0)
    assert len(refusals.take(0)[0].message) == MAX_MESSAGE_CHARS
