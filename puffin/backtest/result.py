"""What a backtest found, and how it is written down."""

from __future__ import annotations

import base64
import json
import math
import zlib
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from puffin import measures
from puffin.backtest.metrics import periods_in_year
from puffin.backtest.trades import RoundTrip, Trades
from puffin.data.bars import Interval
from puffin.errors import PuffinError
from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffin.measures import Floats, Times

__all__ = ["BacktestResult", "Rolling", "RoundTrip", "Trades", "YearOfReturns"]

VERSION = 1
LARGEST = 1 << 30  # bytes of a result unpacked; more is not one of ours
_ARRAYS = {"time": np.int64} | dict.fromkeys(
    ("equity", "drawdown", "position", "close"), np.float64
)


@dataclass(frozen=True, slots=True)
class YearOfReturns:
    """A row of the monthly table: January to December, None where there are no bars."""

    year: int
    months: tuple[float | None, ...]

    @property
    def total(self) -> float:
        """The months one after the other."""
        return math.prod(1 + each for each in self.months if each is not None) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Rolling:
    """Measures of a window that moves along; one value for each bar but the first."""

    time: Times
    total_return: Floats
    volatility: Floats
    sharpe: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BacktestResult:
    """Everything a screen or a report shows of a run.

    Arrays have one value for each bar: `equity` at its close, `drawdown` as a negative share of
    the highest equity so far, `position` in signed shares. A trade that is still open is the last
    of `trades`. A metric that is not defined is None. Two runs with the same `data_hash` and
    `config_hash` are the same run.
    """

    strategy_id: str
    parameters: dict[str, Any]
    symbol: str
    interval: Interval
    first: datetime
    last: datetime
    time: Times
    equity: Floats
    drawdown: Floats
    position: Floats
    close: Floats
    trades: Sequence[RoundTrip]
    metrics: dict[str, float | None]
    assumptions: dict[str, str]
    data_hash: str
    config_hash: str

    @property
    def closed_trades(self) -> tuple[RoundTrip, ...]:
        """The trades that ended."""
        return tuple(trade for trade in self.trades if not trade.is_open)

    @property
    def monthly(self) -> tuple[YearOfReturns, ...]:
        """The returns of each calendar month, year by year; None where there was none."""
        months, found = measures.monthly_returns(self.time, self.equity)
        number = months.astype(np.int64)
        table: dict[int, list[float | None]] = {}
        for month, value in zip(number.tolist(), found.tolist(), strict=True):
            row = table.setdefault(1970 + month // 12, [None] * 12)
            row[month % 12] = value if math.isfinite(value) else None
        return tuple(YearOfReturns(year, tuple(row)) for year, row in table.items())

    def rolling(self, window: int, risk_free: float = 0.0) -> Rolling:
        """Return measures of each `window` of bars; NaN until the first one is full."""
        periods, changes = periods_in_year(self.interval), measures.returns(self.equity)
        return Rolling(
            self.time[1:],
            measures.rolling_return(self.equity, window),
            measures.rolling_volatility(changes, window, periods),
            measures.rolling_sharpe(changes, window, periods, risk_free),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it; arrays as base64 of their bytes, lowest byte first."""
        plain: dict[str, Any] = {"version": VERSION}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _ARRAYS:
                kind = np.dtype(_ARRAYS[field.name]).newbyteorder("<")
                plain[field.name] = base64.b64encode(value.astype(kind).tobytes()).decode()
            elif isinstance(value, datetime):
                plain[field.name] = value.isoformat()
            else:
                plain[field.name] = value
        plain["interval"] = str(self.interval)
        plain["trades"] = [_trade_to_dict(trade) for trade in self.trades]
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> BacktestResult:
        """Return the result that `to_dict` wrote.

        Raises:
            PuffinError: It was not written by this version, or is damaged.
        """
        if plain.get("version") != VERSION:
            raise PuffinError("This backtest was stored by another version of Puffling.")
        try:
            values = {field.name: plain[field.name] for field in fields(cls)}
            for name, kind in _ARRAYS.items():
                values[name] = _array(values[name], kind)
            values["interval"] = Interval(values["interval"])
            values["first"] = datetime.fromisoformat(values["first"])
            values["last"] = datetime.fromisoformat(values["last"])
            values["trades"] = tuple(_trade_from_dict(each) for each in values["trades"])
        except (KeyError, TypeError, ValueError) as error:
            raise PuffinError(f"The stored backtest is damaged: {error}.") from error
        if len({len(values[name]) for name in _ARRAYS}) != 1:
            raise PuffinError("The stored backtest is damaged: its columns differ in length.")
        return cls(**values)

    def to_blob(self) -> bytes:
        """Return it as compressed bytes, for the store."""
        return zlib.compress(json.dumps(self.to_dict(), separators=(",", ":")).encode(), 6)

    @classmethod
    def from_blob(cls, blob: bytes) -> BacktestResult:
        """Return the result that `to_blob` wrote.

        Raises:
            PuffinError: The bytes are damaged.
        """
        unpacker = zlib.decompressobj()
        try:
            plain = json.loads(unpacker.decompress(blob, LARGEST))
        except (zlib.error, ValueError) as error:
            raise PuffinError(f"The stored backtest is damaged: {error}.") from error
        return cls.from_dict(plain if isinstance(plain, dict) else {})


def _array(text: str, kind: type[np.generic]) -> NDArray[Any]:
    raw = base64.b64decode(text, validate=True)
    return np.frombuffer(raw, np.dtype(kind).newbyteorder("<")).astype(kind)


def _trade_to_dict(trade: RoundTrip) -> dict[str, Any]:
    ended = None if trade.exit_time is None else trade.exit_time.isoformat()
    return asdict(trade) | {"entry_time": trade.entry_time.isoformat(), "exit_time": ended}


def _trade_from_dict(plain: dict[str, Any]) -> RoundTrip:
    ended = plain["exit_time"]
    times = {
        "entry_time": datetime.fromisoformat(plain["entry_time"]),
        "exit_time": None if ended is None else datetime.fromisoformat(ended),
    }
    return RoundTrip(**plain | times | {"side": Side(plain["side"])})
