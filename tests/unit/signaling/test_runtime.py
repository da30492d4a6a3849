"""The single writer: everything is decided, written, then applied."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from itertools import cycle, pairwise
from pathlib import Path

import pytest

from bridge.engine import Card, Feed, Joined, MediaStats, PeerSpec
from config.model import Event
from config.times import Instant
from config.yamlfile import parse
from signaling.admission.contributor import Contributor
from signaling.audience import LinkDestination
from signaling.clock import ShowClock
from signaling.http.limits import LoopShare
from signaling.reading import NotWanted
from signaling.runtime import Runtime
from signaling.show import core, eventtext
from signaling.show.core import CommandRefused
from signaling.show.policy import MAX_RECEIVERS
from signaling.show.reasons import ProblemError
from signaling.show.terms import BY_DESK
from signaling.show.wire.commands import Arm, Hold, Next, Reload, Resume, Start, Take, Undo
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import LogEntry, ShowLogError
from signaling.showlog.logthread import NotWritten
from signaling.showlog.refusals import MAX_PER_PERSON
from signaling.showlog.replaying import replay_log
from tests.events import SHORT
from tests.nomedia import NoMedia

TEN = Instant(1_773_478_800_000)
"""10:00 in Berlin on the day of the event."""

TOKIO = LinkDestination("tokio", "venue", "Tokio")
DESK = LinkDestination("moderator:moderator", "moderator", "Moderator")

AUTO = """\
event: {title: Auto, date: 2026-03-14, timezone: Europe/Berlin}
venues: {krefeld: {}, berlin: {}}
defaults: {advance: auto}
agenda:
  - {id: one, title: One, start: 10:00, duration: 1s, source: krefeld}
  - {id: two, title: Two, duration: 2s, source: berlin}
  - {id: three, title: Three, duration: 1s, source: krefeld}
