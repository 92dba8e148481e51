"""The demo market: real daily prices of five companies, shipped with Puffling."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import threading
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from puffin.data.bars import Bars, Interval
from puffin.data.times import midnight
from puffin.errors import BarsError, NoDataError, ProviderUnavailableError, SymbolNotFoundError
from puffin.types import Instrument, Split

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from puffin.types import Dividend

PRICES = "stocks.csv.gz"
SPLITS = "splits.csv"
RECORD = "provenance.json"
COLUMNS = 8  # Ticker, Date, Open, High, Low, Close, Volume, Adj Close
REINSTALL = "Install Puffling again to get the file back."


class SampleProvider:
    """Serves the files of `folder`, after comparing them with the record of where they come from.

    Reading takes place at the first question, once; any thread may ask.
    """

    name = "Demo market"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._record: dict[str, Any] = {}
        self._bars: dict[str, Bars] = {}
        self._splits: list[Split] = []

    def symbols(self) -> list[str]:
        """Return the symbols that have prices, in alphabetical order."""
        self._load()
        return sorted(self._bars)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the prices come from, and under which terms."""
        self._load()
        return dict(self._record)

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return the raw bars that opened in [start, end), with their adjusted close.

        Weeks and months are gathered from raw days; a week with a split mixes two scales, so
        adjust days before gathering them for a chart.
        """
        self._load()
        bars = self._bars.get(symbol)
        if bars is None:
            known = ", ".join(sorted(self._bars))
            raise SymbolNotFoundError(
                f"The demo market has no {symbol}.", hint=f"It has {known}; import a file for more."
            )
        if interval.is_intraday:
            raise NoDataError(
                "The demo market has no prices within the day.", hint="Choose 1 day or longer."
            )
        part = bars.resample(interval).between(start, end)
        if not len(part):
            raise NoDataError(
                f"The demo market has no prices of {symbol} in that period.",
                hint=f"They run from {bars.first:%Y-%m-%d} to {bars.last:%Y-%m-%d}.",
            )
        return part

    def search(self, text: str) -> list[Instrument]:
        """Return the instruments whose symbol begins with `text` or whose name contains it."""
        self._load()
        wanted = text.strip().lower()
        found = [
            Instrument(each["symbol"], each["name"], each["exchange"], self.name)
            for each in self._record["instruments"]
        ]
        begins = [each for each in found if each.symbol.lower().startswith(wanted)]
        return begins + [
            each for each in found if each not in begins and wanted in each.name.lower()
        ]

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits of `symbol` that fall into the period, oldest first."""
        self._load()
        return [each for each in self._splits if each.symbol == symbol]

    def dividends(self, symbol: str) -> list[Dividend]:  # noqa: ARG002 - the port's
        """Return none: the sample tells dividends only as part of its adjusted closes."""
        return []

    def _load(self) -> None:
        with self._lock:
            if self._bars:
                return
            self._record = self._read_record()
            splits = _parse_splits(self._read(SPLITS).decode())
            bars = _parse_prices(gzip.decompress(self._read(PRICES)).decode(), source=self.name)
            self._splits, self._bars = splits, bars

    def _read_record(self) -> dict[str, Any]:
        try:
            record = json.loads(self._raw(RECORD))
        except ValueError:
            record = None
        if not isinstance(record, dict) or not {"files", "instruments"} <= record.keys():
            raise BarsError(
                f"The record of the demo market, {RECORD}, cannot be read.", hint=REINSTALL
            )
        return record

    def _read(self, file: str) -> bytes:
        raw = self._raw(file)
        if hashlib.sha256(raw).hexdigest() != self._record["files"].get(file, {}).get("sha256"):
            raise BarsError(
                f"The demo market's file {file} is not the one Puffling came with.", hint=REINSTALL
            )
        return raw

    def _raw(self, file: str) -> bytes:
        try:
            return (self._folder / file).read_bytes()
        except OSError as error:
            raise ProviderUnavailableError(
                f"The demo market's file {file} cannot be read: {error.strerror}.", hint=REINSTALL
            ) from error


def _parse_prices(text: str, *, source: str) -> dict[str, Bars]:
    # One split over the whole text and one pass per column: 12,154 rows in about 25 ms.
    cells = text.replace("\n", ",").split(",")
    rows = len(cells) // COLUMNS - 1
    cells = cells[COLUMNS : COLUMNS * (rows + 1)]
    symbols = cells[0::COLUMNS]
    time = np.array(cells[1::COLUMNS], "datetime64[D]")
    columns = [
        np.fromiter(map(float, cells[each::COLUMNS]), np.float64, rows)
        for each in range(2, COLUMNS)
    ]
    found = {}
    for symbol in dict.fromkeys(symbols):
        first = symbols.index(symbol)
        part = slice(first, first + symbols.count(symbol))
        found[symbol] = Bars.from_columns(
            symbol,
            Interval.D1,
            time=time[part],
            open=columns[0][part],
            high=columns[1][part],
            low=columns[2][part],
            close=columns[3][part],
            volume=columns[4][part],
            adjusted_close=columns[5][part],
            source=source,
        ).validate()
    return found


def _parse_splits(text: str) -> list[Split]:
    return [
        Split(row["symbol"], midnight(date.fromisoformat(row["date"])), Decimal(row["ratio"]))
        for row in csv.DictReader(io.StringIO(text))
    ]
