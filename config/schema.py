"""The schema of the event file: its keys, and the forms of their values.

Values are checked one by one here; `resolve` and `plan` compare them. The models accept a file without its required
keys, which `required` names, so that a file with one fault can be checked for more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from config import times
from config.faults import CodedFault, FaultCode, nearest, shown, unknown
from config.model import MAX_PICTURES, MAX_SEATS, Advance, Follow, ItemType, Layout
from config.names import ID_PATTERN, id_fault
from config.yamltext.lookalikes import lookalike_fault, normalized

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


# Values ---------------------------------------------------------------------------------------


def _parsed_text(parse: Callable[[str], T]) -> PlainValidator:
    """A validator that passes the text to `parse`, which raises ValueError with a sentence for people."""

    def read(value: object) -> T:
        if not isinstance(value, str):
            found = (
                "a list" if isinstance(value, list) else "nothing" if value is None else "keys with values"
            )
            raise ValueError(f"a single value is expected here, not {found}")
        return parse(value.strip())

    return PlainValidator(read)


def _parsed_word(parse: Callable[[str], T], code: FaultCode | None = None) -> PlainValidator:
    """As `_parsed_text`, for a value that is not free text. An invisible or lookalike character in it is a fault.

    `code` is that of a value which `parse` does not understand.
    """

    def read(text: str) -> T:
        try:
            return parse(text)
        except ValueError as fault:
            why = lookalike_fault(text)
            if why is None:
                raise
            try:
                parse(normalized(text))
            except ValueError:
                raise ValueError(f"{fault} ({why})") from None
            raise ValueError(why) from None

    def read_with_code(text: str) -> T:
        try:
            return read(text)
        except ValueError as fault:
            if code is None:
                raise
            raise CodedFault(str(fault), code) from None

    return _parsed_text(read_with_code)


def _source(text: str) -> str:
    if why := lookalike_fault(text):
        raise ValueError(why)
    return _line(127)(text)


def _printable(text: str, most: int) -> str:
    if not text:
        raise CodedFault("this is empty; write something or leave the key out", "empty")
    if len(text) > most:
        raise ValueError(f"{len(text)} characters are too many; at most {most} fit")
    if bad := next((c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cs")), None):
        raise ValueError(f"the character U+{ord(bad):04X} cannot be shown; leave it out")
    return text


def _line(most: int) -> Callable[[str], str]:
    return lambda text: _printable(" ".join(text.split()), most)


def _note(text: str) -> str:
    return _printable(text.replace("\t", " "), 10_000) if text else ""


def _id(text: str) -> str:
    if fault := id_fault(text):
        raise ValueError(fault)
    return text


def _choice(kind: type[Choice], noun: str) -> Callable[[str], Choice]:
    def parse(text: str) -> Choice:
        if text not in list(kind):
            raise ValueError(unknown(noun, text, {str(c): str(c) for c in kind}))
        return kind(text)

    return parse


def _flag(text: str) -> bool:
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    likely = {
        **dict.fromkeys(("yes", "on", "ja", "y", "1"), "true"),
        **dict.fromkeys(("no", "off", "nein", "n", "0"), "false"),
    }
    near = likely.get(text.lower())
    hint = f"did you mean `{near}`?" if near else "write `true` or `false`"
    raise ValueError(f"`{shown(text)}` is neither true nor false; {hint}")


def is_language(text: str) -> bool:
    """Whether a text has the form of a language tag: de, pt-BR."""
    return re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", text) is not None


def _language(text: str) -> str:
    if is_language(text):
        return text
    raise ValueError(f"`{shown(text)}` is not a language; write a tag such as de, ja, en or pt-BR")


_ZONE_HINTS = {"JST": "Asia/Tokyo", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "CEST": "Europe/Berlin"}


@cache
def _zones() -> dict[str, str]:
    """Every zone, by its name and by its city: `Tokyo` is `Asia/Tokyo`."""
    names = sorted(available_timezones())
    cities = {name.rpartition("/")[2]: name for name in names if "/" in name and not name.startswith("Etc/")}
    return cities | _ZONE_HINTS | {name: name for name in names}


def _zone(text: str) -> ZoneInfo:
    if _zones().get(text) == text:
        return ZoneInfo(text)
    if near := nearest(text, _zones()):
        raise ValueError(f"unknown time zone `{shown(text)}`; did you mean `{near}`?")
    raise ValueError(f"unknown time zone `{shown(text)}`; write an IANA name such as Europe/Berlin")


def _length(text: str) -> times.Duration:
    length = times.parse_duration(text)
    if not length:
        raise ValueError(
            "a length of 0 is no length; write at least 1s, or leave the item out with `skip: true`"
        )
    return length


def _seats(text: str) -> int:
    if text in map(str, range(1, MAX_SEATS + 1)):
        return int(text)
    raise ValueError(f"`{shown(text)}` is no number of seats; a booth has 1 to {MAX_SEATS}")


Title = Annotated[str, _parsed_text(_line(300)), WithJsonSchema({"type": "string", "maxLength": 300})]
Name = Annotated[str, _parsed_text(_line(100)), WithJsonSchema({"type": "string", "maxLength": 100})]
PresetText = Annotated[str, _parsed_text(_line(500)), WithJsonSchema({"type": "string", "maxLength": 500})]
Notes = Annotated[str, _parsed_text(_note), WithJsonSchema({"type": "string"})]
Id = Annotated[str, _parsed_word(_id), WithJsonSchema({"type": "string", "pattern": f"^{ID_PATTERN}$"})]
Language = Annotated[
    str, _parsed_word(_language), WithJsonSchema({"type": "string", "examples": ["de", "ja", "en"]})
]
Zone = Annotated[
    ZoneInfo,
    _parsed_word(_zone),
    WithJsonSchema({"type": "string", "examples": ["Europe/Berlin", "Asia/Tokyo"]}),
]
Day = Annotated[
    date, _parsed_word(times.parse_date), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"})
]
Time = Annotated[
    times.WrittenTime,
    _parsed_word(times.parse_time, "not-a-time"),
    WithJsonSchema({"type": "string", "examples": ["10:00", "2018-09-15T10:00:00+02:00"]}),
]
Length = Annotated[
    times.Duration,
    _parsed_word(_length, "not-a-length"),
    WithJsonSchema({"type": "string", "examples": ["90s", "15m", "1h30m", "00:15:00"]}),
]
TimeLeft = Annotated[
    times.Duration,
    _parsed_word(times.parse_duration, "not-a-length"),
    WithJsonSchema({"type": "string", "examples": ["2m", "30s"]}),
]
Flag = Annotated[bool, _parsed_word(_flag), WithJsonSchema({"type": "boolean"})]
Seats = Annotated[
    int, _parsed_word(_seats), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_SEATS})
]
Source = Annotated[
    str,
    _parsed_word(_source),
    WithJsonSchema({"type": "string", "examples": ["krefeld", "tokio/lectern", "slate"]}),
]


def _one_of(kind: type[StrEnum]) -> WithJsonSchema:
    return WithJsonSchema({"enum": [str(c) for c in kind]})


# The file ---------------------------------------------------------------------------------------------------


class Part(BaseModel):
    """A mapping of the file. Unknown keys are faults. A key without a value counts as absent."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
        populate_by_name=False,
    )
    required: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler.resolve_ref_schema(handler(schema))
        if cls.required:
            written["required"] = list(cls.required)
        return written


