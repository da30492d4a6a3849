"""Which role sees which part of the state. The only place that decides it.

Moderators see everything. All other roles see the event, the agenda, what is on air, what each channel carries, and:

| part                                           | venue, guest         | interpreter          | viewer  | stage  |
|------------------------------------------------|----------------------|----------------------|---------|--------|
| `contact` of a place                           | no                   | no                   | no      | no     |
| `contact` of the event                         | yes                  | yes                  | no      | no     |
| `notes` of items                               | no                   | yes                  | no      | no     |
| `armed`, `taken`, `undo`, `actions` of the show | no                   | no                   | no      | no     |
| `why`, `armed`, `devices` of a source          | of its own           | no                   | no      | no     |
| its `codec_wanted`, `returned_to`, figures,    | of its own           | no                   | no      | no     |
| `echo_of`, `approved_at`                       |                      |                      |         |        |
| destinations                                   | its own              | its own              | its own | none   |
| `connected`, `cannot_decode`, `loses_large`,   | yes                  | yes                  | no      | -      |
| figures of it                                  |                      |                      |         |        |
| `listeners`, `places`, `silent_since` of it    | no                   | yes                  | no      | no     |
| checks                                         | none                 | none                 | none    | none   |
| booths                                         | none                 | its own              | none    | none   |
| messages, cues                                 | to it (`recipients`) | to it                | none    | to it  |
| `seen` of a message                            | itself               | itself               | -       | no     |
| `unread` of a message                          | no                   | no                   | -       | no     |
| flags                                          | its own              | its own              | none    | none   |
| talks                                          | its own and to it    | its own and to it    | none    | none   |
| `desks`                                        | no                   | no                   | no      | no     |
| `waiting`, `takeovers` (with addresses)        | no                   | no                   | no      | no     |
| `warnings` of the server                       | no                   | no                   | no      | no     |
| `sheds` of the server                          | no                   | no                   | yes     | no     |

A hidden value is empty or null. Its key stays, so that one type fits all roles. A new part of the state goes to
moderators alone until this module names it. A new field of a named part goes to everybody. A test lists every field.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from config.model import place_of
from signaling.show.recipients import is_to, on_air, who
from signaling.show.terms import Role
from signaling.show.view import View

_Hidden = Mapping[str, object]

_CREW: Final = ("venue", "guest", "interpreter")
"""They work with the desk, and may need to telephone it."""
_PLACE: Final[_Hidden] = {"contact": ""}
_ITEM: Final[_Hidden] = {"notes": ""}
_SHOW: Final[_Hidden] = {"armed": None, "taken": None, "undo": None, "actions": []}
_CHANNEL: Final[_Hidden] = {"listeners": 0, "places": [], "silent_since": None}
_FIGURES: Final[_Hidden] = {"path": None, "rtt_ms": None, "loss": None, "kbps": None, "link": None}
_SOURCE: Final[_Hidden] = {
    **{
        "why": None,
        "armed": None,
        "devices": None,
        "codec_wanted": None,
        "returned_to": None,
        "echo_of": None,
        "approved_at": None,
    },
    **_FIGURES,
}
"""Hidden in the sources of other places."""
_VIEWERS: Final[_Hidden] = {"connected": None, "cannot_decode": [], "loses_large": None, **_FIGURES}
"""Hidden in the destination that all viewers of a link share: it would tell each of them about the others."""


def visible(whole: View, role: Role, id: str) -> View:
    """The part of the state `whole` that a link of this role and id is sent."""
    if role == "moderator":
        return whole
    common = _common(whole)
    contact = whole.rest["event"]["contact"] if role in _CREW else ""
    return View(
        {
            **common.rest,
            "event": common.rest["event"] | {"contact": contact},
            "sources": common.rest["sources"] | _own_sources(whole, role, id),
            "destinations": _own_destination(whole, role, id),
            "languages": whole.rest["languages"] if role == "interpreter" else common.rest["languages"],
            "booths": _own_booth(whole, role, id),
            "checks": {"item": None, "checks": []},
            "messages": _messages_to(whole, role, id),
            "cues": _addressed(whole, "cues", role, id),
            "flags": _own_flag(whole, role, id),
            "talks": _talks_of(whole, role, id),
            "desks": {},
            "waiting": {},
            "takeovers": {},
            "server": {"warnings": [], "sheds": whole.rest["server"]["sheds"] if role == "viewer" else 0},
        },
        whole.items if role == "interpreter" else common.items,
    )


@lru_cache(maxsize=1)  # every stream needs that of the same state
def _common(whole: View) -> View:
    """The part that every role sees."""
    event = whole.rest["event"]
    return View(
        {
            "event": event | {"places": [place | _PLACE for place in event["places"]]},
            "show": whole.rest["show"] | _SHOW,
            "program": whole.rest["program"],
            "sources": {source: document | _SOURCE for source, document in whole.rest["sources"].items()},
            "languages": {id: document | _CHANNEL for id, document in whole.rest["languages"].items()},
        },
        whole.items.without(_ITEM),
    )


def _is_place(role: Role) -> bool:
    return role in ("venue", "guest")


def _own_sources(whole: View, role: Role, id: str) -> dict[str, Any]:
    if not _is_place(role):
        return {}
    return {source: document for source, document in whole.rest["sources"].items() if place_of(source) == id}


def _own_destination(whole: View, role: Role, id: str) -> dict[str, Any]:
    """Empty for a stage display, which receives no picture."""
    own = id if _is_place(role) else f"{role}:{id}"
    document = whole.rest["destinations"].get(own)
    if document is None or role == "stage":
        return {}
    return {own: document | _VIEWERS if role == "viewer" else document}


def _own_booth(whole: View, role: Role, id: str) -> dict[str, Any]:
    booth = whole.rest["booths"].get(id) if role == "interpreter" else None
    return {} if booth is None else {id: booth}


def _addressed(whole: View, part: str, role: Role, id: str) -> dict[str, Any]:
    """What is sent to this link. Nothing for viewers: messages and cues are for people who can act on them."""
    program = whole.rest["program"]
    venues = [place["id"] for place in whole.rest["event"]["places"] if place["kind"] == "venue"]
    there = on_air((program["source"], *program["with"]), venues)
    return {to: document for to, document in whole.rest[part].items() if is_to(to, role, id, there)}


def _messages_to(whole: View, role: Role, id: str) -> dict[str, Any]:
    own = who(role, id)
    return {
        to: said | {"seen": {by: at for by, at in said["seen"].items() if by == own}, "unread": []}
        for to, said in _addressed(whole, "messages", role, id).items()
    }


def _own_flag(whole: View, role: Role, id: str) -> dict[str, Any]:
    own = who(role, id)
    return {of: flag for of, flag in whole.rest["flags"].items() if of == own}


def _talks_of(whole: View, role: Role, id: str) -> dict[str, Any]:
    own = who(role, id)
    return {
        number: talk
        for number, talk in whole.rest["talks"].items()
        if own is not None and (own == talk["speaker"] or own in talk["to"])
    }
