"""The machine-readable strip."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.room.strip import BLOCKS, CODES, FRAME_NUMBERS, read_strip, strip_blocks


def luma(blocks: list[int], width: int, height: int, white: int = 235, black: int = 16) -> bytearray:
    """A grey picture with these blocks at its foot."""
    row = b"".join(bytes([white if b else black]) * (width // BLOCKS) for b in blocks)
    tall = round(height / 18)
    return bytearray([100] * width * (height - tall)) + bytearray(row * tall)


@pytest.mark.parametrize("size", [(160, 90), (320, 180), (640, 360), (1280, 720)])
def test_every_code_and_frame_number_reads_back(size: tuple[int, int]) -> None:
    width, height = size
    for code in range(CODES):
        frame = code * 7 % FRAME_NUMBERS
        assert read_strip(luma(strip_blocks(code, frame), width, height), width, width, height) == (
            code,
            frame,
        )


def test_every_frame_number_reads_back() -> None:
    for frame in range(2 * FRAME_NUMBERS):
        assert read_strip(luma(strip_blocks(5, frame), 160, 90), 160, 160, 90) == (5, frame % FRAME_NUMBERS)


def test_rows_may_be_padded() -> None:
    """The stride of a decoded plane is often wider than the picture."""
    plain = luma(strip_blocks(3, 9), 160, 90)
    padded = b"".join(bytes(plain[row * 160 : row * 160 + 160]) + bytes(32) for row in range(90))
    assert read_strip(padded, 192, 160, 90) == (3, 9)


def test_from_one_frame_to_the_next_one_block_and_the_parity_change() -> None:
    for frame in range(FRAME_NUMBERS):
        before, after = strip_blocks(0, frame), strip_blocks(0, frame + 1)
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 2


@pytest.mark.parametrize("wrong", range(BLOCKS))
def test_any_single_wrong_block_is_detected(wrong: int) -> None:
    blocks = strip_blocks(21, 42)
    blocks[wrong] ^= 1
    assert read_strip(luma(blocks, 320, 180), 320, 320, 180) is None


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(bytes(160 * 90), id="black"),
        pytest.param(bytes([235]) * 160 * 90, id="white"),
        pytest.param(bytes([90]) * 160 * 90, id="grey"),
        pytest.param(bytes(range(16, 176)) * 90, id="gradient"),
        pytest.param(bytes(range(175, 15, -1)) * 90, id="gradient from bright to dark"),
    ],
)
def test_a_picture_without_a_strip_reads_as_none(picture: bytes) -> None:
    assert read_strip(picture, 160, 160, 90) is None


def test_a_faded_strip_reads_until_its_contrast_is_gone() -> None:
    blocks = strip_blocks(1, 2)
    assert read_strip(luma(blocks, 160, 90, white=150, black=60), 160, 160, 90) == (1, 2)
    assert read_strip(luma(blocks, 160, 90, white=120, black=60), 160, 160, 90) is None


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=4000),
    stride=st.integers(0, 200),
    width=st.integers(0, 200),
    height=st.integers(0, 100),
)
def test_any_bytes_give_a_strip_or_none(data: bytes, stride: int, width: int, height: int) -> None:
    read = read_strip(data, stride, width, height)
    assert read is None or (0 <= read[0] < CODES and 0 <= read[1] < FRAME_NUMBERS)
