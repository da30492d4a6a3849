"""Writes the SDP answer (RFC 8829) from the negotiated media.

The bridge is ICE-lite and DTLS passive, on one port. Streams that the peer receives are announced by SSRC. They share
one CNAME, since one clock stamps them (RFC 3550 section 6.5.1). Browsers synchronise the tracks of one media stream, so
the programme's picture and its first microphone are in one.

Opus is requested with FEC and without DTX. Pauses save little beside the picture. They would also drop the room's own
sound between two words, and leave the meters and an audio-only source without packets. A sender that pauses all the
same is handled.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bridge.engine import MICS, PROGRAM, MediaTransport
from bridge.sdp.codecs import sdp_name
from bridge.sdp.mline import Codec
from bridge.sdp.negotiation import LineUse, NegotiatedLine, NegotiatedMedia

VIDEO_FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb")
FEEDBACK = {
    (LineUse.SOURCE, "video"): (*VIDEO_FEEDBACK, "transport-cc"),
    (LineUse.SOURCE, "audio"): ("nack", "transport-cc"),
    (LineUse.TALK, "audio"): ("nack", "transport-cc"),
    (LineUse.SLOT, "video"): VIDEO_FEEDBACK,
    (LineUse.SLOT, "audio"): ("nack",),
}
"""RTCP feedback that is accepted if offered."""
DIRECTIONS = {LineUse.SOURCE: "a=recvonly", LineUse.TALK: "a=recvonly", LineUse.SLOT: "a=sendonly"}
"""Of the bridge; the other m-lines are inactive."""
TALK_PACKET_MS = 10
"""Milliseconds of sound in a talkback packet, 20 elsewhere. Measured: heard 12 ms sooner, in Chromium."""
ANSWERED_DIRECTIONS = {"sendonly": "/recvonly", "recvonly": "/sendonly", "sendrecv": "/sendrecv"}
"""The offered direction of a header extension, and the answered one."""

TCP_TYPE_PREFERENCE, TCP_PASSIVE_PREFERENCE = 90, 4
"""Of a candidate for TCP: below every one for UDP, as libwebrtc's own; and for its direction (RFC 6544 section 4.2)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """ICE credentials: a connectivity check names the ufrag and is signed with the password."""

    ufrag: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address and port at which the bridge receives media. One for TCP is passive (RFC 6544 section 4.5)."""

    transport: MediaTransport
    address: str
    """IP address."""
    port: int


@dataclass(frozen=True, slots=True)
class TransportParameters:
    """The bridge's end of the transport to one peer."""

    credentials: Credentials
    fingerprint: str
    """SHA-256."""
    candidates: Sequence[Candidate]
    """Those of each transport by preference. UDP comes before TCP in any case."""
    cname: str
    session_id: int
    """For the o-line; the same as long as the peer stays."""
    version: int
    """Counts the answers of this session."""


def write_answer(media: NegotiatedMedia, transport: TransportParameters) -> str:
    """The SDP that answers the offer from which `media` was negotiated."""
    active = [agreed.line.mid for agreed in media.lines if agreed.use is not LineUse.REJECTED]
    lines = [
        "v=0",
        f"o=- {transport.session_id} {transport.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(active)}",
        "a=ice-lite",
        "a=msid-semantic: WMS *",
    ]
    for agreed in media.lines:
        if agreed.use is LineUse.REJECTED:
            lines += _rejected(agreed)
        else:
            lines += _accepted(agreed, transport)
            # RFC 9143 wants candidates in the first m-line only, but aiortc takes those of the last one of a kind.
            # Most SFUs write them into every m-line.
            lines += _candidates(transport)
    return "\r\n".join([*lines, ""])


def _rejected(agreed: NegotiatedLine) -> Iterator[str]:
    """With port 0, since an answer needs every m-line of its offer."""
    yield f"m={agreed.line.kind} 0 {agreed.line.protocol} {' '.join(agreed.line.formats)}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{agreed.line.mid}"
    yield "a=inactive"


