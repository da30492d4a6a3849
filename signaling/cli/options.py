"""The options of the command line. Each is also an environment variable `SCHALTE_…`."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from signaling.access.invitations import INVITATION_LANGUAGES
from signaling.access.links import METRICS, ROLES
from signaling.cli.reach import listening_host, media_address, public_url
from signaling.cli.turn import turn_uri
from signaling.listener.address import Network
from signaling.show.report.spreadsheets import SPREADSHEETS

AGENDA_FORMATS = ("ics", "schedule")
REPORT_FORMATS = ("text", "json", "csv")
DEMO_EVENT = Path(__file__).parent.parent.parent / "config" / "demo.yaml"


def lifetime(text: str) -> float:
    """`90s`, `30m`, `2h` or `7d` in seconds."""
    if not (found := overlap(text)):
        raise argparse.ArgumentTypeError(
            f"“{text}” is no time at all; give a length of time such as 90s or 2h"
        )
    return found


def overlap(text: str) -> float:
    """As `lifetime`, or none at all: `0s`."""
    units = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
    if (found := re.fullmatch(r"(\d{1,6})([smhd])", text)) is None:
        raise argparse.ArgumentTypeError(f"“{text}” is not a length of time such as 90s, 30m, 2h or 7d")
    return int(found[1]) * units[found[2]]


def port(text: str) -> int:
    """A port number; 0 lets the system choose."""
    if not text.isdecimal() or not 0 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port: 0 to 65535")
    return int(text)


def speed(text: str) -> float:
    """The rate of the show's clock; 1 is real time."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 1000:  # false for NaN
        raise argparse.ArgumentTypeError(f"“{text}” is not a speed: 0.1 to 1000, where 1 is real time")
    return value


