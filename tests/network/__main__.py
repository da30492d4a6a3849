"""A line in a process of its own: `python -m tests.network --to 127.0.0.1:8081 --delay 125ms --loss 5%`.

Says where it listens as one JSON object on standard output, then answers each line on standard input with one: what its
two directions have done, or what was wrong with the line. It ends when its input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from tests.network.options import OPTIONS, OptionError, set_option
from tests.network.relay import Address, Relay
from tests.network.way import Way


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: 2 for a command line that is wrong."""
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    up, down = Way(f"{options['seed']} up"), Way(f"{options['seed']} down")
    try:
        for name, value in options.items():
            option = name.replace("_", "-")
            if value is not None and option not in ("to", "listen", "seed"):
                set_option(option, value, up, down)
        asyncio.run(_run(options["listen"], options["to"], up, down))
    except OptionError as fault:
        parser.error(f"--{fault}")
    except OSError as fault:
        parser.error(
            f"--listen {':'.join(map(str, options['listen']))}: {fault.strerror}; choose another port"
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.network", description="A bad network in front of a bridge."
    )
    parser.add_argument("--to", type=_address, required=True, metavar="HOST:PORT", help="the bridge")
    parser.add_argument("--listen", type=_address, default=("127.0.0.1", 0), metavar="HOST:PORT")
    parser.add_argument("--seed", type=int, default=1)
    for name, (unit, meaning) in OPTIONS.items():
        for prefix in ("", "up-", "down-"):
            help_ = meaning if not prefix else argparse.SUPPRESS
            parser.add_argument(
                f"--{prefix}{name}", metavar="on|off" if unit == "switch" else unit, help=help_
            )
    return parser


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:8081")
    return host, int(port)


async def _run(listen: Address, to: Address, up: Way, down: Way) -> None:
    relay = Relay(to, up, down)
    relay.open(listen)
    try:
        _say({"host": listen[0], "port": relay.port})
        reader = asyncio.StreamReader()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while line := await reader.readline():
            _say(_obey(line.decode(errors="replace").split(), relay))
        pipe.close()
    finally:
        relay.close()


def _obey(words: Sequence[str], relay: Relay) -> dict[str, Any]:
    """`rebind`, `cut-off`, and any number of `option=value`; no word at all asks for the counts alone."""
    acts: dict[str, Callable[[], None]] = {"rebind": relay.rebind, "cut-off": relay.cut_off}
    try:
        for word in words:
            if word in acts:
                acts[word]()
            else:
                name, _, value = word.partition("=")
                set_option(name, value, relay.up, relay.down)
    except OptionError as fault:
        return {"fault": f"{fault}. Or say {' or '.join(acts)}."}
    return {"up": asdict(relay.up.counts), "down": asdict(relay.down.counts)}


def _say(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