"""


class Recorder(NoMedia):
    """A media plane that records what it is given."""

    def __init__(self) -> None:
        self.routed: list[Mapping[str, Feed]] = []
        self.armed: list[set[str]] = []
        self.cards: list[Card] = []
        self.counted = 0

    def route(self, feeds: Mapping[str, Feed]) -> None:
        self.routed.append(feeds)

    def arm(self, sources: Collection[str]) -> None:
        self.armed.append(set(sources))

    def slate(self, card: Card) -> None:
        self.cards.append(card)

    def stats(self) -> tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]]:
        """Each call reports one more lost packet."""
        self.counted += 1
        return {"tokio": MediaStats(lost=self.counted)}, {"p1": MediaStats(rtt_ms=40.0)}


@asynccontextmanager
async def running(
    data: Path,
    text: str = SHORT,
    speed: float = 1.0,
    media: NoMedia | None = None,
    begin: Instant = TEN,
) -> AsyncIterator[tuple[Runtime, FileLog]]:
    show_log = FileLog.open(data, text)
    clock = ShowClock(begin, speed)
    replayed = replay_log(show_log, parse(text, "event.yaml"), text, clock.now())
    runtime = Runtime(replayed, show_log, clock, media or NoMedia())
    task = asyncio.create_task(runtime.run())
    try:
        yield runtime, show_log
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        show_log.close()


async def until(runtime: Runtime, item: str | None, phase: str) -> None:
    subscription = runtime.publisher.subscribe("now", None, None, role="moderator", id="moderator")
    while (runtime.show.on_air, runtime.show.phase) != (item, phase):
        await subscription.get()


async def test_a_command_is_on_disk_when_it_is_acknowledged(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, show_log):
        applied = await runtime.submit(Start(id="c", type="start"), "moderator:moderator")
        (record,) = [r for r in show_log.read_from(1) if r.command == "c"]
        assert record.rev == applied.rev
        assert record.by == "moderator:moderator"
        assert {fact["kind"] for fact in record.facts} >= {"started"}


async def test_the_show_goes_on_by_itself_at_the_planned_seconds(tmp_path: Path) -> None:
    async with running(tmp_path, AUTO, speed=20) as (runtime, _):
        await runtime.submit(Start(id="c", type="start"), "clock")
        begun = runtime.show.runs["one"].start
        await until(runtime, None, "ended")
        starts = [runtime.show.runs[item].start - begun for item in ("one", "two", "three")]
        assert starts == [0, 1_000, 3_000]


async def test_what_was_decided_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")
        before = runtime.show
    async with running(tmp_path) as (runtime, _):
        assert runtime.show == before
        again = await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")
        assert again.rev <= runtime.publisher.rev
        assert runtime.show == before


async def test_a_source_that_was_live_before_a_restart_is_absent_until_it_is_back(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        runtime.on_source("tokio", "live", "flows")
        await runtime.submit(Hold(id="a", type="hold"), "moderator:moderator")
        assert runtime.show.sources["tokio"].state == "live"
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")
        assert runtime.show.sources["tokio"].state == "absent"


async def test_a_command_that_cannot_be_written_is_not_applied(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, show_log):
        show_log.close()  # As after a disk that went away: every write fails from here on.
        with pytest.raises(NotWritten, match="nothing was done"):
            await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        assert runtime.show.phase == "before"


async def test_a_refused_command_is_written_as_a_refusal_and_its_id_may_be_used_again(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, show_log):
        rev = (await runtime.submit(Hold(id="h", type="hold"), "moderator:anna")).rev
        for _ in range(15):
            with pytest.raises(CommandRefused):
                await runtime.submit(Next(id="a", type="next", from_="one"), "moderator:anna")
        assert runtime.publisher.rev - rev < 5, (
            "refusals publish nothing; only the refresh does, once a second"
        )
        await runtime.submit(Start(id="b", type="start"), "moderator:anna")
        await runtime.submit(Next(id="a", type="next", from_="one"), "moderator:anna")
        assert runtime.show.on_air == "two"
        assert [r.command for r in show_log.read_from(1) if r.command is not None] == ["h", "b", "a"]
    refusal, *others = FileLog.view(tmp_path).refusals()
    assert len(others) == 14
    assert (refusal.by, refusal.type, refusal.code) == ("moderator:anna", "next", "invalid")
    assert refusal.message
    assert 0 <= refusal.at - TEN < 5_000


async def test_a_refusal_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as (runtime, show_log):
        free = threading.Event()
        keep = show_log.refused
        # A disk that takes its time cannot be had without one; all else is real.
        monkeypatch.setattr(show_log, "refused", lambda refusals: (free.wait(60), keep(refusals)))
        try:
            async with asyncio.timeout(60):
                for n in range(15):
                    with pytest.raises(CommandRefused):
                        await runtime.submit(Next(id=f"n{n}", type="next", from_="one"), "moderator:anna")
                    await asyncio.sleep(0.1)
        finally:
            free.set()
        await runtime.submit(Start(id="b", type="start"), "moderator:anna")
        assert len(show_log.refusals()) > 0


async def test_a_script_with_endless_refusals_does_not_fill_the_disk(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        for n in range(500):
            with pytest.raises(CommandRefused):
                await runtime.submit(Next(id=f"n{n}", type="next", from_="one"), "moderator:anna")
    *kept, rest = FileLog.view(tmp_path).refusals()
    assert len(kept) + rest.left_out == 500
    assert len(kept) == MAX_PER_PERSON


async def test_a_peer_is_routed_what_its_destination_sees(tmp_path: Path) -> None:
    media = Recorder()
    async with running(tmp_path, media=media) as (runtime, _):
        runtime.receivers.connect("c1", "p1", TOKIO)
        runtime.receivers.add("p1", TOKIO)
        for source in ("krefeld", "berlin", "tokio"):
            runtime.on_source(source, "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        assert media.routed[-1] == {"p1": Feed("krefeld", (), ("krefeld",), layout="solo")}
        runtime.receivers.on_left("p1")
        await runtime.submit(Next(id="b", type="next", from_="one"), "moderator:moderator")
        assert media.routed[-1] == {}


async def test_a_page_that_lost_its_socket_goes_on_receiving_through_a_cut(tmp_path: Path) -> None:
    media = Recorder()
    async with running(tmp_path, media=media) as (runtime, _):
        runtime.receivers.connect("c1", "p1", DESK)
        runtime.receivers.add("p1", DESK)
        runtime.on_source("krefeld", "live", "flows")
        runtime.receivers.disconnect("c1")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        assert media.routed[-1]["p1"].program == "krefeld"
        assert runtime.receivers.peers["p1"] == DESK


async def test_moving_a_plan_that_has_begun_is_refused_and_the_show_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        with pytest.raises(CommandRefused, match="has begun"):
            await runtime.move(TEN)
        await runtime.submit(Next(id="b", type="next", from_="one"), "moderator:moderator")
        assert runtime.show.on_air == "two"


async def test_a_source_report_that_could_not_be_written_is_decided_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as (runtime, show_log):
        append, failures = show_log.append, iter([True])

        def full_once(entry: LogEntry, expected_number: int) -> None:
            if next(failures, False):
                raise ShowLogError("the disk is full")
            append(entry, expected_number)

        # A disk that is full for a moment cannot be had without one; all else is real.
        monkeypatch.setattr(show_log, "append", full_once)
        runtime.on_source("tokio", "live", "flows")
        subscription = runtime.publisher.subscribe("now", None, None, role="moderator", id="moderator")
        while runtime.show.sources["tokio"].state != "live":
            await subscription.get()


async def test_steps_due_while_the_server_was_down_count_from_their_own_instants(tmp_path: Path) -> None:
    text = AUTO.replace("1s", "20s").replace("2s", "20s")
    async with running(tmp_path, text) as (runtime, _):
        runtime.on_source("krefeld", "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        begun = runtime.show.runs["one"].start
    async with running(tmp_path, text, begin=Instant(TEN + 50_000)) as (runtime, _):
        await until(runtime, "three", "running")
        subscription = runtime.publisher.subscribe("now", None, None, role="moderator", id="moderator")
        while runtime.show.sources["krefeld"].state != "absent":
            await subscription.get()
        assert [runtime.show.runs[item].start - begun for item in ("one", "two", "three")] == [
            0,
            20_000,
            40_000,
        ]


async def test_a_command_after_the_server_stopped_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
    with pytest.raises(NotWritten, match="is stopping"):
        await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")


async def shown(runtime: Runtime, source: str, reason: str) -> None:
    subscription = runtime.publisher.subscribe("now", None, None, role="moderator", id="moderator")
    while (runtime.show.programme.source, runtime.show.programme.reason) != (source, reason):
        await subscription.get()


async def test_a_silent_source_is_replaced_after_half_a_second_and_each_step_is_in_the_log(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as (runtime, show_log):
        for source in ("krefeld", "berlin"):
            runtime.on_source(source, "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        await runtime.submit(Next(id="b", type="next", from_="one"), "moderator:moderator")
        runtime.on_source("berlin", "stalled", "silent")
        await shown(runtime, "krefeld", "fallback")
        *_, alarm, failed, cut = [fact for record in show_log.read_from(1) for fact in record.facts]
        assert (alarm["kind"], alarm["why"]) == ("source-changed", "silent")
        assert (failed["kind"], failed["why"], failed["at"]) == ("failed", "silent", alarm["at"] + 500)
        assert (cut["kind"], cut["because"], cut["at"]) == ("cut", "silent", alarm["at"] + 500)
        runtime.on_source("berlin", "live", "flows")
        await shown(runtime, "berlin", "agenda")
        *_, back, recovered, cut = [fact for record in show_log.read_from(1) for fact in record.facts]
        assert recovered["at"] == cut["at"] == back["at"] + 2_000


async def test_after_a_restart_a_source_is_on_air_as_soon_as_it_is_there(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        runtime.on_source("krefeld", "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
    async with running(tmp_path) as (runtime, _):
        await shown(runtime, "slate", "fallback")
        runtime.on_source("krefeld", "live", "flows")
        await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")
        assert runtime.show.programme.source == "krefeld"


async def test_armed_sources_and_the_slate_are_set_only_when_they_change(
    tmp_path: Path,
) -> None:
    media = Recorder()
    async with running(tmp_path, media=media) as (runtime, _):
        assert (media.armed, len(media.cards)) == ([{"krefeld"}], 1)
        for source in ("krefeld", "berlin", "tokio"):
            runtime.on_source(source, "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        assert media.armed[-1] == set()
        await runtime.submit(Arm(id="b", type="arm", source="tokio"), "moderator:moderator")
        assert media.armed[-1] == {"tokio"}
        await runtime.submit(Take(id="c", type="take", source="tokio"), "moderator:moderator")
        assert media.armed[-1] == set()
        assert all(one != other for one, other in pairwise(media.armed))
        assert all(one != other for one, other in pairwise(media.cards))
        assert media.cards[-1].title == "Probe"
        assert media.cards[-1] != media.cards[0]


async def test_statistics_are_read_once_a_second_and_not_at_each_change(tmp_path: Path) -> None:
    media = Recorder()
    async with running(tmp_path, media=media) as (runtime, _):
        runtime.receivers.connect("c1", "p1", TOKIO)
        for n in range(20):
            await runtime.submit(Hold(id=f"h{n}", type="hold"), "moderator:moderator")
            await runtime.submit(Resume(id=f"r{n}", type="resume"), "moderator:moderator")
        state = runtime.publisher.state("now", "moderator", "moderator")
        assert media.counted <= 3
        assert state["sources"]["tokio"]["link"]["lost"] >= 1
        assert state["destinations"]["tokio"]["rtt_ms"] == 40.0
        assert state["destinations"]["berlin"]["link"] is None


VOICE = """\
event: {title: Panel, date: 2026-03-14, timezone: Europe/Berlin}
venues: {krefeld: {}, berlin: {}}
agenda:
  - {title: Panel, start: 10:00, duration: 10m, source: krefeld, mics: [krefeld, berlin], follow: voice}
