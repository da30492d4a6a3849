"""A headless room against a plain aiortc peer on loopback."""

from __future__ import annotations

import asyncio
import inspect
import re
import wave
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import pytest
from aioice import Candidate
from aioice.ice import CandidatePair
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtcrtpsender import RTCEncodedFrame, RTCRtpSender
from aiortc.rtp import RtpPacket, compute_audio_level_dbov

from bridge.room import call
from bridge.room.agent import Agent, NegotiationError
from bridge.room.call import Call, gather_on_loopback
from bridge.room.inputs import CardInput, Input, InputError, PlayerInput, ToneInput, Tracks
from bridge.room.output import MAX_QUEUED_FRAMES, OutputError, Playback
from bridge.room.strip import read_strip
from bridge.room.testcard import TestCard
from bridge.room.tone import LEVEL_DBOV, PACKET_SAMPLES, SAMPLE_RATE, SILENCE_DBOV, detect_tones, pitch, sine
from tests.devices import write_y4m

PLACES = ("krefeld", "berlin", "tokio")
KREFELD, BERLIN, TOKIO = range(3)
Seen = dict[str, Any]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a connection takes longer than a room would wait for it, which would then offer another one."""
    monkeypatch.setattr(call, "CONNECT_TIMEOUT_S", 100.0)


def card_input(code: int) -> CardInput:
    card = TestCard(PLACES[code], code=code, zone=ZoneInfo("Europe/Berlin"), width=320, height=180)
    return CardInput(card)


class Far:
    """The far end: answers offers with a new peer connection, and sends `sending` by m-line."""

    def __init__(self) -> None:
        self.pc: RTCPeerConnection | None = None
        self.offers: list[str] = []
        self.sending: dict[int, MediaStreamTrack] = {}
        self.refusals = 0

    async def negotiate(self, offer: str) -> str:
        self.offers.append(offer)
        if self.refusals:
            self.refusals -= 1
            raise NegotiationError("the bridge is not there yet")
        await self.close()
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        await self.pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        for line, track in self.sending.items():
            transceiver = self.pc.getTransceivers()[line]
            transceiver.sender.replaceTrack(track)
            transceiver.direction = "sendonly"
        gather_on_loopback(self.pc)
        await self.pc.setLocalDescription()
        return str(self.pc.localDescription.sdp)

    def received(self, kind: str) -> MediaStreamTrack:
        assert self.pc is not None
        return next(t.receiver.track for t in self.pc.getTransceivers() if t.kind == kind)

    async def close(self) -> None:
        if self.pc is not None:
            await self.pc.close()


class Reports:
    """The room's reports, with a way to wait for one."""

    def __init__(self) -> None:
        self.all: list[Seen] = []
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, report: Seen) -> None:
        self.all.append(report)
        task = asyncio.create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, wanted: Callable[[Seen], bool]) -> Seen:
        """The latest report, as soon as it is as wanted."""
        async with self._news:
            await self._news.wait_for(lambda: bool(self.all) and wanted(self.all[-1]))
            return self.all[-1]


@asynccontextmanager
async def room(
    far: Far, source: Input | None, *, receive: bool = True
) -> AsyncIterator[tuple[Agent, Reports]]:
    reports = Reports()
    agent = Agent(far.negotiate, reports, places=PLACES, source=source, receive=receive)
    running = asyncio.create_task(agent.run())
    try:
        yield agent, reports
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await far.close()


async def test_a_room_sends_its_own_test_card_and_tone() -> None:
    """The far end reads the room's code from its picture and its pitch from its sound."""
    far = Far()
    async with room(far, card_input(BERLIN)) as (_, reports):
        await reports.until(lambda r: r["connection"] == "connected")
        read = None
        while read is None:
            frame = await far.received("video").recv()
            assert isinstance(frame, av.VideoFrame)
            plane = frame.planes[0]
            read = read_strip(memoryview(plane), plane.line_size, frame.width, frame.height)
        assert read[0] == BERLIN
        found: tuple[int, ...] = ()
        while not found:
            sound = await far.received("audio").recv()
            assert isinstance(sound, av.AudioFrame)
            samples = memoryview(sound.planes[0]).cast("B").cast("h")[: sound.samples * 2 : 2]
            found = detect_tones(samples, range(len(PLACES)))
        assert found == (BERLIN,)


