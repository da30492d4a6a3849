"""Through a whole agenda, read from the pictures themselves."""

from __future__ import annotations

from tests.e2e.conftest import PLACES, Stage
from tests.server.test_socket import until

AGENDA = ["one", "two", "three", "four"]
SOURCES = dict(zip(AGENDA, PLACES, strict=True))
"""Item to who is on air; the host is Krefeld."""


async def test_every_room_sees_the_right_place_through_eleven_cuts_without_a_freeze(stage: Stage) -> None:
    moderator = stage.moderator
    await moderator.command("start")
    shown: dict[str, list[int]] = {place: [] for place in PLACES}
    before = {}
    for cut in range(12):
        item = AGENDA[cut % 4]
        if cut:
            last = AGENDA[(cut - 1) % 4]
            if item == "one":
                await moderator.command("goto", item="one")
            else:
                await moderator.command("next", **{"from": last})
        state = await until(moderator, lambda s, i=item: s["show"]["item"] == i)
        assert state["program"] == state["program"] | {"source": SOURCES[item], "reason": "agenda"}
        for place, room in stage.rooms.items():
            destination = state["destinations"][place]
            assert destination["source"] != place, "nobody sees his own camera as the programme"
            assert destination["is_return"] == (place == SOURCES[item])
            if place != SOURCES[item]:
                assert destination["source"] == SOURCES[item]
            elif place != "krefeld":
                assert destination["source"] == "krefeld"
            await room.shows(PLACES[destination["source"]])
            if not cut:
                await room.page.evaluate("window.probe.watch()")
                before[place] = await room.stats()
            if not shown[place] or shown[place][-1] != PLACES[destination["source"]]:
                shown[place].append(PLACES[destination["source"]])
    # Zero on a machine that keeps up; where even a page's own camera stood still, no link could have done better.
    permitted = sum([await room.stalls() for room in stage.rooms.values()])
    for place, room in stage.rooms.items():
        assert await room.seen() == shown[place], f"{place} has seen something in between"
        after = await room.stats()
        freezes = after["freezeCount"] - before[place]["freezeCount"]
        assert freezes <= permitted, f"{place}: {freezes} freezes, {permitted} stalls of cameras, {after}"
        assert (after["pliCount"], after["nackCount"], after["packetsLost"]) == (0, 0, 0)
        assert after["framesDecoded"] > before[place]["framesDecoded"]
        assert await room.negotiations() == 1
        assert room.errors == []


async def test_nobody_hears_himself_and_everybody_hears_who_is_on_air(stage: Stage) -> None:
    await stage.moderator.command("start")
    for item, source in SOURCES.items():
        if item != "one":
            await stage.moderator.command("goto", item=item)
        await stage.on_air(item)
        for place, room in stage.rooms.items():
            if place != source:
                await room.shows(PLACES[source])
            await room.hears([] if place == source else [PLACES[source]], of=list(PLACES.values()))
