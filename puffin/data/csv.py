"""Bars from a text file of your own: the whole file, or a sentence that names the line."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.data.bars import DAY, Bars, Interval
from puffin.data.cells import CellError, moment_of, number, shown
from puffin.data.times import midnight, nanoseconds
from puffin.errors import BarsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    Line: TypeAlias = tuple[int, list[str]]

LARGEST_BYTES = 64 * 2**20
MOST_ROWS = 500_000
PROGRESS_EVERY = 4096
DELIMITERS = (",", ";", "\t")
DECIMAL_COMMA = re.compile(r"\d,\d")
NAMES = {
    "date": ("date", "datetime", "timestamp", "day", "date/time"),
    "time": ("time", "hour"),
    "open": ("open", "open price"),
    "high": ("high", "high price"),
    "low": ("low", "low price"),
    "close": ("close", "close price", "last", "close/last"),
    "volume": ("volume", "vol", "vol."),
    "adjusted_close": ("adj close", "adjusted close", "adjclose", "adj. close"),
}
NEEDED = ("date", "open", "high", "low", "close", "volume")
NUMBERS = ("open", "high", "low", "close", "volume", "adjusted_close")


@dataclass(slots=True)
class _Table:
    """The rows read so far, and the line each stood on."""

    lines: list[int] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    columns: dict[str, list[float]] = field(default_factory=dict)


def read_bars(
    path: Path,
    symbol: str,
    *,
    interval: Interval | None = None,
    largest_bytes: int = LARGEST_BYTES,
    most_rows: int = MOST_ROWS,
    progress: Callable[[float], None] | None = None,
) -> Bars:
    """Read a file with a header line and the columns Date, Open, High, Low, Close and Volume.

    Commas, semicolons and tabs separate; the order of rows may be oldest or newest first. An
    `interval` of None is taken from the distance of the rows. `progress` is told a share from 0
    to 1 and may raise to stop the reading. Nothing is repaired and nothing is left out.

    Raises:
        BarsError: The file cannot be trusted; the sentence names the line.
    """
    text = _decoded(_content(path, largest_bytes), path, most_rows)
    lines, delimiter = _lines(text, path)
    header = next(lines, None)
    if header is None:
        raise BarsError(f"{path.name} is empty.")
    places = _places(header, path)
    # One style for the whole file: the same cell must not mean 1234 here and 1.234 there.
    decimal_comma = delimiter == ";" and DECIMAL_COMMA.search(text) is not None
    expected = max(1, text.count("\n"))
    table = _Table(columns={name: [] for name in places if name in NUMBERS})
    for count, line in enumerate(lines):
        if count >= most_rows:
            raise _too_many(path, most_rows)
        if progress is not None and count % PROGRESS_EVERY == 0:
            progress(min(1.0, count / expected))
        _take(table, line, places, width=len(header[1]), decimal_comma=decimal_comma, path=path)
    bars, order = _bars(table, symbol, interval, path)
    fault = bars.fault()
    if fault is not None:
        raise _refused(path, order[fault.row], fault.text.removesuffix("."))
    if progress is not None:
        progress(1.0)
    return bars


def _refused(path: Path, line: int, text: str) -> BarsError:
    return BarsError(
        f"{path.name}, line {line}: {text}.",
        hint="Nothing was read. Correct the file and try again.",
    )


def _too_many(path: Path, most_rows: int) -> BarsError:
    return BarsError(
        f"{path.name} has more than {most_rows:,} rows.",
        hint="Split the file, or raise the limit in Settings, Data.",
    )


def _content(path: Path, largest_bytes: int) -> bytes:
    try:
        if not path.is_file():
            raise BarsError(f"{path.name} is not a file.", hint="Choose a CSV file.")
        size = path.stat().st_size
        if size > largest_bytes:
            raise BarsError(
                f"{path.name} has {size / 2**20:,.1f} MB; at most {largest_bytes / 2**20:,.1f} MB "
                "are read.",
                hint="Split the file, or raise the limit in Settings, Data.",
            )
        with path.open("rb") as file:
            return file.read(largest_bytes + 1)[:largest_bytes]
    except OSError as error:
        raise BarsError(
            f"{path.name} cannot be read: {error.strerror}.", hint="Check where it is."
        ) from error


def _decoded(raw: bytes, path: Path, most_rows: int) -> str:
    """Return the text; every check here is a quick look at the whole file."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(path, 1, "the file is UTF-16; save it as CSV in UTF-8")
    place = raw.find(b"\0")
    if place >= 0:
        raise _refused(path, raw.count(b"\n", 0, place) + 1, "there is a NUL; this is not a text")
    if raw.count(b"\n") > most_rows + 1 and _filled(raw) > most_rows + 1:
        raise _too_many(path, most_rows)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refused(path, line, "a character is not UTF-8; save the file in UTF-8") from error


