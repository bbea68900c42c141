"""Entry point: the commands, global flags, and the one place where an error becomes one line and an exit code.

Exit codes: 0 all that was asked is done; 1 an error; 2 wrong usage; 3 partial success, what is missing is listed;
4 `recompute` found a difference; 70 an internal fault; 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys

import typer

from pipeline.cli import adding, analysing, batching, bookkeeping, exchanging, reporting, sourcing
from pipeline.errors import MechsynError

INTERRUPTED = 130
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""A disk without room is no fault of ours, wherever it shows."""

app = typer.Typer(
    name="mechsyn",
    help="Mechanism synthesis: studies in, a claim analysis out whose every label can be traced to a verbatim quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
analysing.register(app)
exchanging.register(app)
batching.register(app)
reporting.register(app)
bookkeeping.register(app)
adding.register(app)
sourcing.register(app)


@app.callback()
def options(
    debug: bool = typer.Option(default=False, help="Show the traceback of an error."),
) -> None:
    """Global options."""


def main() -> None:
    """Runs the command line and exits; see the module docstring for the exit codes."""
    debug = "--debug" in sys.argv[1:]
    try:
        app()
    except MechsynError as error:
        if debug:
            raise
        _say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        _say_stopped()
        sys.exit(INTERRUPTED)
    except SystemExit as stop:
        # Typer turns an interruption into its exit code and says nothing.
        if stop.code == INTERRUPTED:
            _say_stopped()
        raise
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain again when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if debug:
            raise
        if isinstance(error, OSError) and error.errno in _FULL:
            _say(f"cannot write ({error.strerror}); make room and run the same command again")
            sys.exit(1)
        _say(f"internal fault ({type(error).__name__}: {error}); run it again with 'mechsyn --debug' and report it")
        sys.exit(70)


def _say_stopped() -> None:
    _say("stopped; what was finished is written and what was answered is kept, run the same command again to go on")


def _say(text: str) -> None:
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    sys.stderr.write(f"mechsyn: {line}\n")
