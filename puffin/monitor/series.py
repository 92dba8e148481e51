"""A series of equity, or of returns, from a text file of your own."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin.data.cells import CellError, moment_of, number
from puffin.data.times import midnight, nanoseconds
from puffin.errors import BarsError

if TYPE_CHECKING:
    from pathlib import Path

    from puffin.measures import Floats, Times

LARGEST_BYTES: Final = 16 * 2**20
MOST_ROWS: Final = 200_000
FIRST_VALUE: Final = 100.0  # what a series of returns begins with
_RETURNS = ("return", "returns", "change", "r", "pnl %", "return %")
_HINT = "Nothing was read. A file has a date and a number in each line: equity or returns."


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values of one thing over time; of returns, what 100 became."""

    name: str
    time: Times
    values: Floats
    from_returns: bool


def read_series(
    path: Path, *, largest_bytes: int = LARGEST_BYTES, most_rows: int = MOST_ROWS
) -> Series:
    """Read a CSV with a date in the first column and a number in the second.

    The number is a return if its heading says so, if it has a percent sign, or if any is zero or
    less; else it is equity. A return of 0.01 is one percent, and so is 1%.

    Raises:
        BarsError: The file cannot be trusted; the sentence names the line.
    """
    rows = list(csv.reader(io.StringIO(_text(path, largest_bytes)), delimiter=_delimiter(path)))
    heading = rows[0] if rows and not _is_number(_cell(rows[0], 1)) else []
    times: list[int] = []
    values: list[float] = []
    percent = False
    for line, row in enumerate(rows[1:] if heading else rows, start=2 if heading else 1):
        if not any(cell.strip() for cell in row):
            continue
        if len(times) == most_rows:
            raise BarsError(f"{path.name} has more than {most_rows:,} rows.", hint=_HINT)
        try:
            at = moment_of(_cell(row, 0))
            text = _cell(row, 1)
            share = text.endswith("%")
            value = number(text.removesuffix("%").strip()) / (100 if share else 1)
        except CellError as error:
            raise BarsError(f"{path.name}, line {line}: a cell {error}.", hint=_HINT) from None
        percent = percent or share
        # A date names its day, whatever the zone; moments keep theirs.
        stamp = midnight(at.date()) if (at.hour, at.minute, at.second) == (0, 0, 0) else at
        times.append(nanoseconds(stamp))
        values.append(value)
        if len(times) > 1 and times[-1] <= times[-2]:
            raise BarsError(
                f"{path.name}, line {line}: the date is not after the one before.", hint=_HINT
            )
    if not times:
        raise BarsError(f"{path.name} has no values.", hint=_HINT)
    named = _cell(heading, 1).strip().casefold() in _RETURNS if heading else False
    return _series(path, np.array(times, np.int64), np.array(values), named=named or percent)


def _series(path: Path, time: Times, found: Floats, *, named: bool) -> Series:
    if not (named or bool((found <= 0).any())):
        return Series(path.stem, time, found, from_returns=False)
    if bool((found <= -1).any()):
        raise BarsError(
            f"{path.name} has a return of −100 % or less, or equity that is not above zero.",
            hint=_HINT,
        )
    # What there was before the first return; its date is a day before, as nothing tells it.
    before = 2 * time[0] - time[1] if len(time) > 1 else time[0] - 86_400_000_000_000
    values = FIRST_VALUE * np.concatenate(([1.0], np.cumprod(1 + found)))
    return Series(path.stem, np.concatenate(([before], time)), values, from_returns=True)


def _text(path: Path, largest_bytes: int) -> str:
    try:
        if not path.is_file():
            raise BarsError(f"{path.name} is not a file.", hint="Choose a CSV file.")
        if path.stat().st_size > largest_bytes:
            raise BarsError(
                f"{path.name} is larger than {largest_bytes / 2**20:,.0f} MB.", hint=_HINT
            )
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BarsError(
            f"{path.name} cannot be read: {error.strerror}.", hint="Check where it is."
        ) from error
    except UnicodeDecodeError as error:
        raise BarsError(f"{path.name} is not a text in UTF-8.", hint=_HINT) from error


def _delimiter(path: Path) -> str:
    with path.open(encoding="utf-8-sig") as file:
        first = next((line for line in file if line.strip()), "")
    return max((",", ";", "\t"), key=first.count)


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _is_number(text: str) -> bool:
    try:
        number(text.removesuffix("%").strip())
    except CellError:
        return False
    return True
