"""Valid inputs, from which the mutator makes the others."""

from __future__ import annotations

import json
import struct
from functools import cache

import pylibsrtp

from bridge.net.framing import frame
from bridge.rtp import rtcp
from bridge.sdp.answer import Credentials
from config.times import Instant
from signaling.access.table import LinkTable
from tests.events import SHORT
from tests.unit.bridge.offers import CHROMIUM_AUDIO, CHROMIUM_VIDEO, DATA, LAYERS, hall, line, offer
from tests.unit.bridge.rtp.camera import Camera
from tests.unit.bridge.stun import answer, check

Unencryptable = pylibsrtp.Error
HALL, RTX, SOUND = 726503289, 2443215473, 1553668713
"""SSRCs of the hall's offer."""

CLIENT_HELLO = bytes.fromhex(
    "16feff0000000000000000007401000068000000000000006 8fefd5f1d1f6b0f3f0e6b2a5f0b2f6a4b5c1d8e9f0a1b2c3d4e5f60"
    "71829300000002c02b0100003c000a00080006001d00170018000b00020100000d000c000a05030403020306030806"
    "000e000900060001000800070000170000ff01000100".replace(" ", "")
)
"""Similar enough that OpenSSL parses it."""


def _rtp(payload_type: int, seq: int, ssrc: int, payload: bytes, *, extension: str = "") -> bytes:
    block = bytes.fromhex(extension)
    head = struct.pack("!BBHLL", 0x90 if block else 0x80, payload_type, seq, 3000 * seq, ssrc)
    if block:
        head += struct.pack("!HH", 0xBEDE, len(block) // 4) + block
    return head + payload


def uplink_packets() -> list[bytes]:
    """Packets of a hall: pictures in both codecs, RTX, sound with its level, reports."""
    camera = Camera(HALL, index=60_000)
    pictures = [packet.data for keyframe in (True, False) for packet in camera.frame(3, keyframe=keyframe)]
    layered = Camera(HALL, index=60_010, layered=True, bits=7)
    return [
        *pictures,
        *(packet.data for packet in layered.frame(2, keyframe=True)),
        camera.padding_only().data,
        _rtp(102, 9, HALL, bytes.fromhex("6742e01f8c8d40")),
        _rtp(102, 10, HALL, bytes.fromhex("78000467 42e01f 000268ce".replace(" ", ""))),
        _rtp(102, 11, HALL, bytes.fromhex("7c8588843a2620")),
        _rtp(97, 12, RTX, struct.pack("!H", 60_001) + pictures[0][12:]),
        _rtp(96, 13, HALL + 5, pictures[0][12:], extension="a1681000"),
        _rtp(111, 14, SOUND, b"\xf8\xff\xfe", extension="108a0000"),
        rtcp.sender_report(HALL, 0xDEAD_BEEF_0000_0000, 90_000, 10, 1000, "cname"),
        rtcp.sender_report(SOUND, 0xDEAD_BEEF_0000_0000, 48_000, 10, 1000, "cname"),
        *feedback(),
    ]


def feedback() -> list[bytes]:
    """RTCP feedback of a receiver. The bridge's SSRCs are random, so these are other SSRCs."""
    block = rtcp.ReportBlock(HALL, 0.5, 7, 70_000, 90, 0x1234, 0x1000)
    return [
        rtcp.receiver_report(1, [block] * 3) + rtcp.source_description(1, "cname"),
        rtcp.receiver_report(1, []) + rtcp.nack(1, HALL, [1, 2, 3, 900, 65_535]),
        rtcp.receiver_report(1, []) + rtcp.pli(1, HALL),
        rtcp.receiver_report(1, []) + rtcp.remb(1, 300_000, [HALL, RTX]),
        struct.pack("!BBHLLLL", 0x84, 206, 4, 1, 0, HALL, 1 << 24),
        struct.pack("!BBHL", 0x81, 203, 1, HALL),
    ]


def frames() -> list[bytes]:
    """The beginnings of TCP connections: datagrams framed, one and several, and an empty and an unfinished frame."""
    found = [frame(data) for data in datagrams()]
    return [*found, b"".join(found[:4]), frame(b"") + found[0], found[0][:-5], frame(bytes(1500))]


STUN_LOCAL = Credentials("5c0ffee5", "the password of the bridge")
STUN_REMOTE = Credentials("gM8+", "the password of the peer")


@cache
def stun_messages() -> list[bytes]:
    """Checks of a peer with the credentials above, and an answer of it. The same ones each time."""
    return [
        check(STUN_LOCAL, STUN_REMOTE.ufrag),
        check(STUN_LOCAL, STUN_REMOTE.ufrag, has_use_candidate=True),
        answer(check(STUN_REMOTE), STUN_REMOTE),
    ]


def datagrams() -> list[bytes]:
    """Datagrams from anywhere."""
    credentials = Credentials("gM8+abcd", "LdK7Fp2/CvC+7/C2ciypn4U8")
    return [
        check(credentials),
        check(credentials, has_use_candidate=True),
        answer(check(credentials)),
        CLIENT_HELLO,
        *uplink_packets(),
        bytes(range(256)),
        b"",
    ]


def offers() -> list[bytes]:
    """Offers of halls and viewers, and one with a data channel."""
    return [
        text.encode()
        for text in (
            hall(),
            offer(line(CHROMIUM_VIDEO, "sendonly", LAYERS), line(CHROMIUM_AUDIO, "sendonly")),
            offer(*[line(CHROMIUM_VIDEO, "recvonly")] * 3),
            offer(line(CHROMIUM_AUDIO, "sendrecv"), DATA.replace("{more}", "")),
        )
    ]


def messages() -> list[bytes]:
    """Some messages of a page."""
    return [
        b'{"type":"hello","token":"abc","protocol":1,"boot":"1","rev":3,"peer":"p"}',
        b'{"type":"offer","id":"1","sdp":"v=0","source":"krefeld"}',
        b'{"type":"clock","sent":1.5}',
        b'{"type":"next","id":"a","from":"one"}',
        b'{"type":"extend","id":"b","seconds":-60}',
        b'{"type":"arm","id":"c","item":"two"}',
        b'{"type":"take","id":"d","source":"slate"}',
    ]


def websocket_frames() -> list[bytes]:
    """Frames of a page: a message, one in two frames with a ping between them, the long lengths, a close frame."""
    mask = bytes(4)
    hello = messages()[0]
    whole = bytes((0x81, 0x80 | len(hello))) + mask + hello
    parts = b"\x01\x85" + mask + b"{    " + b"\x89\x80" + mask + b"\x80\x81" + mask + b"}"
    return [
        whole,
        parts,
        whole[:-5],
        b"\x82\xfe\x10\x00" + mask + bytes(4096),
        b"\x82\xff" + struct.pack("!Q", 8000) + mask + bytes(8000),
        b"\x82\xff" + struct.pack("!Q", 1 << 62) + mask,
        b"\x88\x82" + mask + b"\x03\xe8",
        b"\x81\x80" + mask,
    ]


def headers() -> list[bytes]:
    """X-Forwarded-For, `Host` and `Origin` of browsers and proxies."""
    return [
        b"203.0.113.7, 10.0.0.1,fd00::1",
        b"2001:db8::7, ::ffff:10.0.0.1, 127.0.0.1",
        b"fe80::1%eth0, unknown, [2001:db8::1]:443",
        b"show.example:443",
        b"https://show.example",
        b"http://[2001:db8::1]:8080",
        b"null",
    ]


def turn_urls() -> list[bytes]:
    """TURN addresses."""
    return [
        b"turn:203.0.113.7:3478?transport=tcp",
        b"turns:turn.example.org:443",
        b"turn:[2001:db8::1]:3478?transport=udp",
    ]


def codes() -> list[bytes]:
    """Codes as people type them, and a link of an older version."""
    return [
        b"7KQ2MX9F4PT3VB",
        "7kq2m-x9f4-pt3vb ー".encode(),
        "７ＫＱ２Ｍ－Ｘ９Ｆ４".encode(),
        b"eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
    ]


def tables() -> list[bytes]:
    """Tables of links."""
    _, row = LinkTable().with_link(
        "venue", "berlin", now=Instant(1_000_000), read_only=False, expires=None, by="cli"
    )
    document = {"links": [row.model_dump()], "generations": {"berlin": 1, "tokio": 1_537_000_000}}
    return [json.dumps(document).encode(), b'{"links": [], "generations": {}}']


def events() -> list[bytes]:
    """Good event files."""
    languages = """\
languages: [de, ja]
interpreters: {kabine: {name: Kabine 1, languages: [de, ja], seats: 2}}
"""
    presets = SHORT.replace("Europe/Berlin}", "Europe/Berlin, presets: {mic: {de: Mikrofon, ja: マイク}}}", 1)
    return [SHORT.encode(), SHORT.encode() * 2, (languages + presets).encode()]


def scripts() -> list[bytes]:
    """Good scripts of a rehearsal."""
    mishaps = """\
- {at: "10:07:30", do: {type: extend, seconds: 120}}
- {at: "10:08", lose: tokio}
- {at: "10:09", back: tokio}
"""
    away = """\
- {at: "23:59", away: true}
- {at: 2026-03-14T10:00:00+01:00, do: {type: goto, item: two}}
- {at: "10:20", away: false}
"""
    return [mishaps.encode(), away.encode(), (mishaps + away).encode()]
