"""The picture of a source: its IDs and its keyframes. What it asks its sender for is in the source's tests."""

from __future__ import annotations

from tests.unit.bridge.screens import intake_of, receive
from tests.unit.rtp.camera import Camera


def test_short_picture_ids_are_unrolled_across_any_gap() -> None:
    """Seven bits wrap every four seconds; receivers count on with fifteen."""
    camera = Camera(1, picture=120, bits=7)
    intake, screen, _ = intake_of(camera)
    for _ in range(300):
        receive(intake, camera.frame(1))
    for _ in range(100):
        camera.frame(1)
    receive(intake, camera.frame(1))
    pictures = [packet.picture for packet in screen.packets]
    assert pictures == [*range(pictures[0], pictures[0] + 300), pictures[0] + 400]


def test_a_late_packet_has_the_picture_id_of_its_own_frame() -> None:
    """Also when the ID wrapped after it."""
    camera = Camera(1, picture=126, bits=7)
    intake, screen, _ = intake_of(camera)
    late = camera.frame(1)
    receive(intake, [*camera.frame(1), *late])
    assert screen.packets[0].picture == screen.packets[1].picture + 1


def test_a_picture_id_that_grows_from_short_to_long_counts_on() -> None:
    """RFC 7741 allows a sender to begin with seven bits."""
    camera = Camera(1, picture=125, bits=7)
    intake, screen, _ = intake_of(camera)
    receive(intake, camera.frame(1))
    camera.bits = 15
    receive(intake, camera.frame(1))
    assert screen.packets[1].picture == screen.packets[0].picture + 1
    assert screen.told == []


def test_picture_ids_that_vanish_are_refused_until_a_keyframe() -> None:
    """There a stream may change over, as though it began anew."""
    camera = Camera(1)
    intake, screen, wire = intake_of(camera)
    camera.bits = 0
    receive(intake, camera.frame(2))
    assert (screen.packets, wire.dropped) == ([], {"picture-id": 2})
    receive(intake, camera.frame(1, keyframe=True))
    assert screen.told == ["restart"]


def test_only_a_keyframes_first_packet_lets_the_waiting_in() -> None:
    """Its second may come first; that is no beginning."""
    intake, screen, _ = intake_of(camera := Camera(1), shown=False)
    intake.waiting = (screen,)
    first, second = camera.frame(2, keyframe=True)
    receive(intake, [*camera.frame(2), second])
    assert screen.told == []
    receive(intake, [first])
    assert screen.told == ["enter"]


def test_the_size_of_the_picture_is_the_last_keyframes() -> None:
    """For the operators' figures."""
    intake, _, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(1))
    assert intake.size == (640, 360)
