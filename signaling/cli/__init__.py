"""The command line: the only place that joins the control plane to the media plane."""

from __future__ import annotations

import sys

from signaling.cli.options import Invalid, parser
from signaling.cli.output import drop_output, is_full, take_any_text
from signaling.cli.reach import Contradiction

OK, WRONG_INPUT, WRONG_COMMAND_LINE = 0, 1, 2


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit codes: 0 done, 1 the input is wrong, 2 the command line is wrong."""
    take_any_text()
    try:
        try:
            options = parser().parse_args(argv)
            return int(options.run(options) or OK)
        finally:
            sys.stdout.flush()  # while a fault can still be told, which it cannot when the interpreter ends
    except Invalid as fault:
        sys.stderr.write(f"{fault}\n")
        return WRONG_INPUT
    except Contradiction as fault:
        sys.stderr.write(f"schalte: error: {fault}\n")
        return WRONG_COMMAND_LINE
    except BrokenPipeError:
        # Whoever read our output has seen enough (`schalte rehearse … | head`).
        drop_output()
        return OK
    except OSError as fault:
        if not is_full(fault):
            raise
        drop_output()
        sys.stderr.write(f"The output cannot be written ({fault.strerror}). Free some space.\n")
        return WRONG_INPUT
    except KeyboardInterrupt:
        return OK
