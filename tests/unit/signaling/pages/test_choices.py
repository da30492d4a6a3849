"""What pages choose to hear within what the log permits, and who talks back to whom."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final, get_args

import pytest

from bridge.engine import Feed, SourceState
from config.model import place_of
from config.yamlfile import parse
from signaling.audience import LinkDestination
from signaling.pages.choices import Choices, talk_recipients, talk_source
from signaling.runtime import Runtime
from signaling.show import core
from signaling.show.listening import Decodable
from signaling.show.reasons import ProblemError
from signaling.show.terms import Author, Role
from signaling.show.wire.commands import COMMAND
from tests.events import BOOTH
from tests.nomedia import NoMedia
from tests.unit.signaling.test_runtime import running

TOKIO = LinkDestination("tokio", "venue", "Tokio")
BERLIN = LinkDestination("berlin", "venue", "Berlin")
UCHIDA = LinkDestination("uchida", "guest", "Miki Uchida")
KABINE = LinkDestination("interpreter:kabine", "interpreter", "Kabine 1")
DESK = LinkDestination("moderator:moderator", "moderator", "Moderator")
VIEWER = LinkDestination("viewer:viewer", "viewer", "Viewer")
STAGE = LinkDestination("stage:stage", "stage", "Stage display")
EVERY: Final = (TOKIO, BERLIN, UCHIDA, KABINE, DESK, VIEWER, STAGE)
SHOW = core.begin(parse(BOOTH, "event.yaml"))


def test_every_role_has_a_destination_here() -> None:
    assert {destination.role for destination in EVERY} == set(get_args(Role))


# Talkback --------------------------------------------------------------------------------------------------------


def test_moderators_talk_to_anybody_and_others_to_the_desk() -> None:
    everybody = ("krefeld", "berlin", "tokio", "uchida", "kabine")
    assert talk_recipients(SHOW, DESK, "all") == everybody
    assert talk_recipients(SHOW, DESK, ["tokio", "desk", "tokio"]) == ("tokio", "desk")
    for destination in (TOKIO, UCHIDA, KABINE):
        assert talk_recipients(SHOW, destination, ["berlin"]) == ("desk",)
    for destination in (VIEWER, STAGE):
        with pytest.raises(ProblemError) as refused:
            talk_recipients(SHOW, destination, "all")
        assert refused.value.code == "forbidden"


@pytest.mark.parametrize("wanted", ["all", "stage", "speaker", "viewer", "tokio/lectern", "slate", ""])
def test_talkback_goes_to_no_group_in_a_list(wanted: str) -> None:
    with pytest.raises(ProblemError, match="nknown recipient"):
        talk_recipients(SHOW, DESK, [wanted])


def test_the_newest_talk_is_heard_and_then_the_one_before_again() -> None:
    choices, peers = Choices(), {"one": DESK, "two": DESK, "hall": TOKIO, "other": BERLIN}
    choices.talk("c1", "one", DESK, ("tokio", "berlin"))
    choices.talk("c2", "two", DESK, ("tokio",))
    assert choices.talker("hall", TOKIO, peers) == "talk:two"
    assert choices.talker("other", BERLIN, peers) == "talk:one"
    assert [talk.heard_by for talk in choices.talks(peers).values()] == [["berlin"], ["tokio"]]
    choices.end_talk("c2")
    assert choices.talker("hall", TOKIO, peers) == "talk:one"
    assert [talk.heard_by for talk in choices.talks(peers).values()] == [["tokio", "berlin"]]


def test_a_key_stuck_in_one_hall_does_not_keep_the_desk_from_hearing_the_others() -> None:
    choices, peers = Choices(), {"stuck": TOKIO, "berlin": BERLIN, "desk": DESK}
    choices.talk("c1", "stuck", TOKIO, ("desk",))
    for _ in range(2):
        choices.talk("c2", "berlin", BERLIN, ("desk",))
        assert choices.talker("desk", DESK, peers) == "talk:berlin"
        choices.end_talk("c2")
        assert choices.talker("desk", DESK, peers) == "talk:stuck"


def test_a_talker_without_sound_does_not_keep_the_one_before_from_being_heard() -> None:
    choices, peers = Choices(), {"one": DESK, "hall": TOKIO}
    choices.talk("c1", "one", DESK, ("tokio",))
    choices.talk("c2", "two", DESK, ("tokio",))
    assert choices.talker("hall", TOKIO, peers) == "talk:one"
    assert [talk.heard_by for talk in choices.talks(peers).values()] == [["tokio"], []]


def test_nobody_hears_talk_to_a_place_that_is_not_there() -> None:
    choices = Choices()
    choices.talk("c1", "one", DESK, ("tokio", "berlin"))
    assert [talk.heard_by for talk in choices.talks({"one": DESK}).values()] == [[]]


def test_a_moderator_who_talks_to_the_others_does_not_hear_himself() -> None:
    choices, peers = Choices(), {"one": DESK, "two": DESK}
    choices.talk("c1", "one", DESK, ("desk",))
    assert (choices.talker("one", DESK, peers), choices.talker("two", DESK, peers)) == (None, "talk:one")
    assert [talk.heard_by for talk in choices.talks(peers).values()] == [["desk"]]


def test_a_peer_talks_once_by_its_newest_connection() -> None:
    choices = Choices()
    choices.talk("old", "one", DESK, ("tokio",))
    choices.talk("new", "one", DESK, ("berlin",))
    assert not choices.end_talk("old"), "the socket that was lost does not end the newer one's talk"
    assert [(talk.speaker, talk.to) for talk in choices.talks({}).values()] == [("desk", ["berlin"])]


def test_the_same_talk_keeps_its_number_and_another_one_gets_the_next() -> None:
    choices = Choices()
    for to in (("tokio",), ("tokio",), ("berlin",)):
        choices.talk("c1", "one", DESK, to)
    assert list(choices.talks({})) == ["2"]


async def test_when_the_sound_of_the_newest_talker_has_left_the_one_before_is_heard(tmp_path: Path) -> None:
    media = Recorded()
    async with running(tmp_path, BOOTH, media=media) as (runtime, _):
        for peer, destination in (("one", BERLIN), ("two", TOKIO), ("desk", DESK)):
            runtime.receivers.connect(f"c-{peer}", peer, destination)
            runtime.receivers.add(peer, destination)
        runtime.choices.talk("c-one", BERLIN, "all")
        runtime.choices.talk("c-two", TOKIO, "all")
        assert media.feeds["desk"].talkback == "talk:two"
        runtime.receivers.on_left("two")
        assert media.feeds["desk"].talkback == "talk:one"


async def test_a_page_that_has_reconnected_listens_once(tmp_path: Path) -> None:
    async with running(tmp_path, BOOTH) as (runtime, _):
        for connection in ("lost", "new"):
            runtime.receivers.connect(connection, "one", TOKIO)
        runtime.receivers.connect("other", "two", TOKIO)
        for peer in ("one", "two"):
            runtime.choices.listen(peer, "ja")
        assert runtime.receivers.listeners() == {"ja": ["tokio", "tokio"]}


async def test_what_a_page_cannot_decode_is_routed_until_it_and_its_peer_have_left(tmp_path: Path) -> None:
    media = Recorded()
    async with running(tmp_path, BOOTH, media=media) as (runtime, _):
        runtime.receivers.connect("c-one", "one", TOKIO)
        runtime.receivers.add("one", TOKIO)
        runtime.choices.decode("one", previews=False, small=True)
        runtime.choices.route_now()
        assert (media.feeds["one"].is_small, media.feeds["one"].previews) == (True, False)
        runtime.receivers.disconnect("c-one")
        assert runtime.receivers.listening("one").pictures.small
        runtime.receivers.on_left("one")
        runtime.receivers.add("one", TOKIO)
        assert runtime.receivers.listening("one").pictures == Decodable()


async def test_the_channel_that_a_hall_listens_to_may_come_back_by_its_open_microphone(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, BOOTH) as (runtime, _):
        for source in ("krefeld", "tokio", "kabine/anna"):
            runtime.on_source(source, "live", "flows")
        await runtime.submit(COMMAND.validate_python({"type": "start", "id": "a"}), "desk")
        order = {"type": "interpret", "id": "b", "booth": "kabine", "seat": "anna", "open": True}
        await runtime.submit(COMMAND.validate_python(order), "desk")
        await runtime.submit(
            COMMAND.validate_python({"type": "mic", "id": "c", "source": "tokio", "open": True}), "desk"
        )
        runtime.receivers.connect("c-one", "one", TOKIO)
        runtime.receivers.add("one", TOKIO)
        runtime.choices.listen("one", "ja")
        runtime.choices.route_now()
        assert list(runtime._output.return_paths["tokio"]) == ["krefeld", "kabine/anna"]
        runtime.choices.listen("one", None)
        runtime.choices.route_now()
        assert list(runtime._output.return_paths["tokio"]) == ["krefeld"]


# Over any sequence -----------------------------------------------------------------------------------------------


class Recorded(NoMedia):
    """Keeps what is routed."""

    def __init__(self) -> None:
        self.feeds: Mapping[str, Feed] = {}

    def route(self, feeds: Mapping[str, Feed]) -> None:
        self.feeds = feeds


class AnyDay:
    """Pages come and go, and do at random whatever they can."""

    def __init__(self, runtime: Runtime, media: Recorded, seed: int) -> None:
        self._runtime, self._media = runtime, media
        self._rng = random.Random(seed)
        self._numbers = count()
        self._pages: dict[str, tuple[str, LinkDestination]] = {}
        """By connection, its peer and destination."""
        self.heard = 0
        """Routes with talkback."""

    async def step(self) -> None:
        rng = self._rng
        await rng.choice(
            (
                self._join,
                self._join,
                self._part,
                self._talk,
                self._talk,
                self._listen,
                self._media_changes,
                self._command,
                self._command,
            )
        )()
        self._check()

    async def _join(self) -> None:
        n, destination = next(self._numbers), self._rng.choice(EVERY)
        self._pages[f"c{n}"] = f"p{n}", destination
        self._runtime.receivers.connect(f"c{n}", f"p{n}", destination)
        seat = f"kabine/{self._rng.choice('12')}" if destination is KABINE else None
        self._runtime.receivers.add(f"p{n}", destination, seat)
        if len(self._pages) > 12:
            await self._part()

    async def _part(self) -> None:
        if self._pages:
            connection = self._rng.choice(list(self._pages))
            peer, _ = self._pages.pop(connection)
            self._runtime.receivers.disconnect(connection)
            if self._rng.random() < 0.7:
                self._runtime.receivers.on_left(peer)

    async def _talk(self) -> None:
        if self._pages:
            connection = self._rng.choice(list(self._pages))
            _, destination = self._pages[connection]
            to = self._rng.choice((["tokio"], ["kabine", "berlin"], ["desk"], "all", ["krefeld"], []))
            try:
                self._runtime.choices.talk(connection, destination, to)  # type: ignore[arg-type]
            except ProblemError:
                assert destination in (VIEWER, STAGE)

    async def _listen(self) -> None:
        if self._pages:
            peer, _ = self._rng.choice(list(self._pages.values()))
            self._runtime.choices.listen(peer, self._rng.choice(("de", "ja", None)))
            self._runtime.choices.route_now()

    async def _media_changes(self) -> None:
        source = self._rng.choice((*SHOW.sources, "kabine/1", "kabine/2"))
        self._runtime.on_source(source, self._rng.choice(get_args(SourceState)), "flows")

    async def _command(self) -> None:
        source = self._rng.choice(list(SHOW.sources))
        seat, is_open = self._rng.choice("12"), self._rng.random() < 0.7
        type_, fields = self._rng.choice(
            (
                ("start", {}),
                ("next", {"from": self._runtime.show.last}),
                ("take", {"source": source}),
                ("mic", {"source": source, "open": is_open}),
                ("floor", {"language": "ja"}),
                ("interpret", {"booth": "kabine", "seat": seat, "open": is_open}),
                # Nobody can name a talkback microphone as a source.
                ("take", {"source": talk_source("p0")}),
                ("mic", {"source": talk_source("p0"), "open": True}),
            )
        )
        command = COMMAND.validate_python({"id": f"x{next(self._numbers)}", "type": type_, **fields})
        with suppress(ProblemError):
            await self._runtime.submit(command, "test", Author("moderator", "moderator"))

    def _check(self) -> None:
        """Talk sources are in talkback alone, and seats in interpretation and partner alone."""
        receivers = self._runtime.receivers
        for peer, feed in self._media.feeds.items():
            programme = (*feed.pictures, *feed.mics)
            listened = (*feed.interpretation, *((feed.partner,) if feed.partner else ()))
            assert not any(source.startswith("talk:") for source in (*programme, *listened))
            assert not any(place_of(source) == "kabine" for source in programme)
            assert all(place_of(source) == "kabine" for source in listened)
            if feed.talkback is not None:
                self.heard += 1
                assert feed.talkback.startswith("talk:")
                assert feed.talkback != talk_source(peer)
                destination = receivers.peers.get(peer)
                assert destination is None or destination.role not in ("viewer", "stage")


@pytest.mark.parametrize("seed", range(4))
async def test_talkback_is_never_in_the_programme_nor_in_a_channel(tmp_path: Path, seed: int) -> None:
    media = Recorded()
    async with asyncio.timeout(60), running(tmp_path, BOOTH, media=media) as (runtime, _):
        day = AnyDay(runtime, media, seed)
        for _ in range(300):
            await day.step()
        assert day.heard > 100, "somebody talked, so the test could have failed"