async def test_a_room_reports_the_places_that_it_sees_and_hears() -> None:
    """The programme slot's strip and the microphone slots' tones come back as place ids."""
    far = Far()
    tokio, krefeld = await card_input(TOKIO).open(), await card_input(KREFELD).open()
    assert tokio.video is not None
    assert tokio.audio is not None
    assert krefeld.audio is not None
    far.sending = {2: tokio.video, 11: tokio.audio, 12: krefeld.audio}
    async with room(far, card_input(BERLIN)) as (_, reports):
        report = await reports.until(
            lambda r: r["seen"]["place"] == "tokio" and r["heard"] == ["krefeld", "tokio"]
        )
        assert (report["seen"]["width"], report["seen"]["height"]) == (320, 180)
        assert report["second"]["place"] is None
        assert report["pictures"] == ["tokio"]
        assert report["interpretation"] == report["talkback"] == []
        assert report["program_frames"] > 0
        assert report["connection"] == "connected"
        assert report["path"] == "udp"


async def test_a_picture_that_stops_is_reported_as_no_place() -> None:
    far = Far()
    tokio = await card_input(TOKIO).open()
    assert tokio.video is not None
    far.sending = {0: tokio.video}
    async with room(far, None) as (_, reports):
        await reports.until(lambda r: r["seen"]["place"] == "tokio")
        tokio.video.stop()
        report = await reports.until(lambda r: r["seen"]["place"] is None)
        assert report["seen"]["frame_age_ms"] >= 1000


async def test_the_offer_has_its_lines_in_the_order_the_bridge_expects() -> None:
    """Its source, then nine pictures, six microphones, interpretation, talkback. All share one transport."""
    far = Far()
    async with room(far, card_input(KREFELD)) as (_, reports):
        await reports.until(lambda r: r["connection"] == "connected")
    lines = far.offers[0].splitlines()
    kinds = [line.split()[0][2:] for line in lines if line.startswith("m=")]
    directions = [
        line[2:] for line in lines if line in ("a=sendonly", "a=recvonly", "a=sendrecv", "a=inactive")
    ]
    assert kinds == ["video", "audio", *["video"] * 9, *["audio"] * 9]
    assert directions == ["sendonly"] * 2 + ["recvonly"] * 18
    assert f"a=group:BUNDLE {' '.join(map(str, range(20)))}" in lines
    sent, received = codecs_of(far.offers[0])[0], codecs_of(far.offers[0])[2]
    assert sent == {"VP8", "rtx"}, "every receiver has it"
    assert received == {"VP8", "H264", "rtx"}, "a hardware encoder may send only that"
    assert codecs_of(far.offers[0])[3:] == [received] * 8 + [{"opus"}] * 9


async def test_a_seat_in_a_booth_sends_sound_alone() -> None:
    far, reports = Far(), Reports()
    agent = Agent(far.negotiate, reports, places=PLACES, source=ToneInput(TOKIO), has_camera=False)
    running = asyncio.create_task(agent.run())
    await reports.until(lambda r: r["connection"] == "connected")
    running.cancel()
    await asyncio.wait([running])
    await far.close()
    sections = far.offers[0].split("m=")[1:]
    assert [s.split()[0] for s in sections if "a=sendonly" in s] == ["audio"]


