"""The answer as it goes out (RFC 8829): written line by line, from the layout and nothing else.

ICE-lite, DTLS passive, one port. Streams that the peer receives are announced by SSRC, with one CNAME for
all: they are stamped by one clock (RFC 3550 section 6.5.1). Browsers keep lips in sync for tracks of one
media stream, so the programme's picture and its first microphone are in one.

Opus is asked for with FEC and without DTX: pauses save nothing that counts beside the picture, and cost the
hall's own air between two words, the meters, and the sign of life of who comes with sound alone. Whoever
makes pauses all the same is understood.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.engine import MICS, PROGRAM
from bridge.net.ice import Credentials
from bridge.sdp.codecs import name_of
from bridge.sdp.layout import Lane, Layout, Use
from bridge.sdp.mline import Codec

PICTURES = ("nack", "nack pli", "ccm fir", "goog-remb")
FEEDBACK = {
    (Use.FEEDS, "video"): (*PICTURES, "transport-cc"),
    (Use.FEEDS, "audio"): ("nack", "transport-cc"),
    (Use.SHOWS, "video"): PICTURES,
    (Use.SHOWS, "audio"): ("nack",),
}
"""What is agreed to if it is offered."""
MIRRORED = {"sendonly": "/recvonly", "recvonly": "/sendonly", "sendrecv": "/sendrecv"}
"""A direction that was offered for a header extension, and its answer."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Our end of the way to one peer."""

    credentials: Credentials
    fingerprint: str
    """By SHA-256."""
    addresses: Sequence[str]
    """IP addresses under which the port is reached, the preferred first."""
    port: int
    cname: str
    session: int
    """Names the session in the o-line; the same as long as the peer stays."""
    version: int
    """One more for each answer to it."""


def answer(layout: Layout, transport: Transport) -> str:
    """The SDP that answers the offer of `layout`."""
    active = [lane.line.mid for lane in layout.lanes if lane.use is not Use.REFUSED]
    lines = [
        "v=0",
        f"o=- {transport.session} {transport.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(active)}",
        "a=ice-lite",
        "a=msid-semantic: WMS *",
    ]
    for lane in layout.lanes:
        if lane.use is Use.REFUSED:
            lines += _refusal(lane)
        else:
            lines += _section(lane, transport)
            # In every section, as most SFUs do: RFC 9143 wants them in the first only, but aiortc takes those
            # of the last m-line of a kind.
            lines += _candidates(transport)
    return "\r\n".join([*lines, ""])


def _refusal(lane: Lane) -> Iterator[str]:
    """Port 0, or the m-lines of offer and answer would not match."""
    yield f"m={lane.line.kind} 0 {lane.line.protocol} {' '.join(lane.line.formats)}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{lane.line.mid}"
    yield "a=inactive"


def _section(lane: Lane, transport: Transport) -> Iterator[str]:
    line = lane.line
    repaired = [[c.payload_type, lane.repairs.get(c.payload_type)] for c in lane.codecs]
    formats = [str(f) for pair in repaired for f in pair if f is not None] or line.formats[:1]
    yield f"m={line.kind} 9 {line.protocol} {' '.join(formats)}"
    yield "c=IN IP4 0.0.0.0"
    yield "a=rtcp:9 IN IP4 0.0.0.0"
    yield f"a=ice-ufrag:{transport.credentials.ufrag}"
    yield f"a=ice-pwd:{transport.credentials.password}"
    yield f"a=fingerprint:sha-256 {transport.fingerprint}"
    yield "a=setup:passive"
    yield f"a=mid:{line.mid}"
    yield {Use.FEEDS: "a=recvonly", Use.SHOWS: "a=sendonly"}.get(lane.use, "a=inactive")
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for codec in lane.codecs:
        yield from _codec(lane, codec)
        if rtx := lane.repairs.get(codec.payload_type):
            yield f"a=rtpmap:{rtx} rtx/{codec.clock_rate}"
            yield f"a=fmtp:{rtx} apt={codec.payload_type}"
    for uri, number in lane.extensions.items():
        yield f"a=extmap:{number}{MIRRORED.get(line.extensions[uri].direction, '')} {uri}"
    for rid in lane.layers:
        yield f"a=rid:{rid} recv"
    if lane.layers:
        yield f"a=simulcast:recv {';'.join(lane.layers)}"
    if lane.use is Use.SHOWS:
        yield from _stream(lane, transport.cname)


def _codec(lane: Lane, codec: Codec) -> Iterator[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{codec.payload_type} {name_of(codec.name)}/{codec.clock_rate}{channels}"
    for feedback in FEEDBACK.get((lane.use, lane.line.kind), ()):
        if feedback in codec.feedback:
            yield f"a=rtcp-fb:{codec.payload_type} {feedback}"
    if codec.name == "opus":
        yield f"a=fmtp:{codec.payload_type} minptime=10;useinbandfec=1"
    elif codec.name == "h264":
        # The profile has to be the offered one (RFC 6184 section 8.2.2), so it is given back as it came.
        wanted = ("level-asymmetry-allowed", "packetization-mode", "profile-level-id")
        given = ";".join(f"{name}={codec.parameters[name]}" for name in wanted if name in codec.parameters)
        yield f"a=fmtp:{codec.payload_type} {given}"


def _stream(lane: Lane, cname: str) -> Iterator[str]:
    """A track named by its slot, so that the page can tell; `:` and `/` are none of an msid's letters (RFC
    8830)."""
    track = lane.slot.replace(":", ".").replace("/", "~")
    stream = PROGRAM if lane.slot == MICS[0] else track
    yield f"a=msid:{stream} {track}"
    ssrcs = [lane.ssrc, lane.repair_ssrc] if lane.repair_ssrc else [lane.ssrc]
    if lane.repair_ssrc:
        yield f"a=ssrc-group:FID {lane.ssrc} {lane.repair_ssrc}"
    for ssrc in ssrcs:
        yield f"a=ssrc:{ssrc} cname:{cname}"
        yield f"a=ssrc:{ssrc} msid:{stream} {track}"


def _candidates(transport: Transport) -> Iterator[str]:
    """One host candidate an address (RFC 8445 section 5.1.2.1: type 126, then local preference, then
    component)."""
    for i, address in enumerate(transport.addresses):
        ip = ipaddress.ip_address(address)
        priority = (126 << 24) | ((65535 - i) << 8) | 255
        yield f"a=candidate:{i + 1} 1 udp {priority} {ip} {transport.port} typ host"
    yield "a=end-of-candidates"
