"""`schalte links`: hands out join links, and withdraws them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import segno

from config.model import Event
from signaling.cli.event import data_folder, load_event
from signaling.cli.options import Invalid
from signaling.door import Door
from signaling.links import KeyFileError, Link, everyone, revoke, url


def documents(
    event: Event,
    door: Door,
    public_url: str,
    role: str | None = None,
    id_: str | None = None,
    expires: float | None = None,
) -> Iterator[dict[str, str]]:
    """The event's links as they are printed: role, id, name, token, url."""
    for link in everyone(event):
        if _wanted(link, role, id_):
            token = door.hand_out(link, expires)
            yield {
                "role": link.role,
                "id": link.id,
                "name": link.name,
                "token": token,
                "url": url(public_url, token),
            }


def _wanted(link: Link, role: str | None, id_: str | None) -> bool:
    return role in (None, link.role) and id_ in (None, link.id)


def run(options: argparse.Namespace) -> int:
    event = load_event(options.event)
    data: Path = data_folder(options.data, options.event)
    known = {link.id for link in everyone(event)}
    for wanted in (options.revoke, options.id):
        if wanted is not None and wanted not in known:
            raise Invalid(
                f"“{wanted}” has no links in this event; there are links for {', '.join(sorted(known))}."
            )
    if options.revoke is None and not any(_wanted(k, options.role, options.id) for k in everyone(event)):
        whose = "" if options.id is None else f" for “{options.id}”"
        there = ", ".join(f"{link.id} ({link.role})" for link in everyone(event))
        raise Invalid(f"This event has no {options.role} link{whose}; there are links for {there}.")
    try:
        door = Door(data)
        if options.revoke is not None:
            revoke(data, options.revoke, time.time())
            print(
                f"Every link of “{options.revoke}” handed out until now is withdrawn. "
                f"For a new one: schalte links {options.event} --id {options.revoke}"
            )
            return 0
    except KeyFileError as fault:
        raise Invalid(str(fault)) from fault
    found = list(documents(event, door, options.public_url, options.role, options.id, options.expires))
    if options.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    for document in found:
        print(f"{document['name']} ({document['role']})\n  {document['url']}\n")
        if sys.stdout.isatty():
            segno.make(document["url"], error="l").terminal(compact=True)
            print()
    return 0
