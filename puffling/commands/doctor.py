"""`puffling doctor`: what this computer offers, and what to do where something is missing."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from puffling import __version__
from puffling.core.errors import PufflingError
from puffling.core.formats import size

if TYPE_CHECKING:
    from puffling.core.paths import Paths

MARKET = ("query2.finance.yahoo.com", 443)
EXCHANGE_ZONE = "America/New_York"
LEAST_FREE = 200 * 2**20
NETWORK_SECONDS = 3.0
# What is imported inside functions, so that a bundle that lacks one would only fail in use.
LATE = (
    "alembic.command",
    "alpaca.data.live",
    "alpaca.trading.client",
    "anthropic",
    "httpx2",
    "keyring",
    "msgpack",
    "numba",
    "openai",
    "optuna",
    "pandas",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "skfolio.optimization",
    "sklearn.cluster",
    "statsmodels.tsa.stattools",
    "talib.abstract",
    "vaderSentiment.vaderSentiment",
    "yfinance",
)


class Health(StrEnum):
    """How a check came out."""

    GOOD = "ok"
    POOR = "limited"
    BAD = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    health: Health
    text: str
    hint: str = ""


def platform_finding() -> Finding:
    """Python, the system and the Qt packages in use."""
    words = [f"Puffling {__version__}", f"Python {platform.python_version()}", platform.platform()]
    for package in ("PySide6-Essentials", "PySide6-QtAds", "pyqtgraph"):
        try:
            words.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            return Finding(
                "Platform", Health.BAD, f"{package} is not installed.", "Install Puffling again."
            )
    good = (3, 11) <= sys.version_info < (3, 14)
    return Finding(
        "Platform",
        Health.GOOD if good else Health.BAD,
        ", ".join(words),
        "" if good else "Use Python 3.11, 3.12 or 3.13.",
    )


def display_finding() -> Finding:
    """Whether a window can open at all."""
    if sys.platform != "linux":
        return Finding("Display", Health.GOOD, "The system's own window manager.")
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(name):
            return Finding("Display", Health.GOOD, f"{name} is {os.environ[name]}")
    return Finding(
        "Display",
        Health.POOR,
        "There is no display; the terminal commands work.",
        "Start Puffling inside a desktop session.",
    )


def keyring_finding() -> Finding:
    """Where keys would be kept."""
    import keyring
    from keyring.backends import fail

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring):
        return Finding(
            "Keyring",
            Health.POOR,
            "The system offers no keyring; keys would be kept for one run only.",
            "Install and unlock a secret service such as GNOME Keyring or KWallet.",
        )
    return Finding("Keyring", Health.GOOD, f"{type(backend).__module__}")


def folder_finding(paths: Paths) -> Finding:
    """Whether the profile's folder can be written and has room."""
    folder = paths.root
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding(
            "Folder",
            Health.BAD,
            f"{there} cannot be written ({error.strerror}).",
            "Check its permissions, or name another folder with --data-dir.",
        )
    free = shutil.disk_usage(there).free
    text = f"{folder}, {size(free)} free"
    if free < LEAST_FREE:
        return Finding("Folder", Health.POOR, text, "Free some space.")
    return Finding("Folder", Health.GOOD, text)


def zones_finding() -> Finding:
    """Whether the time of an exchange can be told."""
    try:
        ZoneInfo(EXCHANGE_ZONE)
    except (ZoneInfoNotFoundError, OSError):
        return Finding(
            "Time zones",
            Health.BAD,
            f"The zone {EXCHANGE_ZONE} is not known; no session of an exchange can be told.",
            "Install the time zones of the system (tzdata), or Puffling again.",
        )
    return Finding("Time zones", Health.GOOD, f"{EXCHANGE_ZONE} is known.")


def database_finding(paths: Paths) -> Finding:
    """Whether what is kept between runs can be read."""
    from puffling.store.checks import check_file, check_ours, check_sound, stored_revision
    from puffling.store.database import Database

    if not paths.database.exists() and not paths.marker.exists():
        return Finding("Database", Health.GOOD, "None yet; the first start makes it.")
    database = Database(paths.database, synchronous="FULL", busy_seconds=1)
    try:
        check_file(paths.database)
        check_ours(database)
        check_sound(database)
        revision = stored_revision(database)
    except PufflingError as error:
        return Finding("Database", Health.BAD, str(error), error.hint)
    finally:
        database.close()
    kept = size(paths.database.stat().st_size)
    return Finding(
        "Database",
        Health.GOOD,
        f"{paths.database.name}, {kept}, revision {revision}, SQLite {sqlite3.sqlite_version}",
    )


def network_finding() -> Finding:
    """Whether a provider of prices can be reached; DEMO needs none."""
    try:
        with socket.create_connection(MARKET, timeout=NETWORK_SECONDS):
            pass
    except OSError as error:
        return Finding(
            "Network",
            Health.POOR,
            f"Yahoo Finance cannot be reached ({error}).",
            "The demo market and your own files need no network.",
        )
    return Finding("Network", Health.GOOD, "Yahoo Finance can be reached.")


def libraries_finding() -> Finding:
    """Whether everything that is loaded only when it is needed is there; it takes seconds."""
    from importlib import import_module

    broken = []
    for name in LATE:
        try:
            import_module(name)
        except ImportError as error:
            broken.append(f"{name} ({error})")
    if broken:
        return Finding(
            "Libraries",
            Health.BAD,
            f"Not to be loaded: {', '.join(broken)}.",
            "Install Puffling again.",
        )
    return Finding("Libraries", Health.GOOD, f"All {len(LATE)} can be loaded.")


def findings(paths: Paths) -> list[Finding]:
    """Look at everything that needs no window."""
    return [*findings_here(paths), network_finding()]


def findings_here(paths: Paths) -> list[Finding]:
    """Look at what can be seen without asking anybody outside."""
    return [
        platform_finding(),
        display_finding(),
        keyring_finding(),
        zones_finding(),
        folder_finding(paths),
        database_finding(paths),
    ]


def report(found: list[Finding]) -> str:
    """Return the findings as lines for a person."""
    lines = []
    for each in found:
        lines.append(f"{each.health:<8} {each.name:<14} {each.text}")
        if each.hint:
            lines.append(f"{'':<8} {'':<14} {each.hint}")
    return "\n".join(lines)
