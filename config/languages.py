"""The channels, the booths that interpret into them, and the texts in several languages.

A channel is a language that listeners may choose besides the floor. Its id is its tag as in `languages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from config.faults import Faults, KeyPath, shown, unknown
from config.model import Booth
from config.names import id_fault, reserved_fault, spoken_name
from config.schema import BoothPart, EventFile, is_language

MAX_CHANNELS = 32
"""As many as the largest conference systems have."""
MAX_BOOTHS = 32
DEFAULT_SEATS = 2
MAX_PRESETS = 100

PAGE_LANGUAGES = ("en", "de", "ja")
"""The languages that the pages come in."""
CUES = ("slower", "louder", "repeat", "wrap-up", "two-minutes")
"""Texts that every page knows, for cues and messages. A preset of the same id replaces the words of one."""


@lru_cache(maxsize=4096)
def same_language(one: str, other: str) -> bool:
    """Whether two BCP 47 tags name the same language: `de-AT` is `de`. Only the primary subtags are compared."""
    return one.partition("-")[0].lower() == other.partition("-")[0].lower()


def channel_of(channels: Iterable[str], language: str) -> str | None:
    """The channel of a language, or None if there is none."""
    return next((channel for channel in channels if same_language(channel, language)), None)


@dataclass(frozen=True)
class Channels:
    """The channels of an event. Made of a faulty file too, so that the rest can be checked against them."""

    ids: tuple[str, ...]
    faults: Faults

    def channel(self, path: KeyPath, written: str) -> str | None:
        """The channel of the language written at `path`, or None. A language without a channel is a fault."""
        found = channel_of(self.ids, written)
        if found is None and not self.faults.is_faulty(("languages",)):
            if self.ids:
                what = unknown("channel", written, {id: id for id in self.ids})
            else:
                what = f"the event has no channels; add `languages: [{shown(written)}]` to the file"
            self.faults.add(path, what)
        return found


def read_channels(written: tuple[str, ...], faults: Faults) -> Channels:
    path: KeyPath = ("languages",)
    ids: list[str] = []
    for i, language in enumerate(written[:MAX_CHANNELS]):
        if (other := channel_of(ids, language)) is None:
            ids.append(language)
        elif other == language:
            faults.add((*path, i), f"`{language}` is named twice; keep one of them")
        else:
            what = f"`{language}` and `{other}` are the same language here; keep one of them"
            faults.add((*path, i), what)
    if len(written) > MAX_CHANNELS:
        faults.add((*path, MAX_CHANNELS), f"at most {MAX_CHANNELS} languages fit; leave some out")
    return Channels(tuple(ids), faults)


# Booths -----------------------------------------------------------------------------------------------------


def read_booths(
    parts: Mapping[str, BoothPart | None],
    channels: Channels,
    places: Mapping[str, str],
    faults: Faults,
) -> Mapping[str, Booth]:
    """The booths by id. `places` are the ids that are taken, each with the kind of its place."""
    if parts and not channels.ids and not faults.is_faulty(("languages",)):
        spoken = dict.fromkeys(tag for part in parts.values() if part for tag in part.languages or ())
        example = ", ".join(spoken) or "de, ja"
        what = f"a booth needs channels to speak into; add `languages: [{example}]` to the file"
        faults.add(("interpreters",), what, at_key=True)
    if len(parts) > MAX_BOOTHS:
        faults.add(("interpreters",), f"at most {MAX_BOOTHS} booths fit; leave some out")
    booths = (_booth(id, part or BoothPart(), channels, places, faults) for id, part in parts.items())
    return MappingProxyType({booth.id: booth for booth in booths if booth is not None})


def _booth(
    id: str, part: BoothPart, channels: Channels, places: Mapping[str, str], faults: Faults
) -> Booth | None:
    """The booth, or None if its languages are faulty."""
    path: KeyPath = ("interpreters", id)
    if what := id_fault(id) or reserved_fault(id):
        faults.add(path, what, at_key=True)
    elif id in places:
        faults.add(path, f"there is a {places[id]} `{id}` already; choose another id", at_key=True)
    languages = _pair((*path, "languages"), part.languages, channels, faults)
    if languages is None:
        return None
    return Booth(id, part.name or spoken_name(id), languages, part.seats or DEFAULT_SEATS)


def _pair(
    path: KeyPath, written: tuple[str, ...] | None, channels: Channels, faults: Faults
) -> tuple[str, str] | None:
    """The two channels of a booth, or None if they are faulty."""
    match written:
        case None:
            faults.missing_key(path)
        case (one, other) if same_language(one, other):
            faults.add((*path, 1), f"a booth has two different languages; {_another(channels, one)}")
        case (one, other):
            found = channels.channel((*path, 0), one), channels.channel((*path, 1), other)
            if found[0] is not None and found[1] is not None:
                return found[0], found[1]
        case (one,):
            faults.add(
                path, f"a booth has two languages and interprets either way; {_another(channels, one)}"
            )
        case ():
            faults.add(path, "a booth has two languages and interprets either way; name both")
        case _:
            what = f"a booth has two languages, not {len(written)}; make another booth for the others"
            faults.add(path, what)
    return None


def _another(channels: Channels, language: str) -> str:
    """A pair of this language and another channel, as the remedy of a fault."""
    others = (channel for channel in channels.ids if not same_language(channel, language))
    other = next(others, None)
    return "name a second one" if other is None else f"write for example `[{language}, {other}]`"


# Presets ----------------------------------------------------------------------------------------------------


def read_presets(file: EventFile, known: Iterable[str], faults: Faults) -> Mapping[str, Mapping[str, str]]:
    """The presets: by id, and by language.

    Args:
        known: the languages of the event. Those of the pages are known besides.
    """
    at: KeyPath = ("event", "presets")
    languages = dict.fromkeys((*known, *PAGE_LANGUAGES))
    presets = (file.event.presets if file.event else None) or {}
    if len(presets) > MAX_PRESETS:
        faults.add(at, f"at most {MAX_PRESETS} presets fit; leave some out")
    for id, texts in presets.items():
        if what := id_fault(id):
            faults.add((*at, id), what, at_key=True)
        elif not texts:
            example = f"`{id}: {{{next(iter(languages))}: …}}`"
            faults.add(
                (*at, id), f"this preset has no text; write it in at least one language, as in {example}"
            )
        for language in texts or ():
            _check_preset_language((*at, id, language), language, languages, faults)
    return MappingProxyType({id: MappingProxyType(dict(texts or {})) for id, texts in presets.items()})


def _check_preset_language(path: KeyPath, language: str, known: Iterable[str], faults: Faults) -> None:
    if not is_language(language) or channel_of(known, language) is None:
        faults.add(path, unknown("language", language, {tag: tag for tag in known}), at_key=True)
