"""The offer as it comes in (RFC 8866, and RFC 8829 for what browsers make of it): read leniently, refused in
words.

Only what an answer needs is kept. What cannot be understood and is not needed is passed over; what is needed
and is not there makes an `OfferError` that says what is wrong and what would be right. Every count is
bounded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.engine import OfferError

MAX_TEXT = 400_000
"""Characters: 80 m-lines of 5000. Chromium's offer of 30 m-lines has about 100 000."""
MAX_LINES = 80
"""m-lines: two sent, seven received, and for a moderator one more a source, of which an event has 64 at most."""
MAX_FORMATS = 128
"""Payload types of one m-line; there are no more."""
MAX_STREAMS = 16
"""SSRCs or layers of one m-line."""

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
DIGESTS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
"""Fingerprint algorithms that can be checked, and their bytes."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}", re.ASCII)
_ICE = re.compile(r"[A-Za-z0-9+/=_-]{4,256}", re.ASCII)
_MEDIA = re.compile(r"m=([a-z]{1,32}) (\d{1,5})(?:/\d+)? ([A-Z/]{1,64}) (.{1,4096})", re.ASCII)
_RTPMAP = re.compile(r"(\d{1,3}) ([\w.-]{1,32})/(\d{1,7})(?:/(\d{1,2}))?", re.ASCII)
_SSRC = re.compile(r"(\d{1,10}) ", re.ASCII)
_REPAIR = re.compile(r"(?:FID|FEC-FR) \d{1,10} (\d{1,10})", re.ASCII)
_EXTMAP = re.compile(r"(\d{1,3})(?:/[a-z]+)? (\S{1,256})", re.ASCII)

Attributes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type."""

    payload_type: int
    name: str
    """In small letters: vp8, opus, rtx."""
    clock_rate: int
    channels: int
    parameters: Mapping[str, str]
    """The fmtp line."""
    feedback: frozenset[str]
    """The rtcp-fb lines: "nack", "nack pli", "ccm fir"."""


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
    extensions: Mapping[str, int]
    """Header extensions: URI to id."""
    ssrcs: tuple[int, ...]
    """What it sends, repair streams left out; empty where that is not said."""
    layers: tuple[str, ...]
    """The rids it would send as simulcast, best first as a rule."""

    @property
    def sends(self) -> bool:
        """Whether the offerer would send in it."""
        return self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        """Whether the offerer would receive in it."""
        return self.direction in ("sendrecv", "recvonly")

    def codec(self, name: str, clock_rate: int) -> Codec | None:
        """The first of that name and rate."""
        return next((c for c in self.codecs if c.name == name and c.clock_rate == clock_rate), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """What an answer has to know of an offer."""

    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    """As (algorithm, value) in small and capital letters."""
    lines: tuple[MediaLine, ...]


def parse_offer(text: str) -> Offer:
    """Read an offer.

    Raises:
        OfferError: it cannot be answered; the text says what is wrong and what is expected.
    """
    if len(text) > MAX_TEXT:
        raise OfferError(f"the offer has {len(text)} characters; at most {MAX_TEXT} are read")
    session, *sections = _sections(text)
    if not sections:
        raise OfferError("the offer has no m-line; expected one for each stream sent or received")
    if len(sections) > MAX_LINES:
        raise OfferError(f"the offer has {len(sections)} m-lines; at most {MAX_LINES} are answered")
    shared = _attributes(session)
    media = [_attributes(section) for section in sections]
    lines = tuple(_media_line(i, s[0], a) for i, (s, a) in enumerate(zip(sections, media, strict=True), 1))
    tagged = _bundle(shared, lines)
    for i, (line, attributes) in enumerate(zip(lines, media, strict=True), 1):
        if line.kind in ("audio", "video") and not line.stopped:
            _expect_rtp(i, line, attributes)
    transport = [*media[lines.index(tagged)], *shared]
    setup = _first(transport, "setup") or "actpass"
    if setup not in ("actpass", "active"):
        raise OfferError(f"a=setup:{setup[:32]}: the bridge is the DTLS server; expected actpass or active")
    return Offer(
        ufrag=_credential(transport, "ice-ufrag", 4),
        password=_credential(transport, "ice-pwd", 22),
        fingerprints=_fingerprints(transport),
        lines=lines,
    )


def _sections(text: str) -> list[list[str]]:
    """The session's lines, then those of each m-line, which comes first in its own."""
    sections: list[list[str]] = [[]]
    for line in re.split(r"\r?\n", text):
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def _attributes(section: Sequence[str]) -> Attributes:
    found = (line[2:].partition(":") for line in section if line.startswith("a="))
    return [(name, value.strip()) for name, _, value in found]


def _all(attributes: Attributes, name: str) -> Iterator[str]:
    return (value for n, value in attributes if n == name)


def _first(attributes: Attributes, name: str) -> str | None:
    return next(_all(attributes, name), None)


# The session --------------------------------------------------------------------------------------


def _bundle(shared: Attributes, lines: Sequence[MediaLine]) -> MediaLine:
    """The m-line whose transport all share (RFC 9143: the first of the BUNDLE group)."""
    mids = {line.mid: line for line in lines}
    if len(mids) < len(lines):
        double, _ = Counter(line.mid for line in lines).most_common(1)[0]
        raise OfferError(f"two m-lines have a=mid:{double}; each needs a mid of its own")
    groups = [value.split()[1:] for value in _all(shared, "group") if value.split()[:1] == ["BUNDLE"]]
    if not groups:
        raise OfferError(
            "the offer has no a=group:BUNDLE; expected every m-line in one group: there is one port"
        )
    bundled = [mid for mid in groups[0] if mid in mids]
    loose = [line.mid for line in lines if line.mid not in bundled and not line.stopped]
    if loose or not bundled:
        raise OfferError(f"a=group:BUNDLE leaves out mid {', '.join(loose)}; expected every m-line in it")
    return mids[bundled[0]]


def _expect_rtp(number: int, line: MediaLine, attributes: Attributes) -> None:
    if not line.protocol.endswith("/RTP/SAVPF"):
        raise OfferError(
            f"m-line {number} speaks {line.protocol}; expected UDP/TLS/RTP/SAVPF: media is encrypted here"
        )
    if _first(attributes, "rtcp-mux") is None:
        raise OfferError(f"m-line {number} has no a=rtcp-mux; RTP and RTCP share one port here")


def _credential(transport: Attributes, name: str, shortest: int) -> str:
    value = _first(transport, name) or ""
    if len(value) < shortest or not _ICE.fullmatch(value):
        raise OfferError(f"the offer has no usable a={name}; expected {shortest} to 256 letters and digits")
    return value


def _fingerprints(transport: Attributes) -> tuple[tuple[str, str], ...]:
    found = []
    for value in _all(transport, "fingerprint"):
        algorithm, _, digest = value.lower().partition(" ")
        octets = DIGESTS.get(algorithm)
        if octets and re.fullmatch(rf"[0-9a-f]{{2}}(:[0-9a-f]{{2}}){{{octets - 1}}}", digest):
            found.append((algorithm, digest.upper()))
    if not found:
        raise OfferError("the offer has no usable a=fingerprint; expected one by sha-256, sha-384 or sha-512")
    return tuple(dict.fromkeys(found))[:MAX_STREAMS]


# An m-line ----------------------------------------------------------------------------------------


def _media_line(number: int, head: str, attributes: Attributes) -> MediaLine:
    found = _MEDIA.fullmatch(head)
    if not found:
        raise OfferError(f"m-line {number} cannot be read; expected m=<kind> <port> <protocol> <formats>")
    kind, port, protocol, formats = found[1], int(found[2]), found[3], tuple(found[4].split())
    mid = _first(attributes, "mid")
    if mid is None or not _TOKEN.fullmatch(mid):
        raise OfferError(f"m-line {number} has no usable a=mid; expected one of 1 to 64 letters and digits")
    if len(formats) > MAX_FORMATS:
        raise OfferError(f"m-line {number} has {len(formats)} formats; at most {MAX_FORMATS} are read")
    if not all(_TOKEN.fullmatch(f) for f in formats):
        raise OfferError(f"m-line {number} (mid {mid}) has formats that cannot be read")
    return MediaLine(
        mid=mid,
        kind=kind,
        protocol=protocol,
        formats=formats,
        direction=next((name for name, _ in attributes if name in DIRECTIONS), "sendrecv"),
        stopped=port == 0 and _first(attributes, "bundle-only") is None,
        codecs=_codecs(formats, attributes),
        extensions={m[2]: int(m[1]) for v in _all(attributes, "extmap") if (m := _EXTMAP.fullmatch(v))},
        ssrcs=_ssrcs(attributes),
        layers=_layers(attributes),
    )


def _codecs(formats: Sequence[str], attributes: Attributes) -> tuple[Codec, ...]:
    maps = {m[1]: m for v in _all(attributes, "rtpmap") if (m := _RTPMAP.fullmatch(v))}
    parameters = dict(v.partition(" ")[::2] for v in _all(attributes, "fmtp"))
    feedback: dict[str, set[str]] = {}
    for value in _all(attributes, "rtcp-fb"):
        payload_type, _, kind = value.partition(" ")
        feedback.setdefault(payload_type, set()).add(" ".join(kind.lower().split()))
    return tuple(
        Codec(
            payload_type=int(f),
            name=maps[f][2].lower(),
            clock_rate=int(maps[f][3]),
            channels=int(maps[f][4] or 1),
            parameters=_parameters(parameters.get(f, "")),
            feedback=frozenset(feedback.get(f, set()) | feedback.get("*", set())),
        )
        for f in dict.fromkeys(formats)
        if f in maps and int(f) < 128
    )


def _parameters(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _ssrcs(attributes: Attributes) -> tuple[int, ...]:
    named = [int(m[1]) for v in _all(attributes, "ssrc") if (m := _SSRC.match(v))]
    repair = {int(m[1]) for v in _all(attributes, "ssrc-group") if (m := _REPAIR.fullmatch(v))}
    return tuple(s for s in dict.fromkeys(named) if 0 < s < 1 << 32 and s not in repair)[:MAX_STREAMS]


def _layers(attributes: Attributes) -> tuple[str, ...]:
    rids = [v.split()[0] for v in _all(attributes, "rid") if v.split()[1:2] == ["send"]]
    return tuple(r for r in dict.fromkeys(rids) if _TOKEN.fullmatch(r))[:MAX_STREAMS]
