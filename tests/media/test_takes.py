"""Takes as rooms receive them: of an armed source, between codecs, to the slate, in sync with the sound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import groupby, pairwise

import pytest
from aiortc import RTCRtpReceiver
from aiortc.rtp import AnyRtcpPacket, RtcpSrPacket, RtpPacket

from bridge.engine import SLATE, Card, Feed
from tests.media.conftest import Bridge
from tests.media.rooms import Room, all_but_media, room
from tests.network.relay import relay


async def test_a_late_receiver_gets_the_packets_since_the_last_keyframe(bridge: Bridge) -> None:
    """No keyframe request can reach the hall."""
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port),
        room(bridge.switchboard, "early") as early,
    ):
        bridge.switchboard.route({"early": Feed("krefeld"), "late": Feed("krefeld")})
        await early.slots["program"].shows(0)
        path.down.dark = True
        async with room(bridge.switchboard, "late") as late:
            await late.slots["program"].shows(0)
            await late.slots["program"].more(5)


async def test_a_new_receiver_gets_low_sequence_numbers(bridge: Bridge) -> None:
    """SRTP counts wraparounds, and a receiver that misses the first packets would count wrong (RFC 3711 section
    3.3.1)."""
    async with room(bridge.switchboard, "hall", source="krefeld", code=0):
        for n in range(4):
            async with room(bridge.switchboard, f"viewer{n}", audio=1) as viewer:
                seen = {line.kind: tapped(line.receiver) for line in viewer.pc.getTransceivers()}
                bridge.switchboard.route({viewer.spec.peer: Feed("krefeld", mics=("krefeld",))})
                await viewer.slots["program"].shows(0)
                await viewer.slots["mic1"].plays(0)
                assert all(packets[0].sequence_number < 32768 for packets in seen.values())


def tapped(receiver: RTCRtpReceiver) -> list[RtpPacket]:
    """The packets that a room receives from now on."""
    packets: list[RtpPacket] = []
    handle = receiver._handle_rtp_packet

    async def tap(packet: RtpPacket, arrival_time_ms: int) -> None:
        packets.append(packet)
        await handle(packet, arrival_time_ms)

    receiver._handle_rtp_packet = tap  # type: ignore[method-assign]
    return packets


async def test_a_take_of_an_armed_source_needs_no_packet_from_it(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(bridge.switchboard, "west", source="krefeld", code=0),
        room(bridge.switchboard, "east", source="tokio", code=2, port=path.port),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        bridge.switchboard.arm(["tokio"])
        await viewer.slots["program"].shows(0)
        await bridge.until("tokio", "live")
        path.down.dark = True
        bridge.switchboard.route({"viewer": Feed("tokio")})
        await viewer.slots["program"].shows(2)
        await viewer.slots["program"].more(5)
        assert viewer.slots["program"].only_goes_forward
        assert [code for code, _ in groupby(p.code for p in viewer.slots["program"].pictures)] == [0, 2]


async def test_an_armed_source_is_asked_for_keyframes(bridge: Bridge) -> None:
    async with room(bridge.switchboard, "east", source="tokio", code=2) as east:
        await bridge.until("tokio", "live")

        def asked() -> int:
            return bridge.switchboard.stats()[0]["tokio"].keyframe_requests

        before = asked()
        bridge.switchboard.arm(["tokio"])
        await bridge.until_reported(lambda: asked() >= before + 2)
        bridge.switchboard.arm([])
        assert east.pc.connectionState == "connected"


async def test_cuts_between_vp8_and_h264_are_seamless(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    """Except for one picture at each change: aiortc decodes the last one before it with the new codec."""
    caplog.set_level(logging.WARNING, "aiortc")
    cuts = [("krefeld", 0), ("tokio", 2), ("berlin", 3)] * 2
    async with (
        room(bridge.switchboard, "one", source="krefeld", code=0, codec="VP8"),
        room(bridge.switchboard, "two", source="tokio", code=2, codec="H264"),
        room(bridge.switchboard, "three", source="berlin", code=3, codec="H264"),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        program = viewer.slots["program"]
        for place, code in cuts:
            bridge.switchboard.route({"viewer": Feed(place)})
            await program.shows(code)
            await program.more(5)
        changes = [code for code, _ in groupby(picture.code for picture in program.pictures)]
        assert changes == [code for _, code in cuts]
        assert program.only_goes_forward
    assert caplog.text.count("failed to decode") <= 3


async def test_a_receiver_of_one_codec_is_not_sent_the_other(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "one", source="krefeld", code=0, codec="VP8"),
        room(bridge.switchboard, "two", source="tokio", code=2, codec="H264"),
        room(bridge.switchboard, "viewer", codec="VP8") as viewer,
        room(bridge.switchboard, "other") as other,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld"), "other": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        await other.slots["program"].shows(0)
        bridge.switchboard.route({"viewer": Feed("tokio"), "other": Feed("tokio")})
        await other.slots["program"].shows(2)
        await other.slots["program"].more(15)
        assert {picture.code for picture in viewer.slots["program"].pictures} == {0}
        bridge.switchboard.route({"viewer": Feed("krefeld"), "other": Feed("krefeld")})
        await other.slots["program"].shows(0)
        await viewer.slots["program"].more(5)


async def test_cuts_to_and_from_the_slate_are_seamless(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "aiortc")
    bridge.switchboard.slate(Card("Gleich geht es weiter", ("Tokio", "10:30"), language="de"))
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", audio=1) as viewer,
    ):
        program = viewer.slots["program"]
        bridge.switchboard.route({"viewer": Feed("krefeld", mics=("krefeld",))})
        await program.shows(0)
        hall = program.pictures[-1].width
        for _ in range(2):
            bridge.switchboard.route({"viewer": Feed(SLATE, mics=("krefeld",))})
            await program.until(lambda r: r.pictures[-1].width != hall)
            bridge.switchboard.route({"viewer": Feed("krefeld", mics=("krefeld",))})
            await program.shows(0)
            await program.until(lambda r: r.pictures[-1].width == hall)
        assert program.only_goes_forward
        await viewer.slots["mic1"].plays(0)
    assert "failed to decode" not in caplog.text


async def test_a_receiver_that_joins_during_the_slate_sees_it(bridge: Bridge) -> None:
    bridge.switchboard.slate(Card("Gleich geht es weiter"))
    bridge.switchboard.route({"viewer": Feed(SLATE)})
    async with room(bridge.switchboard, "viewer") as viewer:
        await viewer.slots["program"].more(2)


async def test_sound_and_picture_stay_in_sync_across_cuts(bridge: Bridge) -> None:
    """The sender reports of picture and sound are linear, and both follow the bridge's one clock."""
    async with (
        relay(bridge.switchboard.udp_port, delay=0.05, is_exempt=all_but_media) as far,
        room(bridge.switchboard, "west", source="krefeld", code=0),
        room(bridge.switchboard, "east", source="tokio", code=2, port=far.port),
        room(bridge.switchboard, "viewer", audio=1) as viewer,
    ):
        reports = reported(viewer)
        program = viewer.slots["program"]
        for cut in range(4):
            place = ("krefeld", "tokio")[cut % 2]
            bridge.switchboard.route({"viewer": Feed(place, mics=(place,))})
            await program.shows((0, 2)[cut % 2])
            await program.until(reported_again(reports))
    for kind, rate in (("video", 90_000), ("audio", 48_000)):
        assert len(reports[kind]) >= 4
        for (ntp, rtp), (later_ntp, later_rtp) in pairwise(reports[kind]):
            passed = (later_ntp - ntp) / 2**32
            assert (later_rtp - rtp) % 2**32 == pytest.approx(passed * rate, abs=rate * 0.001)


def reported_again(reports: dict[str, list[tuple[int, int]]]) -> Callable[[object], bool]:
    before = {kind: len(found) for kind, found in reports.items()}
    return lambda _: all(len(reports[kind]) > number for kind, number in before.items())


def reported(viewer: Room) -> dict[str, list[tuple[int, int]]]:
    """NTP and RTP time of the sender reports that a room receives from now on, by kind."""
    reports: dict[str, list[tuple[int, int]]] = {"video": [], "audio": []}

    def tap(receiver: RTCRtpReceiver, kind: str) -> None:
        handle = receiver._handle_rtcp_packet

        async def tapped(packet: AnyRtcpPacket) -> None:
            if isinstance(packet, RtcpSrPacket):
                reports[kind].append((packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp))
            await handle(packet)

        receiver._handle_rtcp_packet = tapped  # type: ignore[method-assign]

    for line in viewer.pc.getTransceivers():
        tap(line.receiver, line.kind)
    return reports