def _filled(raw: bytes) -> int:
    """Count the lines that are not blank."""
    ends = np.frombuffer(b"\n" + raw.replace(b"\r", b"") + b"\n", np.uint8) == ord("\n")
    return int(np.count_nonzero(ends[1:] & ~ends[:-1]))


def _lines(text: str, path: Path) -> tuple[Iterator[Line], str]:
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)

    def read() -> Iterator[Line]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield reader.line_num, cells
        except csv.Error as error:
            raise _refused(path, reader.line_num, f"the line cannot be read ({error})") from error

    return read(), delimiter


def _places(header: Line, path: Path) -> dict[str, int]:
    """Find which column is where."""
    line, cells = header
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        plain = cell.strip().lower().replace("_", " ")
        name = next((name for name, known in NAMES.items() if plain in known), None)
        if place == 0 and not plain:
            name = "date"  # data frames write their index without a name
        if name in found:
            raise _refused(path, line, f"two columns hold the {name.replace('_', ' ')}")
        if name is not None:
            found[name] = place
    if "date" not in found and "time" in found:
        found["date"] = found.pop("time")
    missing = [name.capitalize() for name in NEEDED if name not in found]
    if missing:
        told = ", ".join(shown(cell.strip()) for cell in cells[:8])
        raise _refused(path, line, f"no column is named {' or '.join(missing)}; there are {told}")
    return found


def _take(
    table: _Table,
    line: Line,
    places: dict[str, int],
    *,
    width: int,
    decimal_comma: bool,
    path: Path,
) -> None:
    place, cells = line
    if len(cells) != width:
        raise _refused(path, place, f"there are {len(cells)} cells, the header has {width}")
    name = "date"
    try:
        when = cells[places["date"]]
        if "time" in places:
            when = f"{when.strip()} {cells[places['time']].strip()}"
        table.times.append(moment_of(when))
        for name, values in table.columns.items():
            values.append(number(cells[places[name]], decimal_comma=decimal_comma))
    except CellError as error:
        raise _refused(path, place, f"the {name.replace('_', ' ')} {error}") from error
    table.lines.append(place)


def _bars(
    table: _Table, symbol: str, interval: Interval | None, path: Path
) -> tuple[Bars, list[int]]:
    """Make bars, oldest first, and return the line of each."""
    if not table.times:
        raise BarsError(f"{path.name} has no rows under its header.")
    dated = all((each.hour, each.minute, each.second) == (0, 0, 0) for each in table.times)
    # A date is the session's, whatever zone stands beside it; a time is a moment.
    times = np.array(
        [nanoseconds(midnight(each.date()) if dated else each) for each in table.times], np.int64
    )
    step = slice(None, None, -1 if times[0] > times[-1] else 1)
    times = times[step]
    columns = {name: np.array(values)[step] for name, values in table.columns.items()}
    bars = Bars(
        symbol,
        interval or _interval(times, path, dated=dated),
        times,
        columns["open"],
        columns["high"],
        columns["low"],
        columns["close"],
        columns["volume"],
        columns.get("adjusted_close"),
        source=path.name,
    )
    return bars, table.lines[step]


def _interval(
    times: np.ndarray[tuple[int], np.dtype[np.int64]], path: Path, *, dated: bool
) -> Interval:
    """Tell the interval by the most frequent distance of two rows."""
    gaps = Counter(round(gap / 1e9) for gap in np.diff(times).tolist() if gap > 0)
    if not gaps:
        if dated:
            return Interval.D1
        raise BarsError(f"{path.name} has a single time of day; its interval cannot be told.")
    common = gaps.most_common(1)[0][0]
    days = common / DAY
    if dated:
        for interval, longest in ((Interval.D1, 4), (Interval.W1, 8)):
            if days <= longest:
                return interval
        if 27 <= days <= 32:  # noqa: PLR2004 - the months' lengths, a session late or early
            return Interval.MO1
    else:
        for interval in Interval:
            if interval.is_intraday and interval.seconds == common:
                return interval
    told = f"{days:g} days" if dated else f"{common / 60:g} minutes"
    known = ", ".join(each.label for each in Interval)
    raise BarsError(f"The rows of {path.name} are {told} apart.", hint=f"Puffling knows {known}.")