def _accepted(agreed: NegotiatedLine, transport: TransportParameters) -> Iterator[str]:
    line = agreed.line
    pairs = [[c.payload_type, agreed.rtx_types.get(c.payload_type)] for c in agreed.codecs]
    formats = [str(f) for pair in pairs for f in pair if f is not None] or line.formats[:1]
    yield f"m={line.kind} 9 {line.protocol} {' '.join(formats)}"
    yield "c=IN IP4 0.0.0.0"
    yield "a=rtcp:9 IN IP4 0.0.0.0"
    yield f"a=ice-ufrag:{transport.credentials.ufrag}"
    yield f"a=ice-pwd:{transport.credentials.password}"
    yield f"a=fingerprint:sha-256 {transport.fingerprint}"
    yield "a=setup:passive"
    yield f"a=mid:{line.mid}"
    yield DIRECTIONS.get(agreed.use, "a=inactive")
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for codec in agreed.codecs:
        yield from _codec(agreed, codec)
        if rtx := agreed.rtx_types.get(codec.payload_type):
            yield f"a=rtpmap:{rtx} rtx/{codec.clock_rate}"
            yield f"a=fmtp:{rtx} apt={codec.payload_type}"
    if agreed.use is LineUse.TALK:
        # A word aside is heard sooner: half a packet to collect, and half the steps of the receiver's jitter buffer.
        yield f"a=ptime:{TALK_PACKET_MS}"
    for uri, number in agreed.extensions.items():
        yield f"a=extmap:{number}{ANSWERED_DIRECTIONS.get(line.extensions[uri].direction, '')} {uri}"
    for rid in agreed.rids:
        yield f"a=rid:{rid} recv"
    if agreed.rids:
        yield f"a=simulcast:recv {';'.join(agreed.rids)}"
    if agreed.use is LineUse.SLOT:
        yield from _stream(agreed, transport.cname)


def _codec(agreed: NegotiatedLine, codec: Codec) -> Iterator[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{codec.payload_type} {sdp_name(codec.name)}/{codec.clock_rate}{channels}"
    for feedback in FEEDBACK.get((agreed.use, agreed.line.kind), ()):
        if feedback in codec.feedback:
            yield f"a=rtcp-fb:{codec.payload_type} {feedback}"
    if codec.name == "opus":
        # A browser sends two channels only to a receiver that asks for them (RFC 7587 section 6.1). One that does not
        # announce them would send one channel twice, at twice the bit rate.
        announced = agreed.use is LineUse.SOURCE and codec.parameters.get("sprop-stereo") == "1"
        yield f"a=fmtp:{codec.payload_type} minptime=10;useinbandfec=1{';stereo=1' if announced else ''}"
    elif codec.name == "h264":
        # The profile must be the offered one (RFC 6184 section 8.2.2).
        names = ("level-asymmetry-allowed", "packetization-mode", "profile-level-id")
        values = ";".join(f"{name}={codec.parameters[name]}" for name in names if name in codec.parameters)
        yield f"a=fmtp:{codec.payload_type} {values}"


def _stream(agreed: NegotiatedLine, cname: str) -> Iterator[str]:
    """The slot's track. Its msid names the slot for the page; an msid may not contain `:` or `/` (RFC 8830)."""
    track = agreed.slot.replace(":", ".").replace("/", "~")
    stream = PROGRAM if agreed.slot == MICS[0] else track
    yield f"a=msid:{stream} {track}"
    ssrcs = [agreed.ssrc, agreed.rtx_ssrc] if agreed.rtx_ssrc else [agreed.ssrc]
    if agreed.rtx_ssrc:
        yield f"a=ssrc-group:FID {agreed.ssrc} {agreed.rtx_ssrc}"
    for ssrc in ssrcs:
        yield f"a=ssrc:{ssrc} cname:{cname}"
        yield f"a=ssrc:{ssrc} msid:{stream} {track}"


def _candidates(transport: TransportParameters) -> Iterator[str]:
    """The host candidates. A priority is type preference, local preference, component (RFC 8445 section 5.1.2.1)."""
    for place, candidate in enumerate(transport.candidates):
        ip = ipaddress.ip_address(candidate.address)
        if candidate.transport == "udp":
            priority, suffix = (126 << 24) | ((65535 - place) << 8) | 255, ""
        else:
            local = TCP_PASSIVE_PREFERENCE << 13 | 8191 - place
            priority, suffix = TCP_TYPE_PREFERENCE << 24 | local << 8 | 255, " tcptype passive"
        yield (
            f"a=candidate:{place + 1} 1 {candidate.transport} {priority} {ip} {candidate.port} typ host{suffix}"
        )
    yield "a=end-of-candidates"