_BY_ID: dict[str, Any] = {"propertyNames": {"pattern": f"^{ID_PATTERN}$"}}


class EventPart(Part):
    """What, when and where."""

    required = ("title", "date", "timezone")
    title: Title | None = None
    date: Day | None = None
    """The day of the first item, YYYY-MM-DD."""
    timezone: Zone | None = None
    """IANA name. Times without an offset are in this zone."""
    language: Language | None = None
    """Language of titles and slates. Default: en."""
    presets: dict[str, dict[str, PresetText] | None] | None = Field(default=None, json_schema_extra=_BY_ID)
    """Texts for messages and cues: by id, and by language."""
    contact: Title | None = None
    """How halls, guests and booths reach the desk besides: a name and a telephone number."""


class VenuePart(Part):
    """A hall that takes part."""

    name: Name | None = None
    """Name for people. Default: made from the id."""
    place: Name | None = None
    """Part of the city, address or room."""
    timezone: Zone | None = None
    """Default: the event's."""
    language: Language | None = None
    """Default: the event's."""
    inputs: tuple[Id, ...] | None = None
    """Cameras and screens. The first is the source `venue`, the others are `venue/input`. Default: [main]."""
    listen: Language | None = None
    """The channel of its interpretation output, one of `languages`. Default: its own language, if that is a channel."""
    contact: Title | None = None
    """How the desk reaches the hall besides: a name and a telephone number."""


class GuestPart(Part):
    """A person who joins from elsewhere."""

    name: Name | None = None
    """Name for people. Default: made from the id."""
    note: Name | None = None
    """Firm, office, subject."""
    timezone: Zone | None = None
    """Default: the event's."""
    language: Language | None = None
    """Default: the event's."""
    contact: Title | None = None
    """How the desk reaches the guest besides."""
    admission: Flag | None = None
    """true: the guest waits until a moderator lets them in."""
    inputs: tuple[Id, ...] | None = None
    """The camera, and what the guest shares beside it: [main, slides]. The first is the source `guest`, the others are
    `guest/input`. Default: [main]."""


