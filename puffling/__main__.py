"""The command line: open the desk, run one command, print the reference, look at the computer."""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from puffin.errors import PuffinError
from puffling import __version__
from puffling.core.errors import PufflingError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffling.agents.mcp_server import Tools
    from puffling.app import App
    from puffling.commands.context import Desk, Gate
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.work.lanes import Lane


UNSAID = "asked from a terminal"  # why trading was halted, when nobody said


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return the exit code."""
    multiprocessing.freeze_support()
    arguments = _parsed(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except (PufflingError, PuffinError) as error:
        if getattr(arguments, "json", False):
            print(json.dumps({"error": str(error), "hint": error.hint}))
        else:
            print(error, error.hint, sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # what read the answer, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code


def _run(arguments: argparse.Namespace) -> int:
    from puffling.core.paths import Paths, default_paths

    folder: Path | None = arguments.data_dir
    paths = default_paths() if folder is None else Paths(folder.expanduser().resolve())
    if arguments.action in {None, "open"}:
        return _open(paths, getattr(arguments, "file", None))
    if arguments.action == "tour":
        from puffling.ui.tour import run_tour

        return run_tour(arguments.folder.resolve(), build_app)
    others: dict[str, Callable[[], int]] = {
        "doctor": lambda: _doctor(paths, libraries=arguments.libraries),
        "commands": lambda: _commands(write=arguments.write),
        "words": _words,
        "mcp": lambda: _mcp(paths),
        "halt": lambda: _halt(paths, arguments.reason or " ".join(arguments.words) or UNSAID),
        "run": lambda: _one_command(paths, arguments),
    }
    return others[arguments.action]()


def _open(paths: Paths, file: Path | None) -> int:
    """Open the desk; a file of layouts is imported and used, in the window that is open if any."""
    from puffling.core.lock import ProfileLock
    from puffling.ui.shell.session import AGAIN
    from puffling.ui.shell.start import open_desk

    lines: list[str] = []
    if file is not None:
        place = file.expanduser().resolve()
        if paths.lock.exists() and ProfileLock(paths.lock).holder() is not None:
            from puffling.app import run_command
            from puffling.commands import all_commands

            chosen = all_commands()["layout.import"]
            asyncio.run(run_command(paths, chosen, {"path": str(place), "use": True}))
            return 0
        lines.append(f'layout.import path="{place}" use=true')
    code = open_desk(paths, build_app, lines)
    return _begin_again() if code == AGAIN else code


def _begin_again() -> NoReturn:
    """Put a fresh program in the place of this one, with the same words on the command line."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - it is ourselves


def build_app(paths: Paths, *, clock: Clock, desk: Desk, gate: Gate, lane: Lane) -> App:
    """Build the app; the window has been painted by the time it is imported."""
    from puffling.app import build

    return build(paths, clock=clock, desk=desk, gate=gate, lane=lane)


def _one_command(paths: Paths, arguments: argparse.Namespace) -> int:
    from puffling.app import run_command
    from puffling.commands import all_commands
    from puffling.commands.terminal import parse_values, render
    from puffling.core import log
    from puffling.work.requests import plain

    chosen = all_commands()[arguments.command]
    # What is logged is not what was asked for: a warning's stack would read like a crash.
    stop_log = log.setup(paths, name="terminal.log")
    try:
        result = asyncio.run(
            run_command(paths, chosen, parse_values(arguments.values), always_yes=arguments.yes)
        )
    finally:
        stop_log()
    print(json.dumps(plain(result), ensure_ascii=False) if arguments.json else render(result))
    return 0


def _commands(*, write: bool) -> int:
    from puffling.commands import all_commands, reference
    from puffling.core.paths import resources

    if write:
        print(*reference.write(all_commands(), resources() / "help"), sep="\n")
    else:
        print(reference.commands_page(all_commands()), end="")
    return 0


def _words() -> int:
    from puffling.app import sentences

    print(sentences.write())
    return 0


def _doctor(paths: Paths, *, libraries: bool) -> int:
    from puffling.commands import doctor
    from puffling.ui.shell.doctor import window_findings

    found = [*doctor.findings(paths), *window_findings()]
    if libraries:
        found.append(doctor.libraries_finding())
    print(doctor.report(found))
    return 1 if any(each.health is doctor.Health.BAD for each in found) else 0


def _mcp(paths: Paths) -> int:
    """Serve tools over standard input and output, which carry nothing else."""
    from puffling.agents.mcp_server import check_served, serve
    from puffling.core import log
    from puffling.core.bus import EventBus
    from puffling.core.settings_store import SettingsStore

    def connect() -> Tools:
        from puffling.app.mcp import Connected

        return Connected(paths)

    check_served(SettingsStore(paths.settings, EventBus()).current)
    stop_log = log.setup(paths, name="mcp.log")
    try:
        asyncio.run(serve(connect))
    finally:
        stop_log()
    return 0


def _halt(paths: Paths, reason: str) -> int:
    from puffling.app import halt

    print(halt(paths, reason=reason))
    return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; a slip in it must not stand between anybody and the kill switch."""
    parser = _parser()
    arguments, strange = parser.parse_known_args(argv)
    if not strange:
        return arguments
    if arguments.action != "halt":
        parser.error(f"unrecognized arguments: {' '.join(strange)}")
    arguments.words += strange
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="puffling", description="A native trading workstation. Without an action it opens."
    )
    parser.add_argument("--version", action="version", version=f"Puffling {__version__}")
    said = "keep everything of this run in DIR"
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help=said)
    actions = parser.add_subparsers(dest="action", metavar="action")
    opened = actions.add_parser("open", help="open the desk, perhaps with a file of layouts")
    opened.add_argument("file", type=Path, nargs="?", metavar="FILE")
    run = actions.add_parser("run", help="run one command, as the window would")
    run.add_argument("command", help="such as data.quote; 'puffling commands' lists all")
    run.add_argument("values", nargs="*", metavar="name=value")
    run.add_argument("--json", action="store_true", help="answer as JSON")
    run.add_argument(
        "--yes", action="store_true", help="do not ask before an order; DEMO and SIM only"
    )
    listing = actions.add_parser("commands", help="print every command with its parameters")
    listing.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    actions.add_parser("words", help="collect every sentence for translators, from the source")
    doctor = actions.add_parser(
        "doctor", help="check platform, tray, keyring, database and network"
    )
    doctor.add_argument("--libraries", action="store_true", help="load every library, too")
    tour = actions.add_parser("tour", help="drive the golden path and save a picture of each step")
    tour.add_argument("folder", type=Path, metavar="DIR")
    mcp = actions.add_parser("mcp", help="serve the desk's tools to an MCP client over stdio")
    halt = actions.add_parser("halt", help="the kill switch, even when the window hangs")
    halt.add_argument("words", nargs="*", metavar="why", help="kept with the halt")
    halt.add_argument("--reason", default="", help="the same")
    # After the action, too: without it, what was said before.
    for each in (opened, run, doctor, mcp, halt):
        each.add_argument(
            "--data-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=said
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
