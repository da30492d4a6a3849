"""What a room makes of the pictures and sounds it receives."""

from __future__ import annotations

from datetime import UTC

from bridge.room.testcard import TestCard
from bridge.room.tone import pitch, sine
from bridge.room.watch import PictureWatch, SoundWatch

PLACES = ("krefeld", "berlin", "tokio")


def show(watch: PictureWatch, code: int, frame: int, now: float) -> bool:
    picture = TestCard("x", code=code, zone=UTC, width=160, height=90).paint(0.0, frame)
    return watch.on_frame(bytes(picture.y), 160, 160, 90, now)


def test_nothing_is_seen_before_the_first_frame() -> None:
    assert PictureWatch(PLACES).state(now=5.0) == {
        "place": None,
        "frame_age_ms": None,
        "fps": 0,
        "width": 0,
        "height": 0,
    }


def test_the_place_in_the_picture_is_seen_with_its_size_age_and_rate() -> None:
    watch = PictureWatch(PLACES)
    for n in range(30):
        show(watch, 1, n, now=n / 15)
    assert watch.state(now=29 / 15 + 0.05) == {
        "place": "berlin",
        "frame_age_ms": 50,
        "fps": 15,
        "width": 160,
        "height": 90,
    }
    assert (watch.frames, watch.missed, watch.unread, watch.cuts) == (30, 0, 0, 1)


def test_only_a_frame_of_another_place_is_a_change() -> None:
    watch = PictureWatch(PLACES)
    assert show(watch, 0, 0, now=0.0)
    assert not show(watch, 0, 1, now=0.1)
    assert show(watch, 2, 40, now=0.2)
    assert watch.cuts == 2
    assert watch.missed == 0


def test_a_frozen_picture_shows_no_place_until_the_next_frame() -> None:
    watch = PictureWatch(PLACES)
    show(watch, 2, 0, now=0.0)
    assert watch.place(now=0.99) == "tokio"
    assert watch.place(now=1.0) is None
    assert show(watch, 2, 1, now=3.0)
    assert watch.place(now=3.0) == "tokio"


def test_missing_frames_are_counted_across_the_wraparound() -> None:
    watch = PictureWatch(PLACES)
    for frame in (60, 61, 63, 64, 67, 67):
        show(watch, 0, frame, now=0.0)
    assert watch.missed == 3


def test_a_picture_without_a_test_card_shows_no_place() -> None:
    watch = PictureWatch(PLACES)
    show(watch, 0, 0, now=0.0)
    assert watch.on_frame(bytes(160 * 90), 160, 160, 90, now=0.1)
    assert watch.place(now=0.1) is None
    assert watch.unread == 1


def test_a_code_beyond_the_places_is_no_place() -> None:
    watch = PictureWatch(PLACES)
    show(watch, 9, 0, now=0.0)
    assert watch.place(now=0.0) is None


def listen(watch: SoundWatch, slot: str, code: int, now: float) -> bool:
    mono = sine(pitch(code))
    stereo = memoryview(bytes(b for x in mono for b in x.to_bytes(2, "little", signed=True) * 2)).cast("h")
    return watch.on_samples(slot, stereo, channels=2, now=now)


def test_tones_of_all_slots_are_heard_in_the_order_of_the_event() -> None:
    watch = SoundWatch(PLACES)
    assert listen(watch, "mic1", 2, now=0.0)
    assert listen(watch, "mic2", 0, now=0.1)
    assert not listen(watch, "mic1", 2, now=0.2)
    assert watch.heard(now=0.2) == ("krefeld", "tokio")


def test_a_tone_that_has_stopped_is_not_heard() -> None:
    watch = SoundWatch(PLACES)
    listen(watch, "mic1", 1, now=0.0)
    assert watch.heard(now=0.59) == ("berlin",)
    assert watch.heard(now=0.6) == ()


def test_a_slot_is_measured_five_times_a_second() -> None:
    watch = SoundWatch(PLACES)
    listen(watch, "mic1", 0, now=0.0)
    assert not listen(watch, "mic1", 1, now=0.1)
    assert watch.heard(now=0.1) == ("krefeld",)
