"""One m-line of an offer (RFC 8866), as it comes in.

Read leniently: what cannot be understood and is not needed is passed over. What comes in thousands is refused, and
what is doubled counts once, the first time.

The formats of an m-line are most of its text and of the work. Browsers write the same ones into every m-line of a kind
and direction, so each different set is read once for an offer (`FormatReader`), and the sets of an offer are bounded.
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
    "ssrc": 32,  # three layers with repair streams and four lines each are 24
    "ssrc-group": 8,
}
"""a-lines of a kind that one m-line may have. Chromium 156 sends 34, 31, 77 and 13 of the first four."""
MAX_FORMATS = 96
"""Payload types of one m-line: the dynamic ones, which RTCP leaves free, and some static ones."""
MAX_FORMAT_SETS = 8
"""Different sets of formats in one offer. Browsers have two for each kind, sent and received."""
MAX_PARAMETERS = 32
"""Parameters read of one fmtp line."""
MAX_SIMULCAST_CHARS = 1024
"""Characters read of `a=simulcast`: 16 rids each way with alternatives."""

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}", re.ASCII)
_MEDIA = re.compile(r"m=([a-z]{1,32}) (\d{1,5})(?:/\d+)? ([A-Z/]{1,64}) (.{1,4096})", re.ASCII)
_RTPMAP = re.compile(r"(\d{1,3}) ([\w.-]{1,32})/(\d{1,7})(?:/(\d{1,2}))?", re.ASCII)
_SSRC = re.compile(r"(\d{1,10})(?: .*)?", re.ASCII)
_REPAIR = re.compile(r"(?:FID|FEC-FR) (\d{1,10}) (\d{1,10})", re.ASCII)
_EXTMAP = re.compile(r"(\d{1,3})(?:/([a-z]{1,8}))? (\S{1,256})(?: .*)?", re.ASCII)
_RID = re.compile(r"([A-Za-z0-9_-]{1,16}) send(?: .*)?", re.ASCII)
"""A rid that fits a header extension of one byte (RFC 8285 section 4.2)."""

Attributes = Mapping[str, Sequence[str]]
"""The values of all a-lines of a name, in their order."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type."""

    payload_type: int
    name: str
    """In small letters: vp8, h264, opus, rtx."""
    clock_rate: int
    channels: int
    parameters: Mapping[str, str]
    """The fmtp line; names in small letters."""
    feedback: frozenset[str]
    """The rtcp-fb lines: "nack", "nack pli", "ccm fir"."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A header extension that is offered (RFC 8285)."""

    id: int
    direction: str = ""
    """As the offerer sees it; empty where it is the m-line's."""


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One m-line."""

    mid: str
    kind: str
    protocol: str
    formats: tuple[str, ...]
    """As offered; payload types where it is RTP."""
    direction: str
    """As the offerer sees it."""
    stopped: bool
    """Port 0: it is there to keep the count and is answered the same."""
    codecs: tuple[Codec, ...]
    """In the offerer's order of preference."""
    extensions: Mapping[str, Extension]
    """By URI; those with an id of one byte."""
    ssrcs: tuple[int, ...]
    """What it sends, repair streams left out; empty where that is not said."""
    repair_ssrcs: Mapping[int, int]
    """Repair stream to the stream it repairs."""
    layers: tuple[str, ...]
    """The rids it would send as simulcast, in its order of preference (RFC 8853 section 5.2)."""

    @property
    def sends(self) -> bool:
        """Whether the offerer would send in it."""
        return self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        """Whether the offerer would receive in it."""
        return self.direction in ("sendrecv", "recvonly")

    def repair(self, codec: Codec) -> Codec | None:
        """The RTX format that repairs `codec` (RFC 4588)."""
        apt = str(codec.payload_type)
        return next((c for c in self.codecs if c.name == "rtx" and c.parameters.get("apt") == apt), None)


_NAMES = {
    f"a={name}": name
    for name in (
        *MAX_ATTRIBUTE_LINES,
        *("group", "mid", "bundle-only", "rtcp-mux"),
        *("ice-ufrag", "ice-pwd", "fingerprint", "setup"),
        *DIRECTIONS,
    )
}
"""How a line that is read begins, and its attribute."""


def attributes(section: Sequence[str]) -> Attributes:
    """Those a-lines of a part of an SDP that are read at all."""
    found: dict[str, list[str]] = {}
    for line in section:
        head, _, value = line.partition(":")
        name = _NAMES.get(head)
        if name:
            found.setdefault(name, []).append(value.strip())
    return found


def first(among: Attributes, name: str) -> str | None:
    """The value of the first attribute of that name."""
    return among[name][0] if name in among else None


class FormatReader:
    """Reads the formats and header extensions of m-lines: those of one offer, each different set once."""

    def __init__(self) -> None:
        self._read: dict[tuple[object, ...], tuple[tuple[Codec, ...], Mapping[str, Extension]]] = {}

    def read(
        self, formats: tuple[str, ...], among: Attributes
    ) -> tuple[tuple[Codec, ...], Mapping[str, Extension]]:
        """The codecs, and the header extensions by URI, of an m-line with these attributes.

        Raises:
            OfferError: there are more sets in the offer than are read.
        """
        key = formats, *(tuple(among.get(name, ())) for name in ("rtpmap", "fmtp", "rtcp-fb", "extmap"))
        found = self._read.get(key)
        if found is None:
            if len(self._read) == MAX_FORMAT_SETS:
                raise OfferError(
                    f"the offer's m-lines have more than {MAX_FORMAT_SETS} different sets of formats; expected those "
                    "that a browser writes for each kind and direction"
                )
            found = self._read[key] = _codecs(formats, among), _extensions(among)
        return found