async def test_the_interpretation_is_reported_apart_and_played(tmp_path: Path) -> None:
    """Both seats of a hand-over are in the file."""
    far, reports, path = Far(), Reports(), tmp_path / "channel.wav"
    floor, anna, bert = [await ToneInput(code).open() for code in (KREFELD, BERLIN, TOKIO)]
    assert floor.audio is not None
    assert anna.audio is not None
    assert bert.audio is not None
    far.sending = {9: floor.audio, 15: anna.audio, 16: bert.audio}
    playback = Playback.open(str(path))
    agent = Agent(far.negotiate, reports, places=PLACES, playback=playback)
    running = asyncio.create_task(agent.run())
    await reports.until(lambda r: (r["interpretation"], r["heard"]) == (["berlin", "tokio"], ["krefeld"]))
    reported = len(reports.all)
    await reports.until(lambda _: len(reports.all) >= reported + 2)
    running.cancel()
    await asyncio.wait([running])
    await far.close()
    playback.close()
    with wave.open(str(path)) as recorded:
        assert (recorded.getframerate(), recorded.getnchannels()) == (SAMPLE_RATE, 2)
        samples = array("h", recorded.readframes(recorded.getnframes()))[::2]
    packets = [samples[n : n + PACKET_SAMPLES] for n in range(0, len(samples), PACKET_SAMPLES)]
    assert (BERLIN, TOKIO) in [detect_tones(packet, range(len(PLACES))) for packet in packets]


def test_a_file_that_cannot_be_written_is_an_error_with_the_remedy() -> None:
    device = "/no/such/folder/channel.wav"
    with pytest.raises(OutputError, match=f"cannot play on {device}: .*; give a sound device"):
        Playback.open(device)


def test_sound_that_the_device_has_no_room_for_is_dropped_and_nothing_waits(tmp_path: Path) -> None:
    playback = Playback.open(str(tmp_path / "channel.wav"))
    playback._enqueue(None)  # its thread has ended
    playback._thread.join()
    for _ in range(100):
        playback.play("interpretation", array("h", bytes(4 * PACKET_SAMPLES)))
    assert playback._queued.qsize() == MAX_QUEUED_FRAMES


def codecs_of(sdp: str) -> list[set[str]]:
    """The codecs of each m-line."""
    sections = sdp.split("m=")[1:]
    return [set(re.findall(r"a=rtpmap:\d+ ([A-Za-z0-9]+)/", section)) for section in sections]


async def test_a_room_that_only_sends_offers_no_slots() -> None:
    far = Far()
    async with room(far, card_input(KREFELD), receive=False) as (_, reports):
        await reports.until(lambda r: r["connection"] == "connected")
    assert far.offers[0].count("m=") == 2


def test_a_room_must_send_or_receive() -> None:
    with pytest.raises(ValueError, match="nothing to connect for"):
        Agent(Far().negotiate, print, places=PLACES, receive=False)


async def test_a_pli_brings_a_keyframe() -> None:
    """A far end that lost its decoder's state sends a PLI and gets a keyframe."""
    far = Far()
    async with room(far, card_input(BERLIN)) as (_, reports):
        await reports.until(lambda r: r["connection"] == "connected")
        await far.received("video").recv()
        assert far.pc is not None
        receiver = far.pc.getTransceivers()[0].receiver
        keyframe = asyncio.Event()
        take_in = receiver._handle_rtp_packet

        async def look(packet: RtpPacket, arrival_time_ms: int) -> None:
            descriptor, payload = VpxPayloadDescriptor.parse(packet.payload)
            if descriptor.partition_start and descriptor.partition_id == 0 and not payload[0] & 1:
                keyframe.set()
            await take_in(packet, arrival_time_ms)

        receiver._handle_rtp_packet = look  # type: ignore[method-assign]
        for _ in range(5):
            await far.received("video").recv()
        assert not keyframe.is_set()
        await receiver._send_rtcp_pli(receiver.getSynchronizationSources()[0].source)
        await keyframe.wait()


async def test_a_refused_room_retries_and_reports_the_reason() -> None:
    far = Far()
    far.refusals = 1
    async with room(far, card_input(KREFELD)) as (_, reports):
        waiting = await reports.until(lambda r: r["connection"] == "waiting")
        assert waiting["fault"] == "the bridge is not there yet"
        report = await reports.until(lambda r: r["connection"] == "connected")
        assert report["fault"] is None
        assert report["connections"] == 1
    assert len(far.offers) == 2


