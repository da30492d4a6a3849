"""The show after a restart, and the event file that it follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.times import Instant
from config.yamlfile import parse
from signaling.show import core
from signaling.show.facts import to_json
from signaling.show.wire.commands import COMMAND, Start
from signaling.showlog.answered import AppliedCommand
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import LogEntry
from signaling.showlog.replaying import BY_FILE, ReplayedLog, replay_log
from tests.events import SHORT

NOW = parse(SHORT, "").agenda[0].planned.start
CHANGED = SHORT.replace("title: Two", "title: Zwei")
FIELDS: dict[str, dict[str, object]] = {"reload": {"yaml": CHANGED}, "extend": {"seconds": 60}}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[FileLog]:
    """The log of a show that has started."""
    log = FileLog.open(tmp_path, SHORT)
    facts = core.apply(core.begin(parse(SHORT, "")), Start(id="s", type="start"), NOW)
    log.append(LogEntry(NOW, "moderator:desk", "s", 7, [to_json(fact) for fact in facts]), 1)
    yield log
    log.close()


def replayed(log: FileLog, text: str) -> ReplayedLog:
    return replay_log(log, parse(text, ""), text, Instant(NOW + 1_000))


def test_the_log_rebuilds_the_show_and_the_answers(log: FileLog) -> None:
    found = replayed(log, SHORT)
    assert (found.show.on_air, found.rev, found.event_rev, found.count) == ("one", 7, 0, 1)
    assert found.answered.get("moderator:desk", "s") == AppliedCommand(7, "start")
    assert found.answered.get("venue:tokio", "s") is None
    assert found.first_event == parse(SHORT, "")
    assert log.count == 1


def test_another_file_is_reloaded_once(log: FileLog) -> None:
    for _ in range(2):
        found = replayed(log, CHANGED)
        assert [item.title for item in found.show.event.agenda][1] == "Zwei"
        assert (found.first_event, found.rev, found.event_rev, found.count) == (parse(SHORT, ""), 8, 8, 2)
        assert [entry.by for entry in log.read_from(2)] == [BY_FILE]


def test_the_first_file_after_another_one_is_a_change_too(log: FileLog) -> None:
    replayed(log, CHANGED)
    found = replayed(log, SHORT)
    assert (found.show.event, found.count) == (parse(SHORT, ""), 3)


def test_the_file_of_the_last_start_does_not_undo_a_reload(log: FileLog) -> None:
    show = replayed(log, SHORT).show
    facts = core.reload(show, core.read_event(CHANGED), NOW)
    log.append(LogEntry(NOW, "moderator:desk", "r", 8, [to_json(fact) for fact in facts]), 2)
    found = replayed(log, SHORT)
    assert [item.title for item in found.show.event.agenda][1] == "Zwei"
    assert (found.event_rev, log.count) == (8, 2)


def test_the_undo_of_a_reload_changes_the_event_and_other_commands_do_not(log: FileLog) -> None:
    show = replayed(log, SHORT).show
    for number, command in enumerate(("hold", "reload", "resume", "undo", "undo", "extend"), start=2):
        wanted = COMMAND.validate_python({"id": "1", "type": command} | FIELDS.get(command, {}))
        facts = core.apply(show, wanted, NOW)
        log.append(
            LogEntry(NOW, "moderator:desk", None, 6 + number, [to_json(fact) for fact in facts]), number
        )
        show = core.replay(show, *facts)
    found = replayed(log, SHORT)
    assert (found.show.event, found.rev) == (parse(SHORT, ""), 13)
    # After `reload` (9) and `resume` (10), the second `undo` takes the reload back.
    assert found.event_rev == 12
