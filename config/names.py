"""Ids: their form, how one is made from a title, and the ways to write a source; and people's names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from itertools import pairwise

from config.model import HOST, SLATE

ID_PATTERN = r"[a-z0-9-]{1,63}"
"""Ids of venues, inputs, guests, booths, items and presets."""

RESERVED_IDS = {
    SLATE: "the holding picture",
    HOST: "the host venue",
    **dict.fromkeys(
        ("moderator", "viewer", "stage", "interpreter", "venue", "guest", "metrics"), "a role of links"
    ),
    "all": "everybody",
    "desk": "the moderators",
    "speaker": "the places on air",
    "technicians": "all venues",
    "booths": "all booths",
}
"""Ids that no venue, guest or booth may have: they mean something else as a source, in `schalte links --id` and
`--revoke`, or as the recipient of a message. An input is never written alone (`tokio/stage`), so it may have any id."""

MAX_NAME_CHARS = 40
"""Characters of a person's name, as moderators choose it, and interpreters for a seat."""
_NOT_SEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories of characters that are not seen, or change how others are seen (bidirectional overrides)."""

_ID = re.compile(ID_PATTERN)
_FOLD = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ł": "l", "đ": "d"}
)


def slug(text: str) -> str:
    """A text as an id: `Begrüßung & Dank` is `begruessung-dank`. Empty if the text has no Latin letter or digit."""
    folded = unicodedata.normalize("NFC", text).lower().translate(_FOLD)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode("ascii")
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words)[:48].strip("-")


def id_fault(text: str) -> str | None:
    """The fault of an id, or None."""
    if _ID.fullmatch(text):
        return None
    near = f"; did you mean `{near}`?" if (near := slug(text[:300])) else ""
    return f"an id is made of a–z, 0–9 and -, at most 63 of them{near}"


def reserved_fault(id: str) -> str | None:
    """The fault of an id that a venue, guest or booth may not have, or None."""
    meaning = RESERVED_IDS.get(id)
    return None if meaning is None else f"`{id}` is reserved for {meaning}; choose another id"


def is_seat_name(text: str) -> bool:
    """Whether a booth's seat may have this name. Its source is `booth/seat`, so it has no slash."""
    return is_person_name(text) and "/" not in text


def is_person_name(text: str) -> bool:
    """Whether a person may have this name. Two names that look alike would be two people, so a name has no invisible
    characters, no outer spaces and no two in a row, and the composed form of letters (NFC)."""
    return (
        1 <= len(text) <= MAX_NAME_CHARS
        and not any(unicodedata.category(c) in _NOT_SEEN for c in text)
        and text == text.strip()
        and not any(a.isspace() and b.isspace() for a, b in pairwise(text))
        and unicodedata.is_normalized("NFC", text)
    )


def spoken_name(id: str) -> str:
    """An id as a name for people: `new-york` is New York."""
    return id.replace("-", " ").title()


def item_ids(titles: Sequence[str], given: Sequence[str | None]) -> list[str]:
    """An id for every item: its own, else one made from its title, else its number; all different.

    Ids in the file are reserved first, so that no title above them can take one.
    """
    taken = {id for id in given if id}
    tried: dict[str, int] = {}
    ids: list[str] = []
    for n, (title, own) in enumerate(zip(titles, given, strict=True), start=1):
        ids.append(own or free_id(slug(title) or f"item-{n}", taken, tried))
        taken.add(ids[-1])
    return ids


def free_id(wanted: str, taken: Container[str], tried: dict[str, int]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, … that is not taken.

    Args:
        tried: by wanted id, the last number given. It is updated, so that the search does not begin at 2 for each of
            many equal ids. Ids must not leave `taken` meanwhile.
    """
    n = tried.get(wanted, 1)
    candidate = wanted if n == 1 else f"{wanted}-{n}"
    while candidate in taken:
        n += 1
        candidate = f"{wanted}-{n}"
    tried[wanted] = n
    return candidate


def source_names(inputs_by_place: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """By every way to write a source of a venue or guest, its id: `tokio/main` is `tokio`."""
    names: dict[str, str] = {}
    for place, inputs in inputs_by_place:
        names[place] = place
        for n, name in enumerate(inputs):
            names[f"{place}/{name}"] = f"{place}/{name}" if n else place
    return names