async def test_a_room_reconnects_after_its_connection_is_closed() -> None:
    far = Far()
    async with room(far, card_input(KREFELD)) as (_, reports):
        await reports.until(lambda r: r["connection"] == "connected")
        await far.received("video").recv()
        await far.close()
        await reports.until(lambda r: r["connection"] == "waiting")
        await reports.until(lambda r: r["connections"] == 2)


async def test_a_room_reconnects_on_demand() -> None:
    far = Far()
    async with room(far, card_input(KREFELD)) as (agent, reports):
        await reports.until(lambda r: r["connection"] == "connected")
        agent.reconnect()
        await reports.until(lambda r: r["connections"] == 2)
    assert len(far.offers) == 2


@pytest.mark.parametrize("publishes", [True, False])
async def test_a_silent_bridge_ends_the_connection(monkeypatch: pytest.MonkeyPatch, publishes: bool) -> None:
    """A bridge without power sends no close_notify: its packets just stop."""
    monkeypatch.setattr(call, "CHECK_INTERVAL_S", 0.1)
    far = Far()
    tokio = await card_input(TOKIO).open()
    assert tokio.video is not None
    far.sending = {2 if publishes else 0: tokio.video}
    async with room(far, card_input(KREFELD) if publishes else None) as (_, reports):
        await reports.until(lambda r: r["seen"]["place"] == "tokio")
        assert far.pc is not None
        ice = far.pc.getTransceivers()[0].receiver.transport.transport
        for protocol in ice._connection._protocols:
            protocol.transport.abort()
        report = await reports.until(lambda r: r["connection"] == "waiting")
        assert report["fault"].startswith("nothing received from the bridge for 3 s")


async def test_a_lost_packet_is_retransmitted_by_rtx() -> None:
    """The bridge sends a NACK, and the room retransmits like a browser (RFC 4588)."""
    far = Far()
    async with room(far, card_input(BERLIN)) as (_, reports):
        await reports.until(lambda r: r["connection"] == "connected")
        await far.received("video").recv()
        assert far.pc is not None
        receiver = far.pc.getTransceivers()[0].receiver
        repaired: asyncio.Future[tuple[int, int]] = asyncio.get_running_loop().create_future()
        lost: list[int] = []
        take_in = receiver._handle_rtp_packet

        async def look(packet: RtpPacket, arrival_time_ms: int) -> None:
            if packet.payload_type == 98 and lost and not repaired.done():
                repaired.set_result((lost[0], int.from_bytes(packet.payload[:2], "big")))
            elif packet.payload_type == 97 and not lost:
                lost.append(packet.sequence_number)
                await receiver._send_rtcp_nack(packet.ssrc, lost)
            await take_in(packet, arrival_time_ms)

        receiver._handle_rtp_packet = look  # type: ignore[method-assign]
        asked, got = await repaired
        assert got == asked


# Audio level


@asynccontextmanager
async def levels(source: CardInput) -> AsyncIterator[asyncio.Queue[int | None]]:
    """The audio level of each packet that a room sends, in -dBov."""
    far, found = Far(), asyncio.Queue[int | None](1000)
    async with room(far, source) as (_, reports):
        await reports.until(lambda r: r["connection"] == "connected")
        assert far.pc is not None
        receiver = far.pc.getTransceivers()[1].receiver
        take_in = receiver._handle_rtp_packet

        async def look(packet: RtpPacket, arrival_time_ms: int) -> None:
            level = packet.extensions.audio_level
            found.put_nowait(None if level is None else level[1])
            await take_in(packet, arrival_time_ms)

        receiver._handle_rtp_packet = look  # type: ignore[method-assign]
        yield found


