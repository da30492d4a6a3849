"""Which role sees which part of the state. The only place that decides it.

Moderators see everything. All other roles see the event, the agenda, what is on air, and:

| part                                           | venue, guest         | viewer  | stage  |
|------------------------------------------------|----------------------|---------|--------|
| `notes` of items                               | no                   | no      | no     |
| `armed`, `taken`, `undo` of the show           | no                   | no      | no     |
| `why`, `armed`, `devices` of a source          | of its own           | no      | no     |
| its `codec_wanted`, `returned_to`, figures     | of its own           | no      | no     |
| destinations                                   | its own              | its own | none   |
| `connected`, `cannot_decode`, figures of it    | yes                  | no      | -      |
| messages                                       | to itself and to all | none    | to all |
| `waiting`, `takeovers` (with addresses)        | no                   | no      | no     |

A hidden value is empty or null. Its key stays, so that one type fits all roles. A new part of the state goes to
moderators alone until this module names it. A new field of a named part goes to everybody. A test lists every field.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from config.model import place_of
from signaling.show.terms import EVERYBODY, Role
from signaling.show.view import View

_Hidden = Mapping[str, object]

_ITEM: Final[_Hidden] = {"notes": ""}
_SHOW: Final[_Hidden] = {"armed": None, "taken": None, "undo": None}
_FIGURES: Final[_Hidden] = {"rtt_ms": None, "loss": None, "kbps": None, "link": None}
_SOURCE: Final[_Hidden] = {
    **{"why": None, "armed": None, "devices": None, "codec_wanted": None, "returned_to": None},
    **_FIGURES,
}
"""Hidden in the sources of other places."""
_VIEWERS: Final[_Hidden] = {"connected": None, "cannot_decode": [], **_FIGURES}
"""Hidden in the destination that all viewers of a link share: it would tell each of them about the others."""


def visible(whole: View, role: Role, id: str) -> View:
    """The part of the state `whole` that a link of this role and id is sent."""
    if role == "moderator":
        return whole
    common = _common(whole)
    return View(
        {
            **common.rest,
            "sources": common.rest["sources"] | _own_sources(whole, role, id),
            "destinations": _own_destination(whole, role, id),
            "languages": whole.rest["languages"],
            "booths": {},
            "messages": _messages_for(whole, role, id),
            "cues": {},
            "flags": {},
            "talks": {},
            "waiting": {},
            "takeovers": {},
        },
        common.items,
    )


@lru_cache(maxsize=1)  # every stream needs that of the same state
def _common(whole: View) -> View:
    """The part that every role sees."""
    return View(
        {
            "event": whole.rest["event"],
            "show": whole.rest["show"] | _SHOW,
            "program": whole.rest["program"],
            "sources": {source: document | _SOURCE for source, document in whole.rest["sources"].items()},
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
    return {own: document if _is_place(role) else document | _VIEWERS}


def _messages_for(whole: View, role: Role, id: str) -> dict[str, Any]:
    """None for viewers: messages are for people who can act on them."""
    recipients = (id, EVERYBODY) if _is_place(role) else (EVERYBODY,) if role == "stage" else ()
    return {to: said for to, said in whole.rest["messages"].items() if to in recipients}
