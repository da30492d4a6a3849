"""`schalte links`: prints join links, and revokes them."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from config.model import Event
from signaling.access.key import KeyFileError
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import METRICS, Grant, Link, all_links, metrics_url, name_of, url
from signaling.access.revoked import revoke
from signaling.cli.errors import InvalidInput, reported
from signaling.cli.event import data_folder, load_event
from signaling.cli.output import print_json
from signaling.cli.qr import qr_code
from signaling.cli.reach import leads_here


def link_rows(
    event: Event,
    checker: LinkChecker,
    public_url: str,
    role: str | None = None,
    id_: str | None = None,
    expires: float | None = None,
) -> Iterator[dict[str, str]]:
    """The event's links in printable form: role, id, name, token, url."""
    for grant in _wanted(event, role, id_):
        token = checker.issue(grant, expires)
        yield {
            "role": grant.role,
            "id": grant.id,
            "name": grant.name,
            "token": token,
            "url": url(public_url, token) if isinstance(grant, Link) else metrics_url(public_url),
        }


def _wanted(event: Event, role: str | None, id_: str | None) -> list[Grant]:
    """All links, or those of a role or an id. The metrics token opens no page, and is included only by its name."""
    metrics = [Grant(METRICS, METRICS, name_of(event, METRICS, METRICS))] if METRICS in (role, id_) else []
    return [
        grant
        for grant in (*all_links(event), *metrics)
        if role in (None, grant.role) and id_ in (None, grant.id)
    ]


def run(options: argparse.Namespace) -> int:
    event = load_event(options.event)
    data: Path = data_folder(options.data, options.event)
    known = {METRICS, *(link.id for link in all_links(event))}
    for wanted in (options.revoke, options.id):
        if wanted is not None and wanted not in known:
            raise InvalidInput(
                f"“{wanted}” has no links in this event; there are links for {', '.join(sorted(known))}."
            )
    if options.revoke is None and not _wanted(event, options.role, options.id):
        whose = "" if options.id is None else f" for “{options.id}”"
        there = ", ".join(f"{link.id} ({link.role})" for link in all_links(event))
        raise InvalidInput(f"This event has no {options.role} link{whose}; there are links for {there}.")
    with reported(KeyFileError):
        checker = LinkChecker(data)
        if options.revoke is not None:
            revoke(data, options.revoke)
            print(
                f"Every link of “{options.revoke}” issued until now is revoked. "
                f"For a new one, run: schalte links {options.event} --id {options.revoke}"
            )
            return 0
    found = list(link_rows(event, checker, options.public_url, options.role, options.id, options.expires))
    if options.json:
        print_json(found, indent=2)
        return 0
    if leads_here(options.public_url):
        sys.stderr.write(
            f"These links begin with {options.public_url} and open on this machine only. For other places give "
            "--public-url (or SCHALTE_PUBLIC_URL) as to `schalte serve`.\n"
        )
    for document in found:
        print(f"{document['name']} ({document['role']})\n  {document['url']}\n")
        if document["role"] == METRICS:  # no page: neither a fragment nor a QR code would help
            print(f"  Authorization: Bearer {document['token']}\n")
        elif sys.stdout.isatty():
            for line in qr_code(document["url"], sys.stdout, shutil.get_terminal_size().columns):
                print(line)
            print()
    return 0
