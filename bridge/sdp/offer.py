"""Parses the SDP offer (RFC 8866, and RFC 8829 for the form that browsers give it).

It keeps only what an answer needs and skips what it does not know. If something needed is missing, an `OfferError` says
what is wrong and what is expected. Every count has a limit. `bridge.sdp.mline` parses the m-lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.engine import OfferError
from bridge.sdp.mline import (
    Attributes,
    FormatReader,
    MediaLine,
    first_value,
    parse_attributes,
    parse_media_line,
)

MAX_SDP_CHARS = 450_000
"""Characters of an offer. Chromium 156 sends 53,500 without and 61,600 with a source, and 4,980 for each multiview
picture: 373,400 for a moderator with the 64 of the largest event."""
MAX_SDP_LINES = 14_000
"""Lines of an offer. Chromium 156 sends 1,760 without and 1,970 with a source, and 166 for each multiview picture:
12,420 for 64."""
MAX_LINE_CHARS = 8192
"""Characters of one line. The longest is a=group:BUNDLE: 6,250 with 96 mids of 64."""
MAX_MEDIA_LINES = 96
"""Three sent, nineteen received, and for a moderator one for each source, of which an event has 64 at most."""
MAX_FINGERPRINTS = 16
"""Browsers send one."""
DIGEST_BYTES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
"""Supported fingerprint algorithms."""

_ICE_CHARS = re.compile(r"[A-Za-z0-9+/=_-]{4,256}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SdpOffer:
    """The parts of an offer that its answer needs."""

    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    """(algorithm in lower case, value in upper case)."""
    lines: tuple[MediaLine, ...]


def parse_offer(text: str) -> SdpOffer:
    """Parse an offer.

    Raises:
        OfferError: it cannot be answered. The text says what is wrong and what is expected.
    """
    session, *sections = _sections(text)
    if not sections:
        raise OfferError("the offer has no m-line; expected one for each stream sent or received")
    if len(sections) > MAX_MEDIA_LINES:
        raise OfferError(f"the offer has {len(sections)} m-lines; at most {MAX_MEDIA_LINES} are answered")
    shared = parse_attributes(session)
    media = [parse_attributes(section) for section in sections]
    reader = FormatReader()
    lines = tuple(
        parse_media_line(i, section[0], attributes, reader)
        for i, (section, attributes) in enumerate(zip(sections, media, strict=True), 1)
    )
    tagged = _tagged_line(shared, lines)
    is_muxed = _is_muxed(lines, media, tagged)
    for i, (line, attributes) in enumerate(zip(lines, media, strict=True), 1):
        if _carries_rtp(line):
            _check_rtp(i, line, is_muxed or first_value(attributes, "rtcp-mux") is not None)
    transport = {**shared, **media[lines.index(tagged)]}
    setup = first_value(transport, "setup") or "actpass"
    if setup not in ("actpass", "active"):
        raise OfferError(f"a=setup:{setup[:32]}: the bridge is the DTLS server; expected actpass or active")
    return SdpOffer(
        ufrag=_credential(transport, "ice-ufrag", 4),
        password=_credential(transport, "ice-pwd", 22),
        fingerprints=_fingerprints(transport),
        lines=lines,
    )


def _sections(text: str) -> list[list[str]]:
    """The session's lines, then those of each m-line, beginning with the m-line itself.

    Raises:
        OfferError: one of the limits is exceeded.
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


def _tagged_line(shared: Attributes, lines: Sequence[MediaLine]) -> MediaLine:
    """The m-line whose transport all others use: the first of the BUNDLE group (RFC 9143)."""
    mids = {line.mid: line for line in lines}
    if len(mids) < len(lines):
        mid, _ = Counter(line.mid for line in lines).most_common(1)[0]
        raise OfferError(f"two m-lines have a=mid:{mid}; each needs a mid of its own")
    group = next((value for value in shared.get("group", ()) if value.startswith("BUNDLE")), None)
    if group is None:
        raise OfferError(
            "the offer has no a=group:BUNDLE; expected every m-line in one group, since there is one port"
        )
    # A dict, since the group may repeat a mid thousands of times.
    bundled = dict.fromkeys(mid for mid in group.split()[1:] if mid in mids)
    unbundled = [line.mid for line in lines if line.mid not in bundled and not line.is_rejected]
    if unbundled or not bundled:
        raise OfferError(
            f"a=group:BUNDLE leaves out mid {', '.join(unbundled[:5])}; expected every m-line in it"
        )
    return mids[next(iter(bundled))]


def _carries_rtp(line: MediaLine) -> bool:
    return line.kind in ("audio", "video") and not line.is_rejected


def _is_muxed(lines: Sequence[MediaLine], media: Sequence[Attributes], tagged: MediaLine) -> bool:
    """Whether the BUNDLE group multiplexes RTP and RTCP.

    A bundle-only m-line need not say so, and in a later offer only the tagged one does (RFC 9143 sections 7.1.3 and
    9.3). If the tagged one is a data channel, the first RTP m-line counts instead.
    """
    rtp = [i for i, line in enumerate(lines) if _carries_rtp(line)]
    if lines.index(tagged) in rtp:
        rtp = [lines.index(tagged)]
    return bool(rtp) and first_value(media[rtp[0]], "rtcp-mux") is not None


def _check_rtp(number: int, line: MediaLine, is_muxed: bool) -> None:
    if not line.protocol.endswith("/RTP/SAVPF"):
        raise OfferError(
            f"m-line {number} has protocol {line.protocol}; expected UDP/TLS/RTP/SAVPF, since media must be encrypted"
        )
    if not is_muxed:
        raise OfferError(
            f"neither m-line {number} nor the first of its BUNDLE group has a=rtcp-mux; "
            "expected it, since RTP and RTCP share one port"
        )


def _credential(transport: Attributes, name: str, min_chars: int) -> str:
    value = first_value(transport, name) or ""
    if len(value) < min_chars or not _ICE_CHARS.fullmatch(value):
        raise OfferError(f"the offer has no usable a={name}; expected {min_chars} to 256 letters and digits")
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
        octets = DIGEST_BYTES.get(algorithm)
        if octets and re.fullmatch(rf"[0-9a-f]{{2}}(:[0-9a-f]{{2}}){{{octets - 1}}}", digest):
            found.append((algorithm, digest.upper()))
    if not found:
        raise OfferError("the offer has no usable a=fingerprint; expected one by sha-256, sha-384 or sha-512")
    return tuple(dict.fromkeys(found))