async def test_the_audio_level_follows_tone_and_silence() -> None:
    source = card_input(BERLIN)
    async with levels(source) as found:
        assert await found.get() == 23
        source.speaking = False
        while (level := await found.get()) == 23:
            pass
        assert level == 127
        source.speaking = True
        while (level := await found.get()) == 127:
            pass
        assert level == 23


async def test_the_audio_level_is_that_of_the_tone() -> None:
    """As aiortc measures what it encodes itself."""
    samples = sine(pitch(BERLIN))
    frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET_SAMPLES)
    frame.planes[0].update(samples.tobytes())
    assert compute_audio_level_dbov(frame) == LEVEL_DBOV
    frame.planes[0].update(bytes(2 * PACKET_SAMPLES))
    assert compute_audio_level_dbov(frame) == SILENCE_DBOV


async def test_any_other_exception_of_negotiate_ends_the_room() -> None:
    async def expired(offer: str) -> str:
        raise PermissionError_("this link has expired")

    class PermissionError_(Exception):
        pass

    with pytest.raises(PermissionError_, match="expired"):
        await Agent(expired, lambda report: None, places=PLACES, source=card_input(KREFELD)).run()


async def test_after_an_invalid_answer_the_room_retries() -> None:
    answers = 0
    again = asyncio.Event()

    async def nonsense(offer: str) -> str:
        nonlocal answers
        answers += 1
        if answers == 2:
            again.set()
        return "nonsense"

    reports = Reports()
    running = asyncio.create_task(Agent(nonsense, reports, places=PLACES, source=card_input(KREFELD)).run())
    await again.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert any(str(r["fault"]).startswith("the bridge's answer cannot be used") for r in reports.all)


async def test_a_file_is_played_in_a_loop(tmp_path: Path) -> None:
    """A file of four frames gives many, with timestamps that only grow, and no frame marked to be a keyframe."""
    path = tmp_path / "tokio.y4m"
    card = TestCard("Tokio", code=TOKIO, zone=ZoneInfo("Asia/Tokyo"), width=320, height=180)
    write_y4m(path, card, frames=4, fps=30)
    tracks = await PlayerInput(str(path)).open()
    assert tracks.audio is None
    assert tracks.video is not None
    stamps = []
    for _ in range(10):
        frame = await tracks.video.recv()
        assert isinstance(frame, av.VideoFrame)
        assert frame.pict_type == av.video.frame.PictureType.NONE
        assert frame.pts is not None
        stamps.append(frame.pts)
    tracks.video.stop()
    assert stamps == sorted(set(stamps))


async def test_a_sound_file_is_played_in_a_loop_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(48_000)
        wav.writeframes(bytes(2 * 4_800))
    tracks = await PlayerInput(str(path)).open()
    assert tracks.video is None
    assert tracks.audio is not None
    ends = 0
    for _ in range(12):
        frame = await tracks.audio.recv()
        assert isinstance(frame, av.AudioFrame)
        assert frame.pts is not None
        assert frame.pts >= ends
        ends = frame.pts + frame.samples
    tracks.audio.stop()


async def test_a_large_picture_is_scaled_down(tmp_path: Path) -> None:
    path = tmp_path / "large.y4m"
    write_y4m(
        path, TestCard("Tokio", code=TOKIO, zone=ZoneInfo("Asia/Tokyo"), width=1920, height=1440), 1, fps=15
    )
    track = (await PlayerInput(str(path)).open()).video
    assert track is not None
    frame = await track.recv()
    track.stop()
    assert isinstance(frame, av.VideoFrame)
    assert (frame.width, frame.height) == (960, 720)


async def test_a_room_ends_with_the_reason_when_its_file_is_removed(tmp_path: Path) -> None:
    """The file is there at first and removed while it plays."""
    path = tmp_path / "tokio.y4m"
    write_y4m(
        path, TestCard("Tokio", code=TOKIO, zone=ZoneInfo("Asia/Tokyo"), width=160, height=90), 15, fps=15
    )
    far, reports = Far(), Reports()
    agent = Agent(far.negotiate, reports, places=PLACES, source=PlayerInput(str(path)), receive=False)
    running = asyncio.create_task(agent.run())
    await reports.until(lambda r: r["connection"] == "connected")
    path.unlink()
    with pytest.raises(InputError, match="cannot open"):
        await running
    await far.close()
    assert any(r["fault"] == "the room's input has ended" for r in reports.all)


