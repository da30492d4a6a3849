"""Who may do what. The only place that decides it."""

from __future__ import annotations

from signaling.show.messages import Role


def may(role: Role, command: str) -> bool:
    """Whether a link of this role may send commands of this type. Moderators run the show, others watch."""
    return role == "moderator"
