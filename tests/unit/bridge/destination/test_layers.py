"""The layer of a slot, from the peer's feedback to the packets sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from bridge.destination.destination import CHECK_INTERVAL_S
from bridge.destination.layers import LayerSelector, TileSize, tile_sizes
from bridge.destination.slots import VideoSlot
from bridge.engine import PICTURES, Feed, LayoutName, MediaStats
from bridge.rtp.adaptation import MIN_HOLD_S
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtcp import PictureLossIndication, ReceiverReport, Remb, ReportBlock
from tests.unit.bridge.peers import NOW, NTP, SLOT_PAYLOAD_TYPES, FakePeer, FakeVenue, destination

TILES = Path(__file__).parents[4] / "web/test/tiles.json"
"""The sizes of all tiles, by layout and number of pictures; `web/test/layout.test.ts` holds the pages to it."""
PROGRAM, VIEW = 1, 3
"""SSRCs of the slots, as `destination` numbers them."""


def slot() -> tuple[LayerSelector, FakeVenue]:
    """A slot that shows the best layer of a venue; both layers have fresh keyframes."""
    venue, slot = (
        FakeVenue("krefeld", 10, layers=("h", "l")),
        VideoSlot("program", 5, SLOT_PAYLOAD_TYPES, 500),
    )
    made = LayerSelector(slot)
    for rid in venue.cameras:
        venue.frame(NOW, keyframe=True, layer=rid)
    made.update(venue.source, "large", NOW)
    made.show(0, NOW)
    return made, venue


def test_a_change_of_layer_waits_for_the_next_keyframe() -> None:
    """No replay: the path may be narrow."""
    made, venue = slot()
    best, small = venue.source.layers.values()
    assert made.slot.current is best
    made.show(1, NOW)
    made.slot.tick(NOW)
    assert (made.slot.current, made.slot.target) == (best, small)
    venue.frame(NOW, keyframe=True, layer="l")
    assert (made.slot.current, made.slot.target) == (small, None)


def test_the_other_layer_of_a_frozen_picture_is_shown_at_once() -> None:
    made, venue = slot()
    for step in range(30):
        venue.frame(NOW + step / 10, keyframe=step == 25, layer="l")
    made.update(venue.source, "large", NOW + 3)
    made.show(0, NOW + 3)
    assert made.slot.current is venue.source.layers["l"]


def test_a_stopped_picture_begins_again_with_a_keyframe_and_without_a_burst() -> None:
    """The path may be narrow still."""
    made, venue = slot()
    peer = FakePeer()
    made.slot.connect(peer.send_rtp, ProgramClock(NOW, NTP))
    made.show(2, NOW)
    assert made.slot.current is None
    venue.frame(NOW, 3, layer="l")
    assert peer.rtp == []
    venue.peer.rtcp.clear()
    for step in range(5):  # as often as the destination decides
        made.show(1, NOW + step / 10)
    venue.frame(NOW + 0.5, 3, layer="l")
    assert peer.rtp == []
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    venue.frame(NOW + 0.6, 3, keyframe=True, layer="l")
    assert [copy.camera for copy in peer.take_copies()] == [110] * 3


@pytest.mark.parametrize(
    ("layers", "size", "shown"),
    [
        (("h", "m", "l"), "large", "h"),
        (("h", "m", "l"), "medium", "m"),
        (("h", "m", "l"), "small", "m"),
        (("h", "l"), "large", "h"),
        (("h", "l"), "medium", "h"),
        (("h", "l"), "small", "l"),
        (("",), "small", ""),
    ],
)
def test_small_tiles_get_the_layer_that_fits(layers: tuple[str, ...], size: TileSize, shown: str) -> None:
    venue = FakeVenue("krefeld", 10, layers=layers if layers[0] else ())
    made = LayerSelector(VideoSlot("picture3", 5, SLOT_PAYLOAD_TYPES, 500))
    for rid in venue.cameras:
        venue.frame(NOW, keyframe=True, layer=rid)
    made.update(venue.source, size, NOW)
    made.show(0, NOW)
    assert made.slot.current is venue.source.layers[shown]


def test_the_sizes_of_tiles_are_those_of_the_table_to_which_the_pages_are_held() -> None:
    table: dict[LayoutName, list[list[TileSize]]] = json.loads(TILES.read_text("utf-8"))
    assert set(table) == set(get_args(LayoutName))
    for layout, rows in table.items():
        assert [tile_sizes(len(sizes), layout) for sizes in rows] == rows
        assert [len(sizes) for sizes in rows] == list(range(1, len(PICTURES) + 1))


@pytest.mark.parametrize(
    ("layout", "shown"), [("side-by-side", ["h", "h"]), ("pip", ["h", "m"]), ("grid", ["h", "h"])]
)
def test_the_layout_of_the_feed_decides_which_layer_each_picture_gets(
    layout: LayoutName, shown: list[str]
) -> None:
    venues = [FakeVenue(name, 10 * n, layers=("h", "m", "l")) for n, name in enumerate("ab", start=1)]
    made, _ = destination(FakePeer())
    for venue in venues:
        for rid in venue.cameras:
            venue.frame(NOW, keyframe=True, layer=rid)
    made.apply(Feed("a", ("b",), layout=layout), {venue.source.name: venue.source for venue in venues}, NOW)
    showing = [slot.current for slot in made.slots if isinstance(slot, VideoSlot) and slot.current]
    assert [layer.rid for layer in showing] == shown


def test_a_peer_that_cannot_decode_large_pictures_gets_those_of_small_tiles() -> None:
    venue = FakeVenue("a", 10, layers=("h", "m", "l"))
    for rid in venue.cameras:
        venue.frame(NOW, keyframe=True, layer=rid)
    made, _ = destination(FakePeer())
    shown = {}
    for feed in (Feed("a"), Feed("a", is_small=True)):
        made.apply(feed, {venue.source.name: venue.source}, NOW)
        for rid in venue.cameras:  # a change of layer waits for a keyframe
            venue.frame(NOW, keyframe=True, layer=rid)
        slots = [slot for slot in made.slots if isinstance(slot, VideoSlot)]
        shown[feed] = {slot.name: slot.current.rid for slot in slots if slot.current}
    assert list(shown.values()) == [{"program": "h"}, {"program": "m"}]


def test_a_layer_too_large_for_the_tile_is_better_than_none() -> None:
    venue = FakeVenue("krefeld", 10, layers=("h", "m", "l"))
    made = LayerSelector(VideoSlot("picture3", 5, SLOT_PAYLOAD_TYPES, 500))
    venue.frame(NOW, keyframe=True, layer="h")
    made.update(venue.source, "small", NOW)
    made.show(0, NOW)
    assert made.slot.current is venue.source.layers["h"]


class LayerHarness:
    """Two venues with two layers each; a peer has one in its programme and the other in a multiview slot."""

    def __init__(self) -> None:
        self.venues = {
            name: FakeVenue(name, ssrc, layers=("h", "l")) for name, ssrc in (("krefeld", 10), ("tokio", 20))
        }
        self.peer = FakePeer()
        self.destination, self.slots = destination(self.peer, views=("tokio",))
        self.now = NOW
        self.destination.apply(
            Feed("krefeld", (), ("tokio",)),
            {name: venue.source for name, venue in self.venues.items()},
            NOW,
        )

    def run(self, seconds: float) -> dict[int, set[int]]:
        """Time passes: all layers flow, and send a keyframe where one is requested for. Which camera was seen in which
        slot in the end: SSRC to SSRCs."""
        for step in range(round(seconds * 10)):
            self.now += 0.1
            for venue in self.venues.values():
                requested = {message.media_ssrc for message in venue.peer.take_rtcp(PictureLossIndication)}
                for rid, camera in venue.cameras.items():
                    venue.frame(
                        self.now,
                        8 if rid == "h" else 1,
                        keyframe=camera.ssrc in requested or not step,
                        layer=rid,
                    )
                venue.source.tick(self.now)
                venue.speak(self.now)
            self.destination.tick(self.now)
        self.peer.rtp = [data for data in self.peer.rtp if len(data) > 40]  # pictures
        found: dict[int, set[int]] = {}
        for copy in self.peer.take_copies()[-4:]:
            found.setdefault(copy.ssrc, set()).add(copy.camera)
        return found

    def report(self, fraction: float, highest: int) -> None:
        """The peer sends a report on its programme."""
        block = ReportBlock(PROGRAM, fraction, 0, highest, 0, 0, 0)
        self.destination.on_rtcp([ReceiverReport(1, (block,))], self.now)


def test_a_programme_gets_the_best_layer_and_a_multiview_slot_the_smallest() -> None:
    """The stats say so."""
    link = LayerHarness()
    assert link.run(1) == {PROGRAM: {10}, VIEW: {120}}
    assert link.destination.stats(link.now).layer == "h"


def test_a_lossy_downlink_gets_the_smallest_layers_and_later_the_best_again() -> None:
    """As ordinary cuts; the duration is in the stats."""
    link = LayerHarness()
    for second in range(5):
        link.run(1)
        link.report(0.3 if second else 0.0, 500 + 100 * second)
    assert link.run(0.5) == {PROGRAM: {110}, VIEW: {120}}
    stats = link.destination.stats(link.now)
    assert (stats.layer, stats.stalls) == ("l", 1)
    assert stats.last_stall_s
    for second in range(round(MIN_HOLD_S) + 2):
        link.run(1)
        link.report(0.0, 1000 + 100 * second)
    assert link.run(0.5) == {PROGRAM: {10}, VIEW: {120}}
    stats = link.destination.stats(link.now)
    assert (stats.layer, stats.stalls) == ("h", 1)
    assert stats.last_stall_s == pytest.approx(MIN_HOLD_S, abs=1.5)


def test_pictures_pause_on_a_path_that_drops_them_and_come_back_smaller_with_a_keyframe() -> None:
    link = LayerHarness()
    assert link.run(1) == {PROGRAM: {10}, VIEW: {120}}
    link.peer.is_dropping = True
    link.run(0.2)
    link.peer.rtp.clear()
    assert link.run(2) == {}
    assert link.destination.stats(link.now).pictures == 0
    link.peer.is_drained = True
    assert link.run(1) == {PROGRAM: {110}, VIEW: {120}}
    stats = link.destination.stats(link.now)
    assert (stats.layer, stats.pictures, stats.stalls) == ("l", 1, 1)


def test_an_estimate_below_the_rate_of_the_best_layers_brings_the_smallest() -> None:
    """Of the pictures shown: a multiview slot needs little."""
    link = LayerHarness()
    link.run(3)
    octets = 10 * 9 * 45.0  # a second of both, roughly
    link.destination.on_rtcp([Remb(round(octets * 8), (PROGRAM,))], link.now)
    for _ in range(4):
        link.run(1)
        link.destination.on_rtcp([Remb(round(octets * 8), (PROGRAM,))], link.now)
    assert link.destination.stats(link.now).layer == "h"
    for _ in range(4):
        link.destination.on_rtcp([Remb(round(octets * 2), (PROGRAM,))], link.now)
        link.run(1)
    assert link.destination.stats(link.now).layer == "l"


def test_an_estimate_for_other_streams_is_ignored() -> None:
    """And counted."""
    link = LayerHarness()
    for _ in range(8):
        link.destination.on_rtcp([Remb(0, (99,)), Remb(0, ())], link.now)
        link.run(1)
    assert link.destination.stats(link.now).layer == "h"
    assert link.destination.ignored["estimate: ssrc"] == 16


def test_a_layer_that_stops_is_replaced_by_the_other() -> None:
    """On a narrow path a sender stops its best layer."""
    link = LayerHarness()
    link.run(1)
    venue = link.venues["krefeld"]
    for _ in range(15):
        link.now += CHECK_INTERVAL_S
        venue.frame(link.now, keyframe=bool(venue.peer.take_rtcp(PictureLossIndication)), layer="l")
        link.destination.tick(link.now)
    assert link.destination.stats(link.now).layer == "l"
    assert link.destination.stats(link.now).stalls == 0


def only_layer(estimate: int | None, received: int = 100) -> MediaStats:
    """The stats of a peer after 20 s of loss, and of such estimates, with a source of one layer. `received`: packets a
    second."""
    venue, peer = FakeVenue("krefeld", 10), FakePeer()
    made, _ = destination(peer)
    made.apply(Feed("krefeld"), {"krefeld": venue.source}, NOW)
    for second in range(20):
        venue.frame(NOW + second, 30, keyframe=True)
        block = ReportBlock(PROGRAM, 0.5, 0, 500 + received * second, 0, 0, 0)
        estimates = [] if estimate is None else [Remb(estimate, (PROGRAM,))]
        made.on_rtcp([ReceiverReport(1, (block,)), *estimates], NOW + second)
        for tenth in range(10):
            made.tick(NOW + second + tenth / 10)
    return made.stats(NOW + 20)


def test_loss_never_stops_the_only_layer_of_the_only_picture() -> None:
    """It may have another cause than too little bit rate."""
    stats = only_layer(None)
    assert (stats.layer, stats.pictures, stats.stalls, stats.last_stall_s) == ("", 1, 0, None)


def test_an_estimate_below_the_only_layer_stops_it_for_the_sound() -> None:
    """A source without simulcast on a path that is too narrow for it."""
    stats = only_layer(1, received=0)
    assert (stats.layer, stats.pictures) == (None, 0)
    assert stats.stalls


def test_on_an_overloaded_machine_a_picture_gets_small_then_stops_while_its_sound_goes_on() -> None:
    harness = LayerHarness()
    best = harness.run(2)[PROGRAM]
    harness.destination.picture_limit = "smallest"
    small = harness.run(2)[PROGRAM]
    assert len(best) == len(small) == 1
    assert best != small
    harness.destination.picture_limit = "none"
    harness.run(1)
    mic, packets = harness.slots["mic1"], harness.slots["mic1"].packets
    assert harness.run(2) == {}
    assert mic.packets > packets
    assert harness.destination.stats(harness.now).pictures == 0
    harness.destination.picture_limit = "best"
    assert harness.run(2)[PROGRAM] == best
    assert harness.destination.stats(harness.now).stalls == 0, "the path was never too narrow"