async def test_a_file_that_cannot_be_opened_ends_the_room_with_a_remedy(tmp_path: Path) -> None:
    missing = tmp_path / "none.mp4"
    with pytest.raises(InputError, match=r"cannot open .*none\.mp4: .*; give a media file"):
        await Agent(
            Far().negotiate, lambda report: None, places=PLACES, source=PlayerInput(str(missing))
        ).run()


async def test_a_file_without_picture_or_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nGuten Tag\n", "utf-8")
    with pytest.raises(InputError, match="neither picture nor sound"):
        await PlayerInput(str(path)).open()


async def test_the_encoded_tone_has_no_seam() -> None:
    """The loop of encoded packets decodes to the place's pitch everywhere."""
    source = card_input(TOKIO)
    decoder = av.AudioCodecContext.create("libopus", "r")
    found = set()
    for n in range(120):
        for frame in decoder.decode(av.Packet(source.sound(n))):
            if n >= 2:
                found.add(detect_tones(_first_channel(frame), range(64)))
    assert found == {(TOKIO,)}
    assert pitch(TOKIO) == 600


async def test_a_place_that_does_not_speak_sends_silence() -> None:
    source = card_input(TOKIO)
    source.speaking = False
    decoder = av.AudioCodecContext.create("libopus", "r")
    found = {
        detect_tones(_first_channel(f), range(64))
        for n in range(9)
        for f in decoder.decode(av.Packet(source.sound(n)))
    }
    assert found == {()}


def _first_channel(frame: av.AudioFrame) -> list[int]:
    samples = memoryview(frame.planes[0]).cast("B")
    if frame.format.name.startswith("flt"):
        floats = samples.cast("f")[: frame.samples]
        return [round(x * 32767) for x in floats]
    return list(samples.cast("h")[: frame.samples * len(frame.layout.channels) : len(frame.layout.channels)])


RELAYED = "1 1 udp 16777215 203.0.113.7 50000 typ relay raddr 0.0.0.0 rport 0"


async def test_aiortc_and_aioice_have_the_private_names_in_use() -> None:
    """Gathering on loopback, the path, the audio level of a tone and the jitter buffer use private names. An update
    that changes them must fail here first."""
    assert list(inspect.signature(RTCRtpSender._next_encoded_frame).parameters) == ["self", "codec"]
    assert "self._next_encoded_frame(codec)" in inspect.getsource(RTCRtpSender._run_rtp)
    assert RTCEncodedFrame([], 0, -23).audio_level == -23
    assert "self.__jitter_buffer.add(packet)" in inspect.getsource(RTCRtpReceiver)
    assert hasattr(RTCPeerConnection().addTransceiver("video").receiver, "_RTCRtpReceiver__jitter_buffer")
    room_call = Call(Tracks(None, None), receive=True)
    pc = room_call._pc
    await pc.setLocalDescription()
    gatherer = pc.getTransceivers()[0].sender.transport.transport.iceGatherer
    addresses = [candidate.ip for candidate in gatherer.getLocalCandidates()]
    assert addresses[0] == "127.0.0.1"
    assert [room_call.path] == [None]
    over_tcp, *_, over_udp = gatherer._connection._protocols
    gatherer._connection._nominated[1] = CandidatePair(over_tcp, Candidate.from_sdp(RELAYED))
    assert [room_call.path] == ["tcp"]
    pair = CandidatePair(over_udp, Candidate.from_sdp(RELAYED))
    gatherer._connection._nominated[1] = pair
    assert [room_call.path] == ["udp"]
    pair.protocol.local_candidate = Candidate.from_sdp(RELAYED)
    assert [room_call.path] == ["relay"]
    await room_call.close()