"""


async def speak(runtime: Runtime) -> None:
    """Berlin speaks without a pause."""
    for level in cycle((-20.0, -28.0, -22.0, -60.0)):
        runtime.on_levels({"krefeld": -60.0, "berlin": level})
        await asyncio.sleep(0.1)


async def test_the_programme_follows_the_voice_and_the_log_has_it(tmp_path: Path) -> None:
    async with running(tmp_path, VOICE) as (runtime, show_log):
        for source in ("krefeld", "berlin"):
            runtime.on_source(source, "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        speaking = asyncio.create_task(speak(runtime))
        await shown(runtime, "berlin", "voice")
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
        assert {"spoke"} == {
            fact["kind"]
            for record in show_log.read_from(1)
            for fact in record.facts
            if fact["kind"] == "spoke"
        }
    async with running(tmp_path, VOICE) as (again, _):
        assert again.show.speaker == "berlin"


WITHOUT_TOKIO = SHORT.replace("  tokio: {name: Tokio, timezone: Asia/Tokyo}\n", "").replace(
    "source: tokio", "source: slate"
)


async def test_a_report_on_a_source_counts_although_a_reload_had_removed_the_source(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as (runtime, _):
        runtime.on_source("tokio", "live", "flows")
        await runtime.submit(Reload(id="1", type="reload", yaml=WITHOUT_TOKIO), "test")
        runtime.on_source("tokio", "absent", "left")
        runtime.on_source("berlin", "live", "flows")
        await runtime.submit(Hold(id="2", type="hold"), "test")
        assert runtime.show.sources["berlin"].state == "live"
        assert "tokio" not in runtime.show.sources
        for command in ("3", "4"):
            await runtime.submit(Undo(id=command, type="undo"), "test")
        await runtime.submit(Hold(id="5", type="hold"), "test")
        assert runtime.show.sources["tokio"].state == "absent"


async def test_a_source_that_one_reload_removes_and_another_adds_keeps_its_state(tmp_path: Path) -> None:
    """A peer sends it all the time, so the media plane reports no change."""
    async with running(tmp_path) as (runtime, _):
        runtime.on_source("tokio", "live", "flows")
        await runtime.submit(Reload(id="1", type="reload", yaml=WITHOUT_TOKIO), "test")
        await runtime.submit(Reload(id="2", type="reload", yaml=SHORT), "test")
        await runtime.submit(Hold(id="3", type="hold"), "test")
        assert runtime.show.sources["tokio"].state == "live"


async def test_a_source_that_an_undo_adds_after_a_restart_is_absent(
    tmp_path: Path,
) -> None:
    """It was live before the restart, and no peer has sent it since."""
    async with running(tmp_path) as (runtime, _):
        runtime.on_source("tokio", "live", "flows")
        await runtime.submit(Reload(id="1", type="reload", yaml=WITHOUT_TOKIO), "test")
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Undo(id="2", type="undo"), "test")
        await runtime.submit(Hold(id="3", type="hold"), "test")
        assert runtime.show.sources["tokio"].state == "absent"


async def test_a_sender_has_one_event_file_read_at_a_time_for_a_difference_or_a_reload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end, looked = threading.Event(), threading.Event(), list[str]()

    def slow(text: str, name: str) -> Event:
        looked.append(text)
        begun.set()
        assert may_end.wait(30)
        return parse(text, name)

    monkeypatch.setattr(eventtext, "parse", slow)
    async with running(tmp_path) as (runtime, _):
        rev = runtime.publisher.rev
        first = asyncio.create_task(runtime.files.difference(SHORT, sender="page-1"))
        await asyncio.to_thread(begun.wait, 30)
        reload = Reload(id="a", type="reload", yaml=SHORT)
        with pytest.raises(ProblemError) as refused:
            await runtime.submit(reload, "moderator:moderator", sender="page-1")
        assert refused.value.code == "too-many"
        gone = asyncio.create_task(
            runtime.submit(reload, "moderator:moderator", sender="page-2", is_wanted=lambda: False)
        )
        other = asyncio.create_task(runtime.submit(reload, "moderator:moderator", sender="page-3"))
        may_end.set()
        assert (await first).new == []
        with pytest.raises(NotWanted):
            await gone
        assert (await other).rev > rev
        assert looked == [SHORT, SHORT]


async def test_a_preview_that_nobody_waits_for_any_more_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as (runtime, _):
        start = Start(id="a", type="start")
        made = core.preview(runtime.show, lambda show, now: core.apply(show, start, now), TEN)
        monkeypatch.setattr(core, "preview", lambda *_: made)
        assert await runtime.preview(start, "moderator:moderator", BY_DESK) is made
        monkeypatch.setattr(core, "preview", None)
        with pytest.raises(NotWanted):
            await runtime.preview(start, "moderator:moderator", BY_DESK, is_wanted=lambda: False)


class Joinable(NoMedia):
    """Accepts every offer, after a moment."""

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        await asyncio.sleep(0)
        return Joined("", {})


async def test_offers_that_arrive_at_once_do_not_exceed_the_places_of_a_link(tmp_path: Path) -> None:
    viewers, turn = LinkDestination("viewer:viewer", "viewer", "Viewer"), LoopShare(1.0, 500)
    count = MAX_RECEIVERS["viewer"] + 20
    async with running(tmp_path, media=Joinable()) as (runtime, _):

        async def join(number: int) -> None:
            peer = f"p{number}"
            runtime.receivers.connect(peer, peer, viewers)
            spec = PeerSpec(peer, None, [], viewers.id, True)
            await runtime.join(Contributor(peer, peer, viewers.id, ""), viewers, spec, "", turn, page=peer)

        found = await asyncio.gather(*map(join, range(count)), return_exceptions=True)
        refused = [result for result in found if isinstance(result, ProblemError)]
        assert [fault.reason for fault in refused] == ["watchers-full"] * 20
        assert len(runtime.receivers.peers) == MAX_RECEIVERS["viewer"]
