"""One layer of a picture: its picture IDs and keyframes. Its requests are in the tests of the source."""

from __future__ import annotations

from bridge.rtp.ring import VIDEO_RING_PACKETS
from bridge.source.context import RtpParameters, StreamContext
from bridge.source.intake import SSRC_TIMEOUT_S
from bridge.source.video import MAX_KEYFRAME_INTERVAL_S, NO_KEYFRAME_S, VideoIntake
from tests.unit.bridge.peers import BRIDGE_SSRC, H264, NOW, VP8, VP8_RTX
from tests.unit.bridge.recorder import RecordingSlot, intake_of, receive
from tests.unit.bridge.rtp.camera import PARAMETERS, Camera, H264Camera, rtx_packet


def test_short_picture_ids_are_unwrapped_across_any_gap() -> None:
    """Seven bits wrap every four seconds; receivers get fifteen."""
    camera = Camera(1, picture=120, bits=7)
    intake, slot, _ = intake_of(camera)
    for _ in range(300):
        receive(intake, camera.frame(1))
    for _ in range(100):
        camera.frame(1)
    receive(intake, camera.frame(1))
    pictures = [packet.picture_id for packet in slot.packets]
    assert pictures == [*range(pictures[0], pictures[0] + 300), pictures[0] + 400]


def test_a_late_packet_has_the_picture_id_of_its_own_frame() -> None:
    """Also if the ID wrapped after it."""
    camera = Camera(1, picture=126, bits=7)
    intake, slot, _ = intake_of(camera)
    late = camera.frame(1)
    receive(intake, [*camera.frame(1), *late])
    assert slot.packets[0].picture_id == slot.packets[1].picture_id + 1


def test_a_picture_id_that_grows_from_short_to_long_counts_on() -> None:
    """RFC 7741 allows a sender to begin with seven bits."""
    camera = Camera(1, picture=125, bits=7)
    intake, slot, _ = intake_of(camera)
    receive(intake, camera.frame(1))
    camera.bits = 15
    receive(intake, camera.frame(1))
    assert slot.packets[1].picture_id == slot.packets[0].picture_id + 1
    assert slot.events == []


def test_packets_without_the_usual_picture_id_are_dropped_until_a_keyframe() -> None:
    """A new sequence begins there."""
    camera = Camera(1)
    intake, slot, context = intake_of(camera)
    camera.bits = 0
    receive(intake, camera.frame(2))
    assert (slot.packets, context.dropped) == ([], {"picture-id": 2})
    receive(intake, camera.frame(1, keyframe=True))
    assert slot.events == ["restart"]


def test_only_a_keyframes_first_packet_is_a_switch_point() -> None:
    """Its second may come first."""
    intake, slot, _ = intake_of(camera := Camera(1), shown=False)
    intake.await_switch_point(slot)
    first, second = camera.frame(2, keyframe=True)
    receive(intake, [*camera.frame(2), second])
    assert "keyframe" not in slot.events
    receive(intake, [first])
    assert slot.events.count("keyframe") == 1


def h264_intake() -> tuple[VideoIntake, RecordingSlot, H264Camera]:
    """A stream of H.264 that a slot waits for, after its first keyframe."""
    intake, slot, _ = intake_of(camera := H264Camera(1), shown=False)
    receive(intake, camera.frame(2))
    intake.await_switch_point(slot)
    return intake, slot, camera


def test_h264_is_recognized_by_its_payload_type_and_stays_unchanged() -> None:
    """Beside VP8 in one m-line."""
    intake, slot, _ = intake_of(camera := H264Camera(1))
    assert intake.codec == "h264"
    (sent,) = camera.frame(1)
    receive(intake, [sent])
    assert slot.packets[0].body == sent.data[12:]


def test_an_h264_keyframe_is_one_switch_point() -> None:
    """Its first packet, however many parts it has."""
    intake, slot, camera = h264_intake()
    receive(intake, camera.frame(4, keyframe=True))
    assert slot.events.count("keyframe") == 1


def test_parameter_sets_and_picture_in_packets_of_their_own_are_one_keyframe() -> None:
    """The slot begins at the first of them."""
    intake, slot, camera = h264_intake()
    receive(
        intake, camera.units(bytes.fromhex("09f0"), *PARAMETERS, b"\x65" + bytes(20), b"\x65" + bytes(20))
    )
    assert slot.events.count("keyframe") == 1
    assert [packet.body[0] & 0x1F for packet in intake.since_keyframe()] == [7, 8, 5, 5]
    assert intake.keyframes == 2


