"""Parses one m-line of an offer (RFC 8866) with its attributes.

The parser is lenient: it skips attributes that it does not know, and of duplicates the first counts. Every count has a
limit, beyond which the offer is refused.

The formats are most of an m-line's text and parsing time. Browsers repeat them in every m-line of a kind and direction,
so `FormatReader` parses each different set once for an offer. The number of sets is limited.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.engine import OfferError

MAX_ATTRIBUTE_LINES = {
    "rtpmap": 96,
    "fmtp": 96,
    "rtcp-fb": 160,
    "extmap": 64,
    "rid": 16,
    "simulcast": 1,  # RFC 8853 section 5.1
    "ssrc": 32,  # three layers with RTX and four lines each are 24
    "ssrc-group": 8,
}
"""Maximum of each a-line in one m-line. Chromium 156 sends 34, 31, 77 and 13 of the first four."""
MAX_FORMATS = 96
"""Payload types of one m-line: the dynamic ones that RTCP leaves free, and some static ones."""
MAX_FORMAT_SETS = 8
"""Different sets of formats in one offer. Browsers have two for each kind: sent and received."""
MAX_PARAMETERS = 32
"""Parameters of one fmtp line; the rest is skipped."""
MAX_SIMULCAST_CHARS = 1024
"""Characters of `a=simulcast`, enough for 16 rids in each direction with alternatives; the rest is skipped."""

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}", re.ASCII)
_MEDIA = re.compile(r"m=([a-z]{1,32}) (\d{1,5})(?:/\d+)? ([A-Z/]{1,64}) (.{1,4096})", re.ASCII)
_RTPMAP = re.compile(r"(\d{1,3}) ([\w.-]{1,32})/(\d{1,7})(?:/(\d{1,2}))?", re.ASCII)
_SSRC = re.compile(r"(\d{1,10})(?: .*)?", re.ASCII)
_PROTECTION_GROUP = re.compile(r"(?:FID|FEC-FR) (\d{1,10}) (\d{1,10})", re.ASCII)
_EXTMAP = re.compile(r"(\d{1,3})(?:/([a-z]{1,8}))? (\S{1,256})(?: .*)?", re.ASCII)
_RID = re.compile(r"([A-Za-z0-9_-]{1,16}) send(?: .*)?", re.ASCII)
"""A rid that fits a one-byte header extension (RFC 8285 section 4.2)."""

Attributes = Mapping[str, Sequence[str]]
"""Attribute name to the values of its a-lines, in their order."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type."""

    payload_type: int
    name: str
    """In lower case: vp8, h264, opus, rtx."""
    clock_rate: int
    channels: int
    parameters: Mapping[str, str]
    """The fmtp line; names in lower case."""
    feedback: frozenset[str]
    """The rtcp-fb lines: "nack", "nack pli", "ccm fir"."""


@dataclass(frozen=True, slots=True)
class HeaderExtension:
    """An offered header extension (RFC 8285)."""

    id: int
    direction: str = ""
    """Of the offerer. Empty: the m-line's direction."""


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One m-line of an offer."""

    mid: str
    kind: str
    protocol: str
    formats: tuple[str, ...]
    """Payload types, if it is RTP."""
    direction: str
    """Of the offerer."""
    is_rejected: bool
    """Port 0 without bundle-only. It only keeps its place, and the answer rejects it too."""
    codecs: tuple[Codec, ...]
    """In the offerer's order of preference."""
    extensions: Mapping[str, HeaderExtension]
    """By URI; only those with a one-byte id."""
    ssrcs: tuple[int, ...]
    """The streams that it sends, without RTX. Empty if the offer does not say."""
    rtx_ssrcs: Mapping[int, int]
    """SSRC of an RTX or FEC stream to the SSRC that it protects."""
    rids: tuple[str, ...]
    """The offered simulcast layers, in order of preference (RFC 8853 section 5.2)."""

    @property
    def is_sending(self) -> bool:
        """Whether the offerer wants to send."""
        return self.direction in ("sendrecv", "sendonly")

    @property
    def is_receiving(self) -> bool:
        """Whether the offerer wants to receive."""
        return self.direction in ("sendrecv", "recvonly")

    def rtx_for(self, codec: Codec) -> Codec | None:
        """The RTX format of `codec` (RFC 4588)."""
        apt = str(codec.payload_type)
        return next((c for c in self.codecs if c.name == "rtx" and c.parameters.get("apt") == apt), None)


