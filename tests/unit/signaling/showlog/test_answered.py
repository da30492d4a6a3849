"""Which commands are remembered as answered, of each sender and after a restart."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from config.times import Instant
from config.yamlfile import parse
from signaling.show.actions import Asked
from signaling.show.facts import to_json
from signaling.showlog import answered
from signaling.showlog.answered import AnsweredCommands, AppliedCommand
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import LogEntry
from signaling.showlog.replaying import replay_log
from tests.events import SHORT

SENDERS = ("moderator:moderator", "venue:tokio", "interpreter:kabine")
NOW = Instant(1_000)
FEW = 3


def test_each_sender_has_ids_of_its_own() -> None:
    commands = AnsweredCommands()
    commands.add("moderator:moderator", "1", AppliedCommand(5, "start"))
    assert commands.get("moderator:moderator", "1") == AppliedCommand(5, "start")
    assert commands.get("interpreter:kabine", "1") is None


@given(st.lists(st.tuples(st.sampled_from(SENDERS), st.sampled_from("abcdefg")), max_size=30))
def test_the_last_of_each_sender_are_remembered_before_and_after_a_restart(
    sent: list[tuple[str, str]],
) -> None:
    """As the writer does it: only an id that is not remembered is applied."""
    with TemporaryDirectory() as data, patch.object(answered, "MAX_ANSWERS_PER_SENDER", FEW):
        log, commands = FileLog.open(Path(data), SHORT), AnsweredCommands()
        applied: dict[str, list[tuple[str, int]]] = {by: [] for by in SENDERS}
        rev = 0
        for by, id_ in sent:
            before = commands.get(by, id_)
            assert before is None or (id_, before.rev) in applied[by], "never that of another sender"
            if before is None:
                rev += 1
                log.append(LogEntry(NOW, by, id_, rev, [to_json(Asked(command="hold", at=NOW))]), rev)
                commands.add(by, id_, AppliedCommand(rev, "hold"))
                applied[by].append((id_, rev))
        restarted = replay_log(log, parse(SHORT, ""), SHORT, NOW).answered
        log.close()
        for by in SENDERS:
            last = {id_: AppliedCommand(rev, "hold") for id_, rev in applied[by][-FEW:]}
            for found in (commands, restarted):
                assert {id_: found.get(by, id_) for id_ in "abcdefg"} == {i: last.get(i) for i in "abcdefg"}
