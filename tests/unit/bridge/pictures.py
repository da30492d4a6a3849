"""Comparing pictures: the slate as drawn, and as a receiver decodes it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import dropwhile

import av
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import RtpPacket
from PIL import Image, ImageChops, ImageStat

from bridge.engine import Card
from bridge.slate.card import draw
from bridge.slate.slate_coder import EncodedCard, encode

BREAK = Card(
    "Deutsch-Japanische Kooperationen",
    ("Kaffeepause", "Weiter um 11:55 (Tokio 18:55): Wie Konzerne und Start-ups zusammenfinden"),
    language="de",
)
LOST = Card("日独ビジネス協力フォーラム", ("老舗の次の百年",), "東京は再接続中です", "ja")


@lru_cache
def still(card: Card) -> EncodedCard:
    """An encoded card; each is encoded once for all tests."""
    return encode(card)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """PSNR in dB; 99 for the same picture. 40 cannot be told apart, 20 is another picture."""
    stat = ImageStat.Stat(ImageChops.difference(one, other))
    error = sum(stat.sum2) / (3 * one.width * one.height)
    return 99.0 if not error else 10 * math.log10(255**2 / error)


@lru_cache
def drawn(card: Card) -> Image.Image:
    return draw(card).image


def shows(picture: Image.Image, card: Card) -> bool:
    """Whether it is that card."""
    return likeness(picture, drawn(card)) > 35


def decoded(frames: Iterable[bytes]) -> list[Image.Image]:
    """VP8 frames decoded from the first keyframe on."""
    decoder = av.CodecContext.create("vp8", "r")
    begun = dropwhile(lambda frame: not is_keyframe(frame), frames)
    pictures = [picture for frame in begun for picture in decoder.decode(av.Packet(frame))]
    return [to_image(picture) for picture in pictures]


def to_image(frame: av.VideoFrame) -> Image.Image:
    rgb = frame.reformat(format="rgb24")
    plane = rgb.planes[0]
    return Image.frombytes("RGB", (rgb.width, rgb.height), bytes(plane), "raw", "RGB", plane.line_size)


def frames(packets: Iterable[RtpPacket]) -> list[bytes]:
    """The VP8 frames of packets in order, by aiortc's depacketizer.

    Between the first that begins here and the last that ends here all must be whole.
    """
    found: list[bytes] = []
    partial: list[bytes] = []
    read = ((packet, *VpxPayloadDescriptor.parse(packet.payload)) for packet in packets)
    for packet, descriptor, body in dropwhile(lambda one: not one[1].partition_start, read):
        assert bool(descriptor.partition_start) == (not partial), "a frame begins where the last one ended"
        partial.append(body)
        if packet.marker:
            found.append(b"".join(partial))
            partial.clear()
    return found


def is_keyframe(frame: bytes) -> bool:
    """RFC 6386 section 9.1."""
    return not frame[0] & 1