class BoothPart(Part):
    """A booth. It interprets between its two languages, either way."""

    required = ("languages",)
    name: Name | None = None
    """Name for people. Default: made from the id."""
    languages: tuple[Language, ...] | None = Field(
        default=None, json_schema_extra={"minItems": 2, "maxItems": 2}
    )
    """Two of the event's `languages`."""
    seats: Seats | None = None
    """Interpreters who take turns, 1 to 4. Default: 2."""


class DefaultsPart(Part):
    """Values for items that do not have their own."""

    advance: Annotated[Advance, _parsed_word(_choice(Advance, "way to advance")), _one_of(Advance)] | None = (
        None
    )
    """manual: the item overruns until a person advances; auto: the next item begins at its end. Default: manual."""
    warn: TimeLeft | None = None
    """Time left at which the clocks show a warning. Default: 2m."""
    danger: TimeLeft | None = None
    """Time left at which the clocks show danger. Default: 30s."""
    fallback: tuple[Source, ...] | None = None
    """Sources that replace a lost one, in this order. Default: [host, slate]."""


class ItemPart(Part):
    """A line of the agenda."""

    required = ("title",)
    id: Id | None = None
    """Unique. Default: made from the title."""
    title: Title | None = None
    start: Time | None = None
    """HH:MM[:SS] in the event's zone, or an ISO 8601 instant. Default: the end of the item before."""
    duration: Length | None = None
    """90s, 15m, 1h30m or 00:15:00. This or `end`."""
    end: Time | None = None
    """Instead of `duration`."""
    hard: Flag | None = None
    """true: the item starts at its time and cuts the one before."""
    source: Source | None = None
    """The source on air: venue, venue/input, guest or slate. Required unless type is break."""
    with_: tuple[Source, ...] | None = Field(
        default=None, alias="with", json_schema_extra={"maxItems": MAX_PICTURES - 1}
    )
    """Further sources on screen, at most eight. Default: none; in an open session all other venues."""
    layout: Annotated[Layout, _parsed_word(_choice(Layout, "layout")), _one_of(Layout)] | None = None
    """Default: solo, side-by-side or grid, by the number of sources. pip: `source` fills the screen, all of `with`
    is small in its corner. So slides are the `source`; their speaker is in `with`, and first of the `fallback`."""
    mics: tuple[Source, ...] | None = None
    """Open microphones. Default: all on screen; in a break none; in an open session all sources."""
    return_: Source | None = Field(default=None, alias="return")
    """What a place on air sees. Default: the host, or the last other source."""
    speaker: Title | None = None
    language: Language | None = None
    """Default: the event's."""
    type: Annotated[ItemType, _parsed_word(_choice(ItemType, "type")), _one_of(ItemType)] | None = None
    """open: all places see and hear each other. Default: talk."""
    follow: Annotated[Follow, _parsed_word(_choice(Follow, "way to follow")), _one_of(Follow)] | None = None
    """voice: the picture follows the speaker among `mics`. Default: agenda."""
    advance: Annotated[Advance, _parsed_word(_choice(Advance, "way to advance")), _one_of(Advance)] | None = (
        None
    )
    """manual: the item overruns until a person advances; auto: the next item begins at its end."""
    warn: TimeLeft | None = None
    danger: TimeLeft | None = None
    fallback: tuple[Source, ...] | None = None
    """Sources that replace a lost one, in this order. `host` and `slate` may be among them."""
    skip: Flag | None = None
    """true: the item is in the file, but not in the show."""
    notes: Notes | None = None
    """For the moderator."""


class EventFile(Part):
    """A live session held in several places at once, with its agenda."""

    required = ("event", "venues", "agenda")
    event: EventPart | None = None
    host: Source | None = None
    """The venue that is the default return picture and the first fallback."""
    venues: dict[str, VenuePart | None] | None = Field(
        default=None, json_schema_extra=_BY_ID | {"minProperties": 1}
    )
    """By id. At least one."""
    guests: dict[str, GuestPart | None] | None = Field(default=None, json_schema_extra=_BY_ID)
    """By id."""
    languages: tuple[Language, ...] | None = None
    """The channels that listeners may choose besides the floor. Default: none."""
    interpreters: dict[str, BoothPart | None] | None = Field(default=None, json_schema_extra=_BY_ID)
    """The booths, by id."""
    defaults: DefaultsPart | None = None
    agenda: tuple[ItemPart, ...] | None = Field(default=None, json_schema_extra={"minItems": 1})
    """The items, in this order."""


# For editors ------------------------------------------------------------------------------------------------


class _ForEditors(GenerateJsonSchema):
    """Leaves out the null that every optional key allows, and titles that repeat the keys."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """The JSON schema of the event file, for completion and help in editors."""
    schema = EventFile.model_json_schema(by_alias=True, schema_generator=_ForEditors)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
