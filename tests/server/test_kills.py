"""The show log under SIGKILL: every acknowledged entry is in it once, and it rebuilds the show.

Hundreds of processes are killed in the middle of their writing, so they are forks that do nothing but decide commands
and write them, as the single writer does. Whole servers are killed in `test_restart`.
"""

from __future__ import annotations

import os
import random
import select
import signal
from pathlib import Path

import pytest

from config.yamlfile import parse
from signaling.show import core
from signaling.show.core import CommandRefused, Show
from signaling.show.facts import from_json, to_json
from signaling.show.wire.commands import COMMAND
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import LogEntry, ShowLog
from tests.events import SHORT

SHOWS, KILLS = 20, 10
"""Shows, and kills of each."""
MAX_LIFE_S = 0.02
"""Seconds that a writer lives after its first answer."""
EVENT = parse(SHORT, "event.yaml")
BEGINS = EVENT.agenda[0].planned.start
COMMANDS = (
    *({"type": "next"}, {"type": "previous"}, {"type": "hold"}, {"type": "resume"}, {"type": "undo"}),
    *(
        {"type": "extend", "seconds": 60},
        {"type": "goto", "item": "one"},
        {"type": "take", "source": "tokio"},
    ),
    *({"type": "mic", "source": "berlin", "open": True}, {"type": "start"}),
    {"type": "message", "to": "tokio", "text": "Bitte lauter"},
)


def rebuilt(show_log: ShowLog) -> tuple[Show, list[str]]:
    """The show that the log rebuilds, and the ids of its commands."""
    show, ids = core.begin(EVENT), []
    for entry in show_log.read_from(1):
        show = core.replay(show, *map(from_json, entry.facts))
        ids.append(entry.command or "")
    return show, ids


def write_until_killed(data: Path, name: int, acknowledge: int) -> None:
    """Decide and write commands. Each is acknowledged by its id and a newline once it is durable."""
    choice = random.Random(name)
    show_log = FileLog.open(data, SHORT)
    show, _ = rebuilt(show_log)
    for count in range(10_000):
        wanted = choice.choice(COMMANDS) | {"id": f"{name}-{count}"}
        seen = {"from": show.last} if wanted["type"] in ("next", "previous") else {}
        command = COMMAND.validate_python(wanted | seen)
        try:
            facts = core.apply(show, command, BEGINS)
        except CommandRefused:
            continue
        entry = LogEntry(BEGINS, "moderator:desk", command.id, count, [to_json(fact) for fact in facts])
        show_log.append(entry, show_log.count + 1)
        show = core.replay(show, *facts)
        os.write(acknowledge, command.id.encode() + b"\n")


def killed(data: Path, name: int, after: float) -> list[str]:
    """The commands that a writer acknowledged. It is killed `after` seconds after its first answer."""
    reading, writing = os.pipe()
    writer = os.fork()
    if writer == 0:
        try:
            os.close(reading)
            write_until_killed(data, name, writing)
        finally:
            os._exit(1)
    os.close(writing)
    assert select.select([reading], [], [], 10)[0], "the writer has answered nothing"
    select.select([], [], [], after)
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    with os.fdopen(reading, "rb") as answers:
        return answers.read().decode().split("\n")[:-1]


@pytest.mark.parametrize("seed", range(SHOWS))
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    acknowledged: list[str] = []
    for name in range(KILLS):
        acknowledged += killed(tmp_path, name, chance.uniform(0, MAX_LIFE_S))
        show_log = FileLog.open(tmp_path, SHORT)
        _, ids = rebuilt(show_log)
        show_log.close()
        assert len(set(ids)) == len(ids)
        assert [command for command in ids if command in set(acknowledged)] == acknowledged
        unanswered = set(ids) - set(acknowledged)
        assert len(unanswered) <= name + 1, "at most the one that each was writing when it was killed"
