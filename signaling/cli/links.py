"""`schalte links`: prints join links, revokes them, and changes the key that they are made by."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from config.model import Event
from config.times import iso, seconds
from signaling.access.followed import KeyFileError
from signaling.access.invitations import InvitationLanguage, invitation
from signaling.access.keys import rotate
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import (
    METRICS,
    ROLES,
    Grant,
    Link,
    LinkError,
    all_links,
    metrics_url,
    name_of,
    url,
)
from signaling.access.store import LOOK_INTERVAL_S
from signaling.cli.errors import InvalidInput, OptionConflict, reported
from signaling.cli.event import data_folder, load_event
from signaling.cli.output import print_json
from signaling.cli.qr import qr_code
from signaling.cli.reach import leads_here
from signaling.clock import machine_now

if TYPE_CHECKING:
    from signaling.cli.serving import RunningServer  # it loads the media libraries

DEFAULT_OVERLAP_S = 86_400.0
"""Seconds for which the old key stays valid: an evening, in which everybody can be sent a new link."""
IN_FORCE_AFTER_S = 2 * LOOK_INTERVAL_S
"""Seconds until a running server has looked at a change. What was revoked counts no more when the command ends."""


def link_rows(
    event: Event,
    checker: LinkChecker,
    public_url: str,
    role: str | None = None,
    id_: str | None = None,
    expires_s: float | None = None,
    *,
    read_only: bool = False,
    language: InvitationLanguage | None = None,
) -> Iterator[dict[str, str]]:
    """The event's links in printable form: role, id, name, token, url, expires; with `language` also an invitation."""
    grants = [replace(wanted, read_only=read_only) for wanted in _wanted(event, role, id_)]
    for grant, row in zip(grants, checker.links_for(grants, expires_s, event), strict=True):
        code, until = checker.code(row), checker.expiry(row, event)
        yield {
            "role": grant.role,
            "id": grant.id,
            "name": grant.name,
            "token": code,
            "url": url(public_url, code) if isinstance(grant, Link) else metrics_url(public_url),
            "expires": iso(until, event.timezone),
        } | (
            {"invitation": invitation(language, event, grant, public_url, code, until)}
            if language is not None and isinstance(grant, Link)
            else {}
        )


async def made_links(event: Event, server: RunningServer) -> list[dict[str, str]]:
    """The links of a server that runs in this process.

    Raises:
        InvalidInput: they cannot be made.
    """
    with reported(KeyFileError):
        return await server.link_checker.in_turn(
            lambda: list(link_rows(event, server.link_checker, server.public_url))
        )


def _wanted(event: Event, role: str | None, id_: str | None) -> list[Grant]:
    """All links, or those of a role or an id. The metrics token opens no page, and is included only by its name."""
    metrics = [Grant(METRICS, METRICS, name_of(event, METRICS, METRICS))] if METRICS in (role, id_) else []
    return [
        grant
        for grant in (*all_links(event), *metrics)
        if role in (None, grant.role) and id_ in (None, grant.id)
    ]


def run(options: argparse.Namespace) -> int:
    _check(options)
    event = load_event(options.event)
    data: Path = data_folder(options.data, options.event)
    known = {METRICS, *(link.id for link in all_links(event))}
    if options.id is not None and options.id not in known:
        raise InvalidInput(_no_links(options.id, known))
    if options.revoke is None and not _wanted(event, options.role, options.id):
        whose = "" if options.id is None else f" for “{options.id}”"
        there = ", ".join(f"{link.id} ({link.role})" for link in all_links(event))
        raise InvalidInput(f"This event has no {options.role} link{whose}; there are links for {there}.")
    with reported(KeyFileError):
        checker = LinkChecker(data)
        if options.revoke is not None:
            return _revoke(checker, options, known)
        if options.rotate_key:
            return _rotate(data, event, options)
        found = list(
            link_rows(
                event,
                checker,
                options.public_url,
                *(options.role, options.id, options.expires),
                read_only=options.read_only,
                language=options.invitation,
            )
        )
    if options.json:
        print_json(found, indent=2)
        return 0
    if leads_here(options.public_url):
        sys.stderr.write(
            f"These links begin with {options.public_url} and open on this machine only. For other places give "
            "--public-url (or SCHALTE_PUBLIC_URL) as to `schalte serve`.\n"
        )
    for document in found:
        _print(document)
    return 0


def _check(options: argparse.Namespace) -> None:
    """Check that the options belong together.

    Raises:
        OptionConflict: they do not.
    """
    if options.read_only and options.role != "moderator":
        raise OptionConflict("--read-only is for moderators. Add --role moderator.")
    if options.overlap is not None and not options.rotate_key:
        raise OptionConflict("--overlap says for how long the old key is valid. Add --rotate-key.")
    if options.rotate_key and options.revoke is not None:
        raise OptionConflict("--rotate-key and --revoke are two things. Run the command once for each.")


def _revoke(checker: LinkChecker, options: argparse.Namespace, known: set[str]) -> int:
    """Revoke all links of a place or role, or the link of one code."""
    whose: str = options.revoke
    if whose in known or whose in ROLES:
        checker.revoke(whose)
        time.sleep(IN_FORCE_AFTER_S)
        print(
            f"Every link of “{whose}” issued until now is revoked. "
            f"For a new one, run: schalte links {options.event} {'--id' if whose in known else '--role'} {whose}"
        )
        return 0
    try:
        row = checker.revoke_code(whose)
    except LinkError:
        raise InvalidInput(f"{_no_links(whose, known)} Nor is it the code of a link.") from None
    time.sleep(IN_FORCE_AFTER_S)
    print(f"Link {row.number} of “{row.id}” ({row.role}) is revoked. Its other links are valid.")
    return 0


def _rotate(data: Path, event: Event, options: argparse.Namespace) -> int:
    overlap = DEFAULT_OVERLAP_S if options.overlap is None else options.overlap
    ends = rotate(data, seconds(overlap), machine_now())
    time.sleep(IN_FORCE_AFTER_S)
    print(
        f"There is a new key. Links issued until now are valid until {iso(ends, event.timezone)} at the latest. "
        f"For those that replace them, run: schalte links {options.event}"
    )
    return 0


def _no_links(id_: str, known: set[str]) -> str:
    return f"“{id_}” has no links in this event; there are links for {', '.join(sorted(known))}."


def _print(document: dict[str, str]) -> None:
    print(f"{document['name']} ({document['role']}), until {document['expires']}\n  {document['url']}\n")
    if document["role"] == METRICS:  # no page: neither a fragment nor a QR code would help
        print(f"  Authorization: Bearer {document['token']}\n")
        return
    if sys.stdout.isatty():
        for line in qr_code(document["url"], sys.stdout, shutil.get_terminal_size().columns):
            print(line)
        print()
    if "invitation" in document:
        print(document["invitation"] + "\n")