def test_a_late_parameter_set_begins_its_keyframe_when_it_comes() -> None:
    """The picture alone is no switch point while its parameter set is on its way."""
    intake, slot, camera = h264_intake()
    first, *rest = camera.units(*PARAMETERS, b"\x65" + bytes(20))
    receive(intake, rest)
    assert "keyframe" not in slot.events
    receive(intake, [first])
    assert slot.events.count("keyframe") == 1
    assert len(intake.since_keyframe()) == 3


def test_an_idr_picture_without_parameter_sets_begins_after_the_frame_before() -> None:
    """Some encoders send the sets once."""
    intake, slot, camera = h264_intake()
    receive(intake, camera.units(b"\x65" + bytes(20)))
    assert slot.events == ["keyframe"]


def test_a_change_of_codec_begins_a_new_run_at_its_keyframe() -> None:
    """A browser may leave its hardware encoder: same SSRC and sequence, another payload type."""
    vp8 = Camera(1)
    intake, slot, context = intake_of(vp8)
    h264 = H264Camera(1, index=vp8.index, timestamp=vp8.timestamp)
    receive(intake, h264.frame(2))
    assert (intake.codec, context.dropped) == ("vp8", {"codec": 2})
    receive(intake, h264.frame(3, keyframe=True))
    assert (intake.codec, slot.events, len(intake.since_keyframe())) == ("h264", ["restart"], 3)
    back = Camera(1, index=h264.index, timestamp=h264.timestamp)
    receive(intake, back.frame(2, keyframe=True))
    assert (intake.codec, slot.events, len(intake.since_keyframe())) == ("vp8", ["restart"] * 2, 2)


def test_a_malformed_first_packet_does_not_set_the_codec() -> None:
    """The next packet does."""
    context = StreamContext(lambda data: None, BRIDGE_SSRC)
    intake = VideoIntake(context, RtpParameters({VP8: "vp8", H264: "h264"}, 90_000), NOW)
    intake.bind_ssrc(1, NOW)
    intake.receive(Camera(1).frame(1)[0].data[:13], NOW)
    receive(intake, H264Camera(1).frame(1))
    assert (intake.codec, intake.packets, context.dropped) == ("h264", 1, {"malformed": 1})


def test_packets_of_another_codec_bring_a_keyframe_request() -> None:
    """Without a keyframe the change cannot be followed."""
    vp8 = Camera(1)
    intake, _, _ = intake_of(vp8)
    receive(intake, H264Camera(1, index=vp8.index).frame(1))
    intake.tick(NOW, None)
    assert intake.keyframe_requests == 1


def test_a_late_packet_of_the_previous_codec_is_dropped() -> None:
    """The change has overtaken it."""
    vp8 = Camera(1)
    intake, _, context = intake_of(vp8)
    late = vp8.frame(1, keyframe=True)
    receive(intake, H264Camera(1, index=vp8.index).frame(2, keyframe=True))
    receive(intake, late)
    intake.tick(NOW, None)
    assert (intake.codec, intake.keyframe_requests, context.dropped) == ("h264", 0, {"codec": 1})


def test_the_packets_since_the_last_keyframe_are_stored() -> None:
    """In order, from the keyframe's first packet to the newest."""
    intake, _, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(3))
    receive(intake, camera.frame(2, keyframe=True))
    receive(intake, [*camera.frame(2)[::-1], camera.padding_only()])
    stored = intake.since_keyframe()
    assert stored[0].is_keyframe
    assert [packet.index - stored[0].index for packet in stored] == [0, 1, 2, 3, 4]


def test_the_packets_since_the_keyframe_are_collected_once_for_all_slots() -> None:
    """160 waiting viewers ask at every frame, and nothing is forwarded meanwhile."""
    intake, _, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(3))
    before = intake.since_keyframe()
    assert intake.since_keyframe() is before
    receive(intake, camera.frame(1))
    assert len(intake.since_keyframe()) == len(before) + 1


def test_there_is_nothing_to_replay_while_a_packet_is_missing() -> None:
    """The picture would have a gap."""
    intake, _, _ = intake_of(camera := Camera(1))
    (lost,) = camera.frame(1)
    receive(intake, camera.frame(1))
    assert intake.since_keyframe() == []
    receive(intake, [lost])
    assert len(intake.since_keyframe()) == 3


def test_there_is_nothing_to_replay_without_a_keyframe_in_the_ring() -> None:
    intake, _, _ = intake_of(camera := Camera(1), shown=False)
    receive(intake, camera.frame(VIDEO_RING_PACKETS - 1))
    assert len(intake.since_keyframe()) == VIDEO_RING_PACKETS
    receive(intake, camera.frame(1))
    assert intake.since_keyframe() == []
    intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)
    assert intake.since_keyframe() == []