_KNOWN_ATTRIBUTES = {
    f"a={name}": name
    for name in (
        *MAX_ATTRIBUTE_LINES,
        *("group", "mid", "bundle-only", "rtcp-mux"),
        *("ice-ufrag", "ice-pwd", "fingerprint", "setup"),
        *DIRECTIONS,
    )
}
"""The start of an a-line, and its attribute name."""


def parse_attributes(section: Sequence[str]) -> Attributes:
    """The known a-lines of one section of an SDP."""
    found: dict[str, list[str]] = {}
    for line in section:
        head, _, value = line.partition(":")
        name = _KNOWN_ATTRIBUTES.get(head)
        if name:
            found.setdefault(name, []).append(value.strip())
    return found


def first_value(attributes: Attributes, name: str) -> str | None:
    """The value of the first a-line of that name."""
    return attributes[name][0] if name in attributes else None


class FormatReader:
    """Parses the formats and header extensions of one offer's m-lines, each different set once."""

    def __init__(self) -> None:
        self._read: dict[tuple[object, ...], tuple[tuple[Codec, ...], Mapping[str, HeaderExtension]]] = {}

    def read(
        self, formats: tuple[str, ...], attributes: Attributes
    ) -> tuple[tuple[Codec, ...], Mapping[str, HeaderExtension]]:
        """The codecs, and the header extensions by URI, of an m-line with these attributes.

        Raises:
            OfferError: the offer has too many sets.
        """
        key = formats, *(tuple(attributes.get(name, ())) for name in ("rtpmap", "fmtp", "rtcp-fb", "extmap"))
        found = self._read.get(key)
        if found is None:
            if len(self._read) == MAX_FORMAT_SETS:
                raise OfferError(
                    f"the offer's m-lines have more than {MAX_FORMAT_SETS} different sets of formats; expected those "
                    "that a browser writes for each kind and direction"
                )
            found = self._read[key] = _codecs(formats, attributes), _extensions(attributes)
        return found


def parse_media_line(number: int, head: str, attributes: Attributes, reader: FormatReader) -> MediaLine:
    """Parse the m-line `head`, the `number`th of its offer. `reader` is the offer's.

    Raises:
        OfferError: it cannot be answered. The text says what is wrong and what is expected.
    """
    found = _MEDIA.fullmatch(head)
    if not found:
        raise OfferError(f"m-line {number} cannot be read; expected m=<kind> <port> <protocol> <formats>")
    kind, port, protocol, formats = found[1], int(found[2]), found[3], tuple(found[4].split())
    mid = first_value(attributes, "mid")
    if mid is None or not _TOKEN.fullmatch(mid):
        raise OfferError(f"m-line {number} has no usable a=mid; expected one of 1 to 64 letters and digits")
    _check_counts(number, formats, attributes)
    codecs, extensions = reader.read(formats, attributes)
    rtx_ssrcs = dict(_rtx_ssrcs(attributes))
    return MediaLine(
        mid=mid,
        kind=kind,
        protocol=protocol,
        formats=formats,
        direction=next((name for name in attributes if name in DIRECTIONS), "sendrecv"),
        is_rejected=port == 0 and first_value(attributes, "bundle-only") is None,
        codecs=codecs,
        extensions=extensions,
        ssrcs=_ssrcs(attributes, rtx_ssrcs),
        rtx_ssrcs=rtx_ssrcs,
        rids=_rids(attributes),
    )


