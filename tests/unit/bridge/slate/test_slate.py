"""The slate's stream, as slots receive it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import structlog.testing
from aiortc.rtp import RtpPacket

from bridge.destination.layers import Showable
from bridge.engine import SLATE, Card, Feed
from bridge.rtp.header import parse
from bridge.rtp.vp8 import VideoPacket, parse_payload
from bridge.slate.slate import (
    MAX_LATE_AUDIO_PACKETS,
    MAX_PACKETS_PER_TICK,
    RETRY_INTERVAL_S,
    SILENT_OPUS,
    Slate,
)
from bridge.slate.slate_coder import CardEncodingError, EncodedCard
from tests.unit.bridge.peers import NOW, FakePeer, FakeVenue, destination
from tests.unit.bridge.pictures import BREAK, LOST, decoded, frames, is_keyframe, shows, still
from tests.unit.bridge.rtp.camera import SentPacket

TICK = 0.02
PROGRAM, MIC1 = 1, 3
"""SSRCs of the slots, as `destination` numbers them."""


async def encoded(card: Card) -> EncodedCard:
    return still(card)


class Hall:
    """A peer that receives the slate, with its own clock."""

    def __init__(self, slate: Slate | None = None) -> None:
        self.now = NOW
        self.slate = slate or Slate(NOW, encoded)
        self.peer = FakePeer()
        self.destination, _ = destination(self.peer)

    def route(self, feed: Feed | None, *venues: FakeVenue) -> None:
        shown: dict[str, Showable] = {
            SLATE: self.slate,
            **{venue.source.name: venue.source for venue in venues},
        }
        self.destination.apply(feed, shown, self.now)

    async def run(self, seconds: float) -> None:
        """Let time pass, tick by tick."""
        for _ in range(round(seconds / TICK)):
            self.now += TICK
            self.slate.tick(self.now)
            self.destination.tick(self.now)
            await asyncio.sleep(0)

    def received(self, ssrc: int = PROGRAM) -> list[RtpPacket]:
        """The packets of one slot. Clears those of all slots."""
        packets = [RtpPacket.parse(data) for data in self.peer.rtp]
        self.peer.rtp.clear()
        return [packet for packet in packets if packet.ssrc == ssrc]


async def hall(card: Card = BREAK) -> Hall:
    """A peer that has received the slate for a second."""
    made = Hall()
    made.slate.show(card)
    made.route(Feed(SLATE))
    await made.run(1.0)
    return made


async def test_a_slot_shows_the_card_as_it_was_drawn_and_it_stays_so() -> None:
    made = await hall()
    await made.run(2.0)
    pictures = decoded(frames(made.received()))
    assert len(pictures) > 20
    assert all(shows(picture, BREAK) for picture in pictures)


async def test_the_stream_is_well_formed_and_has_a_keyframe_a_second() -> None:
    made = await hall()
    made.received()
    await made.run(5.0)
    packets = made.received()
    assert max(len(packet.serialize()) for packet in packets) <= 1200
    assert all(b.sequence_number - a.sequence_number == 1 for a, b in pairwise(packets))
    whole = frames(packets)
    keyframes = [n for n, frame in enumerate(whole) if is_keyframe(frame)]
    assert len(keyframes) >= 4
    assert all(b - a == 10 for a, b in pairwise(keyframes))
    stamps = list(dict.fromkeys(packet.timestamp for packet in packets))
    assert len(whole) <= len(stamps) <= len(whole) + 2
    steps = [b - a for a, b in pairwise(stamps)]
    assert 0.04 <= min(steps) / 90_000 <= max(steps) / 90_000 <= 0.16


async def test_the_bridge_reads_its_packets_as_pictures_with_ids_of_15_bits() -> None:
    made = await hall()
    [intake] = made.slate.showable_layers({"vp8"}, made.now)
    run = intake.since_keyframe()
    assert [packet.is_keyframe for packet in run].count(True) == 1
    assert run[0].is_keyframe
    assert all(b.picture_id - a.picture_id == a.marker for a, b in pairwise(run))
    assert intake.is_showable(made.now)
    copy = parse(made.peer.rtp[0], VideoPacket)
    assert parse_payload(copy) == 15


async def test_a_later_receiver_sees_it_at_once() -> None:
    made = await hall()
    await made.run(0.5)
    late, _ = destination(peer := FakePeer())
    late.apply(Feed(SLATE), {SLATE: made.slate}, made.now)
    pictures = decoded(frames(RtpPacket.parse(data) for data in peer.rtp))
    assert shows(pictures[-1], BREAK)


async def test_packets_go_out_a_few_at_a_time() -> None:
    made = await hall()
    made.received()
    most = 0
    for _ in range(100):
        await made.run(TICK)
        most = max(most, len(made.received()))
    assert most == MAX_PACKETS_PER_TICK


async def test_another_card_replaces_the_first_within_the_stream() -> None:
    made = await hall(BREAK)
    made.slate.show(LOST)
    await made.run(0.5)
    packets = made.received()
    assert all(b.sequence_number - a.sequence_number == 1 for a, b in pairwise(packets))
    pictures = decoded(frames(packets))
    assert shows(pictures[0], BREAK)
    assert shows(pictures[-1], LOST)
    assert all(shows(picture, BREAK) or shows(picture, LOST) for picture in pictures)


async def test_until_the_first_card_is_encoded_a_slot_keeps_its_picture() -> None:
    ready = asyncio.Event()

    async def slowly(card: Card) -> EncodedCard:
        await ready.wait()
        return still(card)

    made, venue = Hall(Slate(NOW, slowly)), FakeVenue("krefeld", 10)
    venue.frame(made.now, keyframe=True)
    made.route(Feed("krefeld"), venue)
    made.slate.show(BREAK)
    made.route(Feed(SLATE), venue)
    made.received()
    await made.run(0.2)
    venue.frame(made.now)
    assert len(made.received()) == 1
    ready.set()
    await made.run(0.5)
    assert shows(decoded(frames(made.received()))[-1], BREAK)
    venue.frame(made.now)
    assert not made.received()


async def test_from_the_slate_to_a_room_the_picture_changes_with_its_keyframe() -> None:
    made, venue = await hall(), FakeVenue("krefeld", 10)
    made.route(Feed("krefeld"), venue)
    made.received()
    await made.run(0.3)
    assert made.received(), "the slate stays until then"
    sent: list[SentPacket] = venue.frame(made.now, keyframe=True)
    assert len(made.received()) == len(sent)
    await made.run(0.3)
    assert not made.received()


async def test_a_requested_keyframe_comes_with_the_next_tick_and_requests_are_limited() -> None:
    made = await hall()
    [intake] = made.slate.showable_layers({"vp8"}, made.now)
    await made.run(0.3)
    before = intake.keyframes
    intake.request_keyframe(made.now)
    await made.run(TICK)
    assert intake.keyframes == before + 1
    for _ in range(50):
        intake.request_keyframe(made.now)
        await made.run(TICK)
    assert intake.keyframes <= before + 5


async def test_a_slot_without_vp8_gets_no_picture() -> None:
    slate = Slate(NOW, encoded)
    assert slate.showable_layers({"h264"}, NOW) == ()
    assert slate.showable_layers({"h264", "vp8"}, NOW) == slate.showable_layers({"vp8"}, NOW)


async def test_of_cards_that_change_during_encoding_only_the_last_is_encoded() -> None:
    asked: list[Card] = []

    async def noted(card: Card) -> EncodedCard:
        asked.append(card)
        await asyncio.sleep(0)
        return still(card)

    made = Hall(Slate(NOW, noted))
    made.route(Feed(SLATE))
    made.slate.show(BREAK)
    await made.run(TICK)
    made.slate.show(Card("skipped"))
    made.slate.show(LOST)
    await made.run(2.0)
    made.slate.show(LOST)
    await made.run(0.1)
    assert asked == [BREAK, LOST]
    assert shows(decoded(frames(made.received()))[-1], LOST)


async def test_after_an_encoding_error_the_old_picture_stays_and_encoding_is_retried() -> None:
    faults = [CardEncodingError("out of memory"), OSError("no more processes")]
    tries: list[Card] = []

    async def failing(card: Card) -> EncodedCard:
        tries.append(card)
        if card == LOST and faults:
            raise faults.pop(0)
        return still(card)

    made = Hall(Slate(NOW, failing))
    made.slate.show(BREAK)
    made.route(Feed(SLATE))
    await made.run(1.0)
    with structlog.testing.capture_logs() as logs:
        made.slate.show(LOST)
        await made.run(RETRY_INTERVAL_S - 0.1)
        assert tries == [BREAK, LOST]
        assert shows(decoded(frames(made.received()))[-1], BREAK)
        await made.run(RETRY_INTERVAL_S)
    assert tries == [BREAK, LOST, LOST]
    assert [entry["fault"] for entry in logs] == ["out of memory", "no more processes"]
    await made.run(RETRY_INTERVAL_S)
    assert tries == [BREAK, LOST, LOST, LOST]
    assert shows(decoded(frames(made.received()))[-1], LOST)


async def test_characters_that_no_font_has_are_logged_once_with_the_remedy() -> None:
    async def poor(card: Card) -> EncodedCard:
        return EncodedCard(still(card).keyframe, still(card).repeat, "東京")

    made = Hall(Slate(NOW, poor))
    with structlog.testing.capture_logs() as logs:
        for card in (BREAK, LOST, BREAK):
            made.slate.show(card)
            await made.run(0.2)
    (entry,) = logs
    assert (entry["missing"], entry["log_level"]) == ("東京", "warning")
    assert "fonts-noto-cjk" in entry["remedy"]


async def test_its_sound_is_silence_without_a_gap_while_a_slot_is_subscribed() -> None:
    made = await hall()
    assert not made.received(MIC1)
    made.route(Feed(SLATE, mics=(SLATE,)))
    await made.run(1.0)
    sound = made.received(MIC1)
    assert len(sound) in (49, 50, 51)
    assert {packet.payload for packet in sound} == {SILENT_OPUS}
    assert all(b.timestamp - a.timestamp == 960 for a, b in pairwise(sound))
    assert all(b.sequence_number - a.sequence_number == 1 for a, b in pairwise(sound))
    made.route(Feed(SLATE))
    await made.run(1.0)
    assert not made.received(MIC1)


async def test_after_a_pause_of_the_server_little_silence_is_sent() -> None:
    made = await hall()
    made.route(Feed(SLATE, mics=(SLATE,)))
    await made.run(0.1)
    made.received()
    made.now += 60.0
    await made.run(TICK)
    assert len(made.received(MIC1)) <= MAX_LATE_AUDIO_PACKETS


async def test_cards_are_encoded_in_another_process_by_default() -> None:
    made = Hall(Slate(NOW))
    made.slate.show(LOST)
    made.route(Feed(SLATE))
    await made.run(TICK)
    await asyncio.wait(jobs())
    await made.run(0.5)
    assert shows(decoded(frames(made.received()))[-1], LOST)
    await made.slate.close()


async def test_a_closed_slate_sends_nothing_and_leaves_no_job() -> None:
    async def never(card: Card) -> EncodedCard:
        await asyncio.Event().wait()
        return still(card)

    made = Hall(Slate(NOW, never))
    made.route(Feed(SLATE))
    made.slate.show(LOST)
    await made.run(TICK)
    assert jobs()
    made.route(None)
    await made.slate.close()
    assert not jobs()
    made.received()
    await made.run(1.0)
    assert not made.received()


def jobs() -> list[asyncio.Task[object]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "slate"]
