"""Prints the table of budgets and what this computer measures: `python -m tests.bench [part …]`."""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.measure import Row

PARTS = ("start", "chart", "drawings", "quotes", "engine", "search", "figures", "orders", "loop")
WIDE = 56


def main(chosen: list[str]) -> int:
    """Measure the parts, say each row as it comes, and fail if a budget is broken."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    unknown = set(chosen) - set(PARTS)
    if unknown:
        sys.stdout.write(f"There is no part {', '.join(sorted(unknown))}: {', '.join(PARTS)}\n")
        return 2
    broken = 0
    began = time.monotonic()
    for part in chosen or PARTS:
        rows: list[Row] = import_module(f"tests.bench.{part}").rows()
        for row in rows:
            verdict = {None: " ", True: "ok", False: "OVER"}[row.within]
            sys.stdout.write(f"{row.what:<{WIDE}} {verdict:<4} {row.measured}   {row.budget}\n")
            broken += row.within is False
        sys.stdout.flush()
    sys.stdout.write(f"{broken} over budget; {time.monotonic() - began:.0f} s\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