def read_line(number: int, head: str, among: Attributes, reader: FormatReader) -> MediaLine:
    """Read the m-line `head` with its attributes; it is the `number`th of the offer whose formats `reader` reads.

    Raises:
        OfferError: it cannot be answered; the text says what is wrong and what is expected.
    """
    found = _MEDIA.fullmatch(head)
    if not found:
        raise OfferError(f"m-line {number} cannot be read; expected m=<kind> <port> <protocol> <formats>")
    kind, port, protocol, formats = found[1], int(found[2]), found[3], tuple(found[4].split())
    mid = first(among, "mid")
    if mid is None or not _TOKEN.fullmatch(mid):
        raise OfferError(f"m-line {number} has no usable a=mid; expected one of 1 to 64 letters and digits")
    _expect_few(number, formats, among)
    codecs, extensions = reader.read(formats, among)
    repairs = {repair: repaired for repaired, repair in _repairs(among)}
    return MediaLine(
        mid=mid,
        kind=kind,
        protocol=protocol,
        formats=formats,
        direction=next((name for name in among if name in DIRECTIONS), "sendrecv"),
        stopped=port == 0 and first(among, "bundle-only") is None,
        codecs=codecs,
        extensions=extensions,
        ssrcs=_ssrcs(among, repairs),
        repair_ssrcs=repairs,
        layers=_layers(among),
    )


def _expect_few(number: int, formats: Sequence[str], among: Attributes) -> None:
    if len(formats) > MAX_FORMATS:
        raise OfferError(f"m-line {number} has {len(formats)} formats; at most {MAX_FORMATS} are read")
    if not formats or not all(_TOKEN.fullmatch(f) for f in formats):
        raise OfferError(f"m-line {number} has formats that cannot be read")
    for name, most in MAX_ATTRIBUTE_LINES.items():
        if (count := len(among.get(name, ()))) > most:
            raise OfferError(f"m-line {number} has {count} lines a={name}; at most {most} are read")


def _codecs(formats: Sequence[str], among: Attributes) -> tuple[Codec, ...]:
    # Backwards, so that the first of a kind stands in the end.
    maps = {m[1]: m for v in reversed(among.get("rtpmap", ())) if (m := _RTPMAP.fullmatch(v))}
    parameters = dict(v.partition(" ")[::2] for v in reversed(among.get("fmtp", ())))
    feedback: dict[str, set[str]] = {}
    for value in among.get("rtcp-fb", ()):
        payload_type, _, kind = value.partition(" ")
        feedback.setdefault(payload_type, set()).add(" ".join(kind.lower().split(None, 2)))
    for_all = frozenset(feedback.get("*", ()))
    return tuple(
        Codec(
            payload_type=int(f),
            name=maps[f][2].lower(),
            clock_rate=int(maps[f][3]),
            channels=int(maps[f][4] or 1),
            parameters=_parameters(parameters.get(f, "")),
            feedback=for_all.union(feedback.get(f, ())),
        )
        for f in dict.fromkeys(formats)
        # With the marker bit set, 64 to 95 look like RTCP on a port that carries both (RFC 5761 section 4).
        if f in maps and (int(f) < 64 or 95 < int(f) < 128)
    )


def _parameters(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(";", MAX_PARAMETERS)[:MAX_PARAMETERS])
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _extensions(among: Attributes) -> dict[str, Extension]:
    found: dict[str, Extension] = {}
    ids: set[int] = set()
    for m in filter(None, map(_EXTMAP.fullmatch, among.get("extmap", ()))):
        # 0 pads, 15 ends, what is beyond needs headers of two bytes.
        if 0 < (number := int(m[1])) < 15 and number not in ids and m[3] not in found:
            ids.add(number)
            found[m[3]] = Extension(number, m[2] or "")
    return found


def _ssrcs(among: Attributes, repairs: Collection[int]) -> tuple[int, ...]:
    named = [int(m[1]) for v in among.get("ssrc", ()) if (m := _SSRC.fullmatch(v))]
    return tuple(s for s in dict.fromkeys(named) if 0 < s < 1 << 32 and s not in repairs)


def _repairs(among: Attributes) -> Iterator[tuple[int, int]]:
    """(stream, its repair stream) of each group that says so (RFC 5576 section 4.2)."""
    for m in filter(None, map(_REPAIR.fullmatch, among.get("ssrc-group", ()))):
        repaired, repair = int(m[1]), int(m[2])
        if 0 < repaired < 1 << 32 and 0 < repair < 1 << 32 and repaired != repair:
            yield repaired, repair


def _layers(among: Attributes) -> tuple[str, ...]:
    """The rids of `a=simulcast:send` that are declared. Of alternatives the first counts; paused ones may start."""
    declared = {m[1] for v in among.get("rid", ()) if (m := _RID.fullmatch(v))}
    words = (first(among, "simulcast") or "")[:MAX_SIMULCAST_CHARS].split()
    sent = dict(zip(words[::2], words[1::2], strict=False)).get("send", "")
    rids = (layer.split(",")[0].removeprefix("~") for layer in sent.split(";"))
    return tuple(rid for rid in dict.fromkeys(rids) if rid in declared)