def network(text: str) -> Network:
    """An IP address, or a network such as 10.0.0.0/8."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not an IP address or network such as 127.0.0.1 or 10.0.0.0/8"
        ) from None


def zone(text: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise argparse.ArgumentTypeError(f"“{text}” is not a time zone such as Europe/Berlin") from None


def _lazy(name: str) -> Callable[[argparse.Namespace], int]:
    # Each command imports what it needs, so that `schalte check` does not load the media libraries.
    def run(options: argparse.Namespace) -> int:
        return int(import_module(f"signaling.cli.{name}").run(options))

    return run


class _FromEnvironment(str):
    """A value of an environment variable. Marked, since argparse converts a default but does not check it."""


def _option(to: argparse.ArgumentParser, name: str, help: str, **settings: Any) -> None:
    variable = "SCHALTE_" + name.removeprefix("--").upper().replace("-", "_")
    # An empty variable counts as unset: `SCHALTE_HOST=` must not mean every interface.
    if value := os.environ.get(variable):
        settings["default"] = _FromEnvironment(value)
        if settings.get("action") != "store_true":
            settings["type"] = _converter(variable, settings)
    added = to.add_argument(name, help=f"{help} [{variable}]", **settings)
    if value and settings.get("action") == "store_true":
        # argparse converts the default with it, although the option takes no value.
        added.type = _converter(variable, {"type": _switch})


def _switch(text: str) -> bool:
    """The value of a variable for an option without a value."""
    if text.lower() not in _SWITCHES:
        raise argparse.ArgumentTypeError(f"“{text}” is neither 1 nor 0")
    return _SWITCHES[text.lower()]


_SWITCHES = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def _converter(variable: str, settings: Mapping[str, Any]) -> Callable[[str], Any]:
    """The option's `type`, which also converts the value of `variable` and checks it against `nargs` and `choices`.

    argparse calls it for the variable only if the command line does not have the option.
    """
    convert: Callable[[str], Any] = settings.get("type", str)
    choices: Sequence[Any] | None = settings.get("choices")

    def one(text: str) -> Any:
        try:
            value = convert(text)
        except argparse.ArgumentTypeError as fault:
            raise argparse.ArgumentTypeError(f"{variable}: {fault}") from None
        if choices is not None and value not in choices:
            raise argparse.ArgumentTypeError(f"{variable}: “{text}” is not one of {', '.join(choices)}")
        return value

    def value_of(text: str) -> Any:
        if not isinstance(text, _FromEnvironment):
            return convert(text)
        return [one(part) for part in text.split()] if settings.get("nargs") == "+" else one(text)

    return value_of


def _server_options(to: argparse.ArgumentParser) -> None:
    _option(to, "--port", "HTTP port of pages, API and WebSocket", type=port, default=8080, metavar="N")
    _option(to, "--udp-port", "the UDP port of picture and sound", type=port, default=8081, metavar="N")
    _option(to, "--at", "rehearse as if it were this time now, e.g. 10:00 on the event's day", metavar="TIME")
    # The show decides from its log and its clock alone, so every one of its times runs at that clock's speed.
    faster = "rehearse N times as fast; what the show times by itself is as much shorter: cues, hand-overs, fallbacks"
    _option(to, "--speed", faster, type=speed, default=1.0, metavar="N")


def _reach_options(to: argparse.ArgumentParser) -> None:
    """Where the server listens, and what it offers."""
    _option(to, "--host", "address to listen on", type=listening_host, default="127.0.0.1")
    _option(
        to,
        "--public-url",
        "what links begin with, if not http://HOST:PORT",
        type=public_url,
        metavar="URL",
    )
    _option(
        to,
        "--media-address",
        "addresses offered for picture and sound",
        nargs="+",
        type=media_address,
        metavar="IP",
    )
    _option(
        to,
        "--media-host",
        "address that the UDP port listens on (--host; behind a proxy on this machine that offers a public "
        "--media-address: all)",
        type=listening_host,
        metavar="ADDRESS",
    )
    _option(
        to,
        "--tcp-port",
        "a TCP port for picture and sound where UDP is blocked, besides the HTTP port (none)",
        type=port,
        metavar="N",
    )
    _option(
        to,
        "--behind",
        "proxies whose X-Forwarded-For is trusted",
        nargs="+",
        type=network,
        metavar="ADDRESS",
    )
    _option(
        to,
        "--turn",
        "TURN servers for pages whose network blocks everything else, e.g. turns:turn.example.org:443",
        nargs="+",
        type=turn_uri,
        metavar="URL",
    )
    _option(
        to,
        "--turn-secret-file",
        "file with the TURN server's static-auth-secret",
        type=Path,
        metavar="FILE",
    )
    _option(to, "--tls-cert", "certificate chain (PEM)", type=Path, metavar="FILE")
    _option(to, "--tls-key", "private key (PEM)", type=Path, metavar="FILE")


def _data_option(to: argparse.ArgumentParser, default: str) -> None:
    _option(to, "--data", f"folder of the show log and the signing key ({default})", type=Path, metavar="DIR")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="schalte",
        description="Live sessions held in several cities at once: the agenda is the switching programme.",
    )
    top.add_argument("--version", action="version", version=f"schalte {version('schalte')}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, help: str, event: bool = True, module: str | None = None
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
        sub.set_defaults(run=_lazy(module or name))
        if event:
            sub.add_argument("event", type=Path, metavar="EVENT.yaml", help="the event file")
        return sub

    demo = command("demo", "a server with simulated rooms and a guest; Ctrl-C ends all", event=False)
    _server_options(demo)
    _data_option(demo, "a new temporary one")
    _option(demo, "--event", "the event to show", type=Path, default=DEMO_EVENT, metavar="FILE")

    serve = command("serve", "run an event")
    _server_options(serve)
    _data_option(serve, "./data/<event>")
    _reach_options(serve)
    _option(serve, "--auto-start", "start automatically at the first item's time", action="store_true")
    _option(serve, "--salvage", "go on with the readable entries of a damaged show log", action="store_true")

    command("check", "check an event file")

    doctor = command("doctor", "whether a show could run here, and what a browser would meet")
    _option(doctor, "--port", "as of serve", type=port, default=8080, metavar="N")
    _option(doctor, "--udp-port", "as of serve", type=port, default=8081, metavar="N")
    _data_option(doctor, "./data/<event>")
    _reach_options(doctor)
    _option(
        doctor, "--link", "a viewer's link, to look from another machine than the server's", metavar="LINK"
    )
    _option(
        doctor,
        "--ntp",
        "time server to compare the clock with (pool.ntp.org)",
        default="pool.ntp.org",
        metavar="HOST",
    )

    links = command("links", "print or revoke join links")
    _data_option(links, "./data/<event>")
    _option(
        links,
        "--public-url",
        "what links begin with",
        type=public_url,
        default="http://127.0.0.1:8080",
        metavar="URL",
    )
    _option(links, "--json", "as JSON", action="store_true")
    _option(links, "--role", "only links of this role", choices=(*ROLES, METRICS))
    _option(links, "--id", "only the links of this venue, guest or booth", metavar="ID")
    _option(links, "--expires", "how long new links are valid, e.g. 2h", type=lifetime, metavar="TIME")
    _option(
        links,
        "--revoke",
        "revoke every link of this venue, guest, booth or role, or the one with this code",
        metavar="ID|CODE",
    )
    _option(links, "--read-only", "with --role moderator: a link that only looks on", action="store_true")
    _option(
        links,
        "--invitation",
        "with a ready text for each link, in this language",
        choices=INVITATION_LANGUAGES,
    )
    _option(links, "--rotate-key", "make a new key, and so new links", action="store_true")
    _option(
        links,
        "--overlap",
        "with --rotate-key: how long links by the old key stay valid (24h; 0s: they end at once)",
        type=overlap,
        metavar="TIME",
    )

    room = command("room", "a headless room or guest; prints its state as JSON lines", event=False)
    room.add_argument(
        "link",
        metavar="LINK",
        nargs="?",
        default=os.environ.get("SCHALTE_LINK"),
        help="a join link of a venue, a guest or a booth; or a file that holds it, or - for standard input. Other "
        "users of this machine can see a link that is given here [SCHALTE_LINK]",
    )
    _option(room, "--source", "testcard or a media file, where no device is given", default="testcard")
    _option(
        room,
        "--camera",
        "the camera to send, as `schalte devices` lists it, or rtsp://… of an IP camera",
        metavar="NAME",
    )
    _option(
        room, "--microphone", "the microphone or mixer to send, as `schalte devices` lists it", metavar="NAME"
    )
    _option(
        room, "--window", "shows the programme on the whole screen, with mpv or ffplay", action="store_true"
    )
    _option(
        room,
        "--sound-device",
        "plays the programme's sound: a loudspeaker of `schalte devices`, or a .wav file",
        metavar="NAME",
    )
    _option(room, "--channel", "the language to hear as interpretation (the floor)", metavar="LANGUAGE")
    _option(
        room,
        "--interpretation-device",
        "plays the interpretation: a loudspeaker of `schalte devices`, or a .wav file",
        metavar="NAME",
    )

    devices = command("devices", "the cameras and sound devices that a room can use", event=False)
    _option(devices, "--json", "one JSON object per line", action="store_true")

    rehearse = command("rehearse", "the day on a virtual clock, in seconds")
    _option(rehearse, "--script", "events besides the plan", type=Path, metavar="SCRIPT.yaml")
    _option(rehearse, "--json", "one JSON object per line", action="store_true")

    agenda = command("agenda", "the agenda for calendars and conference apps")
    _option(
        agenda,
        "--as",
        "iCalendar or schedule.json (default: ics)",
        choices=AGENDA_FORMATS,
        default="ics",
        dest="form",
    )
    _option(
        agenda, "--zone", "for ics: the venue or guest whose time zone it has (the event's)", metavar="ID"
    )

    begin = command("import", "an event file from a frab or pretalx schedule", event=False, module="imports")
    begin.add_argument("schedule", type=Path, metavar="SCHEDULE.json", help="the schedule, as exported")
    _option(
        begin, "--timezone", "time zone of the event, if the schedule names none", type=zone, metavar="ZONE"
    )
    _option(begin, "--room", "only the talks in these rooms", nargs="+", metavar="NAME")
    report = command("report", "what ran, against the plan", event=False)
    report.add_argument("data", type=Path, metavar="DATA", help="the folder of the show log")
    _option(report, "--format", "for reading or for machines", choices=REPORT_FORMATS, default="text")
    _option(
        report,
        "--spreadsheet",
        "with --format csv: as Excel in this language opens it (for scripts: commas, no byte order mark)",
        choices=tuple(SPREADSHEETS),
    )
    _option(
        report,
        "--event",
        "the event file, if the one in the show log cannot be read any more",
        type=Path,
        metavar="FILE",
    )
    return top
