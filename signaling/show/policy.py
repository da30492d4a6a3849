"""Who may do what. The only place that decides it."""

from __future__ import annotations

from signaling.show.messages import Role


def may(role: Role, command: str) -> bool:
    """Whether a link of this role may send commands of this type. Moderators run the show, others watch."""
    return role == "moderator"


def hears_levels(role: Role) -> bool:
    """Whether pages of this role are told how loud all microphones are. Others have a meter of their own microphone."""
    return role == "moderator"
