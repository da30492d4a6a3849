"""The test card."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations
from zoneinfo import ZoneInfo

import av
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageStat

from bridge.room import testcard
from bridge.room.strip import read_strip
from bridge.room.testcard import HUES, Picture, TestCard, colour

NOON = datetime(2018, 9, 15, 12, 0, 0, 340_000, UTC).timestamp()
BERLIN = ZoneInfo("Europe/Berlin")


def card(
    code: int = 0, name: str = "Krefeld", zone: ZoneInfo = BERLIN, size: tuple[int, int] = (320, 180)
) -> TestCard:
    return TestCard(name, code=code, zone=zone, caption="Fichtenhain", width=size[0], height=size[1])


def copied(picture: Picture) -> tuple[bytes, bytes, bytes]:
    return bytes(picture.y), bytes(picture.u), bytes(picture.v)


def video_frame(picture: Picture, n: int) -> av.VideoFrame:
    frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
    for plane, drawn in zip(frame.planes, copied(picture), strict=True):
        plane.update(drawn)
    frame.pts, frame.time_base = n, Fraction(1, 15)
    return frame


def shows(picture: Picture, text: str, baseline: int, size: int) -> bool:
    """Whether `text` is there: bright inside its letters, dark around them."""
    mask = Image.new("L", (560, size))
    font = ImageFont.load_default(size)
    ImageDraw.Draw(mask).text((0, size), text, fill=255, font=font, anchor="ls")
    seen = Image.frombytes("L", (picture.width, picture.height), bytes(picture.y))
    seen = seen.crop((40, baseline - size, 40 + round(font.getlength(text)), baseline))
    inked = mask.crop((0, 0, *seen.size)).point(lambda ink: 255 * (ink == 255))
    lowest, _ = ImageStat.Stat(seen, inked).extrema[0]
    blank = mask.crop((0, 0, *seen.size)).point(lambda ink: 255 * (ink == 0))
    _, highest = ImageStat.Stat(seen, blank).extrema[0]
    return lowest > 180 and highest < 100


@pytest.mark.parametrize("size", [(160, 90), (320, 180), (640, 360), (1280, 720)])
def test_planes_have_the_size_of_the_picture_and_the_strip_reads_back(size: tuple[int, int]) -> None:
    width, height = size
    picture = card(code=5, size=size).paint(NOON, 1234)
    assert (len(picture.y), len(picture.u), len(picture.v)) == (
        width * height,
        width * height // 4,
        width * height // 4,
    )
    assert read_strip(picture.y, width, width, height) == (5, 1234 % 64)


@pytest.mark.parametrize("name", ["", "東京", "A", "Oberbürgermeisterinnen-Saal des Rathauses", "0" * 200])
def test_a_name_of_any_length_fits(name: str) -> None:
    """No text crosses the right edge or the picture's end."""
    for size in ((160, 90), (640, 360)):
        picture = card(name=name, size=size).paint(NOON, 0)
        width = size[0]
        edges = (*range(5), *range(width - 5, width))
        rows = range(size[1] // 20, size[1] * 9 // 10)
        assert max(picture.y[row * width + x] for row in rows for x in edges) < 100


def test_the_name_is_in_large_letters() -> None:
    picture = card(size=(640, 360)).paint(NOON, 0)
    assert shows(picture, "Krefeld", 154, 110)


@pytest.mark.parametrize(
    ("zone", "reading"),
    [("Europe/Berlin", "14:00:00.3"), ("Asia/Tokyo", "21:00:00.3"), ("Asia/Kolkata", "17:30:00.3")],
)
def test_the_clock_shows_the_places_own_time_in_tenths(zone: str, reading: str) -> None:
    picture = card(zone=ZoneInfo(zone), size=(640, 360)).paint(NOON, 0)
    assert shows(picture, reading, 286, 70)


def test_the_clock_is_right_when_summer_time_ends() -> None:
    painted = card(size=(640, 360))
    night = datetime(2018, 10, 28, 0, 59, 59, 900_000, UTC).timestamp()
    assert shows(painted.paint(night, 0), "02:59:59.9", 286, 70)
    assert shows(painted.paint(night + 0.1, 1), "02:00:00.0", 286, 70)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Düsseldorf", "Duesseldorf"),
        ("Große Straße", "Grosse Strasse"),
        ("Kyōto", "Kyoto"),
        ("Łódź – Ærø", "Lodz - Aeroe"),
        ("Ålesund", "Aalesund"),
        ("東京", "Place 0"),
    ],
)
def test_a_name_is_written_in_ascii(name: str, written: str) -> None:
    def luma(text: str) -> bytes:
        return bytes(card(name=text).paint(NOON, 0).y)

    assert luma(name) == luma(written)


