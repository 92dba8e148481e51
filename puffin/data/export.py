"""Bars as a CSV text that Puffling reads back digit for digit, and no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from puffin.data.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from puffin.data.bars import Bars

FORMULA: Final = ("=", "+", "-", "@")
AT_ONCE: Final = 4_096
EXACT: Final = 1e15  # whole numbers below it are written without a point


def safe_cell(text: str) -> str:
    """Return text that a spreadsheet shows and does not run: a quote before what it would run.

    A control character becomes a blank, so that a cell stays in its line.
    """
    shown = "".join(each if each.isprintable() else " " for each in text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) else shown


def csv_lines(bars: Bars, notes: Mapping[int, Sequence[str]] | None = None) -> Iterator[str]:
    """Yield a header and the bars, some thousand lines at a time.

    Prices are written with all their digits; a number that is not known is left blank. Times
    inside a day are UTC.

    Args:
        bars: What is written.
        notes: Sentences about rows, for a last column; none without them.
    """
    names = ["open", "high", "low", "close", "volume"]
    columns = [getattr(bars, name) for name in names]
    titles = [each.capitalize() for each in names]
    if bars.adjusted_close is not None:
        columns.append(bars.adjusted_close)
        titles.append("Adj Close")
    heading = ["Date", *titles, *([] if notes is None else ["Notes"])]
    yield _written([heading])
    for start in range(0, len(bars), AT_ONCE):
        stop = min(start + AT_ONCE, len(bars))
        numbers = [column[start:stop].tolist() for column in columns]
        rows = []
        for row, values in enumerate(zip(*numbers, strict=True), start):
            cells = [_when(bars, row), *map(_number, values)]
            if notes is not None:
                cells.append(safe_cell(" ".join(notes.get(row, ()))))
            rows.append(cells)
        yield _written(rows)


def to_csv(bars: Bars, notes: Mapping[int, Sequence[str]] | None = None) -> str:
    """Return the whole text of `csv_lines`."""
    return "".join(csv_lines(bars, notes))


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _when(bars: Bars, row: int) -> str:
    at = moment(int(bars.time[row]))
    return at.isoformat() if bars.interval.is_intraday else at.date().isoformat()


def _number(value: float) -> str:
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN is not itself
        return ""
    return str(int(value)) if value == int(value) and abs(value) < EXACT else repr(value)
