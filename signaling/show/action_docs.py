"""Actions as the state shows them."""

from __future__ import annotations

from dataclasses import fields
from zoneinfo import ZoneInfo

from config.times import iso
from signaling.show.actions import Action, Undone
from signaling.show.wire.actions import ActionDoc


def action_doc(action: Action, zone: ZoneInfo) -> ActionDoc:
    same = {field.name: getattr(action, field.name) for field in fields(Action)}
    return ActionDoc(**same | {"undo": isinstance(action, Undone), "at": iso(action.at, zone)})
