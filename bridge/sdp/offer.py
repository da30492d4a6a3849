"""The offer as it comes in (RFC 8866, and RFC 8829 for what browsers make of it): read leniently, refused in
words.

Only what an answer needs is kept. What cannot be understood and is not needed is passed over; what is needed
and is not there makes an `OfferError` that says what is wrong and what would be right. Every count is
bounded. What one m-line says is read in `bridge.sdp.mline`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.engine import OfferError
from bridge.sdp.mline import Attributes, FormatReader, MediaLine, attributes, first, read_line

MAX_SDP_CHARS = 400_000
"""Characters of an offer. Chromium 156 sends 16,600 without and 22,500 with a source, and 5,420 for each small picture:
368,000 for the 64 of the largest event."""
MAX_SDP_LINES = 12_000
"""Lines of an offer. Chromium 156 sends 655 with a source, and 170 for each small picture: 11,500 for 64."""
MAX_LINE_CHARS = 8192
"""Characters of one line. The longest is a=group:BUNDLE with 80 mids of 64."""
MAX_MEDIA_LINES = 80
"""m-lines: two sent, seven received, and for a moderator one more a source, of which an event has 64 at most."""
MAX_FINGERPRINTS = 16
"""Lines a=fingerprint. Browsers send one."""
DIGESTS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
"""Fingerprint algorithms that can be checked, and their bytes."""

_ICE = re.compile(r"[A-Za-z0-9+/=_-]{4,256}", re.ASCII)


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
    session, *sections = _sections(text)
    if not sections:
        raise OfferError("the offer has no m-line; expected one for each stream sent or received")
    if len(sections) > MAX_MEDIA_LINES:
        raise OfferError(f"the offer has {len(sections)} m-lines; at most {MAX_MEDIA_LINES} are answered")
    shared = attributes(session)
    media = [attributes(section) for section in sections]
    reader = FormatReader()
    lines = tuple(
        read_line(i, section[0], own, reader)
        for i, (section, own) in enumerate(zip(sections, media, strict=True), 1)
    )
    tagged = _bundle(shared, lines)
    is_muxed = _is_muxed(lines, media, tagged)
    for i, (line, own) in enumerate(zip(lines, media, strict=True), 1):
        if _carries_rtp(line):
            _expect_rtp(i, line, is_muxed or first(own, "rtcp-mux") is not None)
    transport = {**shared, **media[lines.index(tagged)]}
    setup = first(transport, "setup") or "actpass"
    if setup not in ("actpass", "active"):
        raise OfferError(f"a=setup:{setup[:32]}: the bridge is the DTLS server; expected actpass or active")
    return Offer(
        ufrag=_credential(transport, "ice-ufrag", 4),
        password=_credential(transport, "ice-pwd", 22),
        fingerprints=_fingerprints(transport),
        lines=lines,
    )


def _sections(text: str) -> list[list[str]]:
    """The session's lines, then those of each m-line, which comes first in its own.

    Raises:
        OfferError: there is too much of anything. What follows may rely on these bounds.
    """
    if len(text) > MAX_SDP_CHARS:
        raise OfferError(f"the offer has {len(text)} characters; at most {MAX_SDP_CHARS} are read")
    if (count := text.count("\n")) > MAX_SDP_LINES:
        raise OfferError(f"the offer has {count} lines; at most {MAX_SDP_LINES} are read")
    all_lines = text.replace("\r\n", "\n").split("\n")
    if (longest := max(map(len, all_lines))) > MAX_LINE_CHARS:
        raise OfferError(f"the offer has a line of {longest} characters; at most {MAX_LINE_CHARS} are read")
    sections: list[list[str]] = [[]]
    for line in all_lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


# The session --------------------------------------------------------------------------------------


def _bundle(shared: Attributes, lines: Sequence[MediaLine]) -> MediaLine:
    """The m-line whose transport all share (RFC 9143: the first of the BUNDLE group)."""
    mids = {line.mid: line for line in lines}
    if len(mids) < len(lines):
        double, _ = Counter(line.mid for line in lines).most_common(1)[0]
        raise OfferError(f"two m-lines have a=mid:{double}; each needs a mid of its own")
    group = next((value for value in shared.get("group", ()) if value.startswith("BUNDLE")), None)
    if group is None:
        raise OfferError(
            "the offer has no a=group:BUNDLE; expected every m-line in one group: there is one port"
        )
    # Each once, in its order: a mid may be doubled, and the lines are looked for among them one by one.
    bundled = dict.fromkeys(mid for mid in group.split()[1:] if mid in mids)
    loose = [line.mid for line in lines if line.mid not in bundled and not line.stopped]
    if loose or not bundled:
        raise OfferError(f"a=group:BUNDLE leaves out mid {', '.join(loose[:5])}; expected every m-line in it")
    return mids[next(iter(bundled))]


def _carries_rtp(line: MediaLine) -> bool:
    return line.kind in ("audio", "video") and not line.stopped


def _is_muxed(lines: Sequence[MediaLine], media: Sequence[Attributes], tagged: MediaLine) -> bool:
    """Whether the BUNDLE group multiplexes RTP and RTCP.

    A bundle-only m-line need not say so, and in a later offer none but the tagged one does (RFC 9143 sections 7.1.3
    and 9.3). Where the tagged one is no RTP (a data channel), the first that is stands in for it.
    """
    rtp = [i for i, line in enumerate(lines) if _carries_rtp(line)]
    if lines.index(tagged) in rtp:
        rtp = [lines.index(tagged)]
    return bool(rtp) and first(media[rtp[0]], "rtcp-mux") is not None


def _expect_rtp(number: int, line: MediaLine, is_muxed: bool) -> None:
    if not line.protocol.endswith("/RTP/SAVPF"):
        raise OfferError(
            f"m-line {number} speaks {line.protocol}; expected UDP/TLS/RTP/SAVPF: media is encrypted here"
        )
    if not is_muxed:
        raise OfferError(
            f"neither m-line {number} nor the first of its BUNDLE group has a=rtcp-mux; "
            "RTP and RTCP share one port here"
        )


def _credential(transport: Attributes, name: str, shortest: int) -> str:
    value = first(transport, name) or ""
    if len(value) < shortest or not _ICE.fullmatch(value):
        raise OfferError(f"the offer has no usable a={name}; expected {shortest} to 256 letters and digits")
    return value


def _fingerprints(transport: Attributes) -> tuple[tuple[str, str], ...]:
    found = []
    values = transport.get("fingerprint", ())
    if len(values) > MAX_FINGERPRINTS:
        raise OfferError(
            f"the offer has {len(values)} lines a=fingerprint; at most {MAX_FINGERPRINTS} are read"
        )
    for value in values:
        algorithm, _, digest = value.lower().partition(" ")
        octets = DIGESTS.get(algorithm)
        if octets and re.fullmatch(rf"[0-9a-f]{{2}}(:[0-9a-f]{{2}}){{{octets - 1}}}", digest):
            found.append((algorithm, digest.upper()))
    if not found:
        raise OfferError("the offer has no usable a=fingerprint; expected one by sha-256, sha-384 or sha-512")
    return tuple(dict.fromkeys(found))