def test_descenders_end_above_the_rule() -> None:
    below = slice(testcard._RULE_TOP * 640, None)
    with_descenders, without = (card(name=name, size=(640, 360)).paint(NOON, 0).y for name in ("jgpqy", "n"))
    assert with_descenders != without
    assert with_descenders[below] == without[below]


def test_a_card_depends_only_on_time_and_frame() -> None:
    """Nothing is left of earlier frames."""
    used = card()
    for n in range(40):
        used.paint(NOON + n * 1234.567, n * 7)
    assert copied(used.paint(NOON, 3)) == copied(card().paint(NOON, 3))


def test_the_sweep_moves_with_the_clock() -> None:
    """At the same instant it stands at the same place on every card, whatever the frame number."""
    row = slice(312 * 640, 313 * 640)
    here, there = card(0, size=(640, 360)), card(0, "Tokio", size=(640, 360))
    at_noon = bytes(here.paint(NOON, 0).y[row])
    assert bytes(there.paint(NOON, 99).y[row]) == at_noon
    assert bytes(here.paint(NOON + 0.5, 0).y[row]) != at_noon


def test_eight_places_have_clearly_different_colours() -> None:
    backgrounds = []
    for code in range(8):
        picture = card(code).paint(NOON, 0)
        middle = 45 * 160
        backgrounds.append((picture.u[middle], picture.v[middle]))
    for (u1, v1), (u2, v2) in combinations(backgrounds, 2):
        assert abs(u1 - u2) + abs(v1 - v2) >= 10
    assert len(set(HUES)) == 8


def test_colours_are_within_limited_range() -> None:
    assert colour(0, 0, 1) == (235, 128, 128)
    assert colour(0, 0, 0) == (16, 128, 128)
    for hue in range(360):
        y, u, v = colour(hue, 1, 1)
        assert 16 <= y <= 235
        assert 16 <= u <= 240
        assert 16 <= v <= 240


@pytest.mark.parametrize(
    ("code", "size", "fault"),
    [
        (64, (320, 180), "place code 64"),
        (-1, (320, 180), "place code -1"),
        (0, (330, 180), "330x180"),
        (0, (320, 181), "320x181"),
        (0, (64, 64), "64x64"),
    ],
)
def test_an_invalid_card_is_refused(code: int, size: tuple[int, int], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        card(code, size=size)


def test_the_strip_survives_vp8_at_150_kbps_and_a_downscale_to_320x180() -> None:
    """Every frame of four seconds, cards of two places with a cut in the middle."""
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 640, 360, "yuv420p"
    encoder.time_base, encoder.bit_rate, encoder.thread_count = Fraction(1, 15), 150_000, 1
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "-6",
        "lag-in-frames": "0",
        "minrate": "150k",
        "maxrate": "150k",
    }
    decoder = av.VideoCodecContext.create("libvpx", "r")
    cards = [card(code=9, size=(640, 360)), card(code=54, name="Tokio", size=(640, 360))]
    read, sent = [], []
    for n in range(60):
        shown = cards[n // 30]
        sent.append((shown.code, n))
        for packet in encoder.encode(video_frame(shown.paint(NOON + n / 15, n), n)):
            for frame in decoder.decode(av.Packet(bytes(packet))):
                small = frame.reformat(320, 180, "yuv420p")
                plane = small.planes[0]
                read.append(read_strip(memoryview(plane), plane.line_size, 320, 180))
    assert read == sent