def test_a_layer_is_showable_while_packets_come_and_a_keyframe_is_among_them() -> None:
    """Until its stall timeout."""
    intake, _, _ = intake_of(camera := Camera(1))
    assert intake.is_showable(NOW + intake.stall.timeout)
    assert not intake.is_showable(NOW + intake.stall.timeout + 0.01)
    intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)
    other = Camera(2)
    receive(intake, other.frame(1), NOW + 2)
    assert not intake.is_showable(NOW + 2)
    receive(intake, other.frame(1, keyframe=True), NOW + 2)
    assert intake.is_showable(NOW + 2)
    assert camera.ssrc != intake.ssrc


def test_a_layer_that_answers_no_keyframe_request_is_not_showable() -> None:
    """After two seconds, unless its last keyframe is recent enough for an encoder that ignores requests."""
    intake, _, _ = intake_of(camera := Camera(1))
    late = NOW + MAX_KEYFRAME_INTERVAL_S
    for number in range(31):
        receive(intake, camera.frame(1), late - 1 + number / 10)
        if number == 0:
            intake.request_keyframe(late - 1)
        intake.tick(late - 1 + number / 10, None)
        assert intake.lacks_keyframes(late - 1 + number / 10) is (number >= 10 * NO_KEYFRAME_S)
        assert intake.is_showable(late - 1 + number / 10) is (number < 10 * NO_KEYFRAME_S)
    receive(intake, camera.frame(1, keyframe=True), late + 2)
    assert intake.is_showable(late + 2)


def test_an_encoder_with_its_own_keyframe_interval_is_showable() -> None:
    """OBS ignores requests and sends a keyframe every eight seconds."""
    intake, _, _ = intake_of(camera := Camera(1))
    for number in range(300):
        now = NOW + number / 10
        receive(intake, camera.frame(1, keyframe=number % 83 == 0), now)
        intake.request_keyframe(now)
        intake.tick(now, None)
        assert intake.is_showable(now)


def test_a_stall_does_not_count_as_an_unanswered_request() -> None:
    """It is another fault, and its end must not look like this one."""
    intake, _, _ = intake_of(camera := Camera(1))
    intake.request_keyframe(NOW)
    for number in range(300):
        intake.tick(NOW + number / 10, None)
    receive(intake, camera.frame(1), NOW + 30)
    assert not intake.lacks_keyframes(NOW + 30)


def test_a_layer_has_its_codec_and_before_its_first_packet_any_negotiated_one() -> None:
    context = StreamContext(lambda data: None, BRIDGE_SSRC)
    intake = VideoIntake(context, RtpParameters({96: "vp8", 102: "h264"}, 90_000), NOW)
    assert intake.has_codec_in(["h264"])
    assert not intake.has_codec_in(["av1"])
    receive(intake, Camera(1).frame(1, keyframe=True))
    assert not intake.has_codec_in(["h264"])
    assert intake.has_codec_in(["h264", "vp8"])


def test_an_rtx_packet_counts_as_the_lost_packet() -> None:
    """Original number, payload type and SSRC; it counts as recovered after a NACK."""
    intake, slot, _ = intake_of(camera := Camera(1))
    lost = camera.frame(2)
    receive(intake, camera.frame(1))
    intake.tick(NOW + 0.05, None)
    for number, packet in enumerate(lost):
        intake.receive_rtx(rtx_packet(packet.data, 900, number, VP8_RTX), NOW + 0.1)
    assert [packet.seq for packet in slot.packets[1:]] == [packet.index for packet in lost]
    assert (intake.recovered, intake.lost, intake.nacks.last_given_up) == (2, 2, -1)


def test_padding_in_the_rtx_stream_is_counted_and_ignored() -> None:
    """So are retransmissions that were not requested."""
    intake, slot, context = intake_of(camera := Camera(1))
    sent = camera.frame(1)
    receive(intake, sent)
    intake.receive_rtx(bytes.fromhex("a061 0001 00000002 00000384 00000004"), NOW)
    intake.receive_rtx(bytes.fromhex("8061 0001 00000002 00000384 12"), NOW)
    intake.receive_rtx(rtx_packet(sent[0].data, 900, 3, VP8_RTX), NOW)
    assert context.dropped == {"rtx: padding": 1, "rtx: malformed": 1, "rtx: not needed": 1}
    assert (len(slot.packets), slot.events) == (1, [])
