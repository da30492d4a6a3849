"""Transport-wide feedback reports every arrival, whatever the network did."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from bridge.rtp.rtcp import parse
from bridge.rtp.twcc import DELTA_UNIT_S, TwccRecorder

NOW = 1000.0


def read(data: bytes) -> dict[int, float | None]:
    """Number to seconds, by a parser that shares nothing with the writer (draft section 3.1)."""
    assert parse(data).malformed == 0
    first, count, last = struct.unpack_from("!HHL", data, 12)
    at = 20
    symbols: list[int] = []
    while len(symbols) < count:
        chunk = int.from_bytes(data[at : at + 2], "big")
        at += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        else:
            symbols += [chunk >> 12 - 2 * i & 3 for i in range(7)]
    now = (last >> 8) * 256
    reported: dict[int, float | None] = {}
    for place, symbol in enumerate(symbols[:count]):
        number = first + place & 0xFFFF
        if symbol == 0:
            reported[number] = None
            continue
        if symbol == 1:
            now += data[at]
            at += 1
        else:
            now += struct.unpack_from("!h", data, at)[0]
            at += 2
        reported[number] = round(now * DELTA_UNIT_S, 6)
    assert len(data) - at < 4
    assert not any(data[at:])
    return reported


def feedback(recorder: TwccRecorder) -> dict[int, float | None]:
    data = recorder.build_feedback(1, 2)
    assert data is not None
    return read(data)


def test_arrivals_are_reported_with_their_times_and_losses_too() -> None:
    recorder = TwccRecorder()
    for number, after in ((65_534, 0.0), (65_535, 0.01), (1, 0.2)):
        recorder.record(number, NOW + after)
    assert feedback(recorder) == {65_534: NOW, 65_535: NOW + 0.01, 0: None, 1: NOW + 0.2}


def test_nothing_is_reported_twice_and_a_missing_packet_may_come_late() -> None:
    recorder = TwccRecorder()
    recorder.record(5, NOW)
    recorder.record(7, NOW + 0.01)
    assert feedback(recorder) == {5: NOW, 6: None, 7: NOW + 0.01}
    assert recorder.build_feedback(1, 2) is None
    recorder.record(6, NOW + 0.05)
    assert feedback(recorder)[6] == NOW + 0.05


def test_the_feedback_count_increases() -> None:
    recorder = TwccRecorder()
    counts = []
    for number in range(3):
        recorder.record(number, NOW)
        data = recorder.build_feedback(1, 2)
        assert data is not None
        counts.append(data[19])
    assert counts == [0, 1, 2]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4000)), min_size=1, max_size=200),
    st.integers(0, 0xFFFF),
)
def test_any_order_loss_and_pause_is_reported(steps: list[tuple[int, int]], first: int) -> None:
    """Numbers jump ahead and back by a little; time passes by up to a second at a time."""
    recorder, now, index = TwccRecorder(), 0, first
    arrived: dict[int, float] = {}
    for jump, pause in steps:
        index = max(0, index + jump - 15)
        now += pause
        arrived.setdefault(index & 0xFFFF, round(NOW + now * DELTA_UNIT_S, 6))
        recorder.record(index & 0xFFFF, NOW + now * DELTA_UNIT_S)
    reported = feedback(recorder)
    assert {number: time for number, time in reported.items() if time is not None} == {
        number: arrived[number] for number in reported if number in arrived
    }
    assert index & 0xFFFF in reported or len(arrived) > len(reported)