def _check_counts(number: int, formats: Sequence[str], attributes: Attributes) -> None:
    if len(formats) > MAX_FORMATS:
        raise OfferError(f"m-line {number} has {len(formats)} formats; at most {MAX_FORMATS} are read")
    if not formats or not all(_TOKEN.fullmatch(f) for f in formats):
        raise OfferError(f"m-line {number} has formats that cannot be read")
    for name, limit in MAX_ATTRIBUTE_LINES.items():
        if (count := len(attributes.get(name, ()))) > limit:
            raise OfferError(f"m-line {number} has {count} lines a={name}; at most {limit} are read")


def _codecs(formats: Sequence[str], attributes: Attributes) -> tuple[Codec, ...]:
    # In reverse order, so that the first of two wins.
    maps = {m[1]: m for v in reversed(attributes.get("rtpmap", ())) if (m := _RTPMAP.fullmatch(v))}
    parameters = dict(v.partition(" ")[::2] for v in reversed(attributes.get("fmtp", ())))
    feedback: dict[str, set[str]] = {}
    for value in attributes.get("rtcp-fb", ()):
        payload_type, _, kind = value.partition(" ")
        feedback.setdefault(payload_type, set()).add(" ".join(kind.lower().split(None, 2)))
    for_all_types = frozenset(feedback.get("*", ()))
    return tuple(
        Codec(
            payload_type=int(f),
            name=maps[f][2].lower(),
            clock_rate=int(maps[f][3]),
            channels=int(maps[f][4] or 1),
            parameters=_parameters(parameters.get(f, "")),
            feedback=for_all_types.union(feedback.get(f, ())),
        )
        for f in dict.fromkeys(formats)
        # With the marker bit set, 64 to 95 look like RTCP (RFC 5761 section 4).
        if f in maps and (int(f) < 64 or 95 < int(f) < 128)
    )


def _parameters(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(";", MAX_PARAMETERS)[:MAX_PARAMETERS])
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _extensions(attributes: Attributes) -> dict[str, HeaderExtension]:
    found: dict[str, HeaderExtension] = {}
    ids: set[int] = set()
    for m in filter(None, map(_EXTMAP.fullmatch, attributes.get("extmap", ()))):
        # 0 is padding, 15 ends the list, and larger ids need two-byte headers (RFC 8285 section 4.2).
        if 0 < (number := int(m[1])) < 15 and number not in ids and m[3] not in found:
            ids.add(number)
            found[m[3]] = HeaderExtension(number, m[2] or "")
    return found


def _ssrcs(attributes: Attributes, rtx_ssrcs: Collection[int]) -> tuple[int, ...]:
    named = [int(m[1]) for v in attributes.get("ssrc", ()) if (m := _SSRC.fullmatch(v))]
    return tuple(s for s in dict.fromkeys(named) if 0 < s < 1 << 32 and s not in rtx_ssrcs)


def _rtx_ssrcs(attributes: Attributes) -> Iterator[tuple[int, int]]:
    """(RTX or FEC stream, protected stream) of each group that is one (RFC 5576 section 4.2)."""
    for m in filter(None, map(_PROTECTION_GROUP.fullmatch, attributes.get("ssrc-group", ()))):
        ssrc, rtx = int(m[1]), int(m[2])
        if 0 < ssrc < 1 << 32 and 0 < rtx < 1 << 32 and ssrc != rtx:
            yield rtx, ssrc


def _rids(attributes: Attributes) -> tuple[str, ...]:
    """The declared rids of `a=simulcast:send`. Of alternatives the first counts; a paused layer counts too."""
    declared = {m[1] for v in attributes.get("rid", ()) if (m := _RID.fullmatch(v))}
    words = (first_value(attributes, "simulcast") or "")[:MAX_SIMULCAST_CHARS].split()
    sent = dict(zip(words[::2], words[1::2], strict=False)).get("send", "")
    rids = (layer.split(",")[0].removeprefix("~") for layer in sent.split(";"))
    return tuple(rid for rid in dict.fromkeys(rids) if rid in declared)
