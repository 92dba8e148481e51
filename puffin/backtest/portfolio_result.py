"""What a backtest of many symbols found, and how it is written down."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np
from typing_extensions import override

from puffin.backtest import layout as at
from puffin.backtest.attribution import Contribution
from puffin.backtest.benchmark import Benchmark
from puffin.backtest.trades import RoundTrip
from puffin.data.bars import Interval
from puffin.errors import PuffinError
from puffin.types import Side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.backtest.trades import Trades
    from puffin.measures import Floats, Times

__all__ = ["Benchmark", "Contribution", "PortfolioResult", "PortfolioTrade", "PortfolioTrades"]

VERSION: Final = 1
LARGEST: Final = 1 << 30  # bytes of a result unpacked; more is not one of ours
HEAD: Final = struct.Struct("<4sI")
MARK: Final = b"PFR1"
_COLUMNS = {"time": "<i8", "equity": "<f8", "drawdown": "<f8"}
_TABLES = ("weights", "positions")


@dataclass(frozen=True, slots=True)
class PortfolioTrade:
    """A round trip, and in what."""

    symbol: str
    trade: RoundTrip


class PortfolioTrades(Sequence[PortfolioTrade]):
    """The trades of a run in the order of their entries, made into records when looked at.

    `parts` are the trades of each symbol.
    """

    def __init__(self, symbols: Sequence[str], parts: Sequence[Trades]) -> None:
        self._symbols, self._parts = tuple(symbols), tuple(parts)
        which = np.repeat(np.arange(len(parts)), [len(each) for each in parts])
        place = np.concatenate([np.arange(len(each)) for each in parts])
        entry = np.concatenate([each.table[:, at.TRADE_ENTRY] for each in parts])
        end = np.concatenate([each.table[:, at.TRADE_EXIT] for each in parts])
        order = np.lexsort((which, np.where(end < 0, np.inf, end), entry))
        self._order = list(zip(which[order].tolist(), place[order].tolist(), strict=True))

    @override
    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> PortfolioTrade: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[PortfolioTrade, ...]: ...
    @override
    def __getitem__(self, place: int | slice) -> PortfolioTrade | tuple[PortfolioTrade, ...]:
        if isinstance(place, slice):
            return tuple(self._made(*each) for each in self._order[place])
        return self._made(*self._order[place])

    def _made(self, which: int, row: int) -> PortfolioTrade:
        return PortfolioTrade(self._symbols[which], self._parts[which][row])


@dataclass(frozen=True, slots=True, eq=False)
class PortfolioResult:
    """Everything a screen or a report shows of a run over many symbols.

    `equity`, `drawdown` have one value a row, at its close; `weights` (what is held of each
    symbol at that close, as a share of equity) and `positions` (signed shares) one column a
    symbol. A symbol without a bar on a row is marked at its last price. Trades are in the order of
    their entries; those still open at the end are marked at the last price. A metric that is not
    defined is None. Two runs with the same `data_hash` and `config_hash` are the same run.
    """

    strategy_id: str
    parameters: dict[str, Any]
    symbols: tuple[str, ...]
    interval: Interval
    first: datetime
    last: datetime
    time: Times
    equity: Floats
    drawdown: Floats
    weights: Floats
    positions: Floats
    trades: Sequence[PortfolioTrade]
    metrics: dict[str, float | None]
    benchmark: Benchmark | None
    attribution: tuple[Contribution, ...]
    assumptions: dict[str, str]
    notes: tuple[str, ...]
    data_hash: str
    config_hash: str

    @property
    def closed_trades(self) -> tuple[PortfolioTrade, ...]:
        """The trades that ended."""
        return tuple(each for each in self.trades if not each.trade.is_open)

    def to_blob(self) -> bytes:
        """Return it as compressed bytes, for the store."""
        plain: dict[str, Any] = {"version": VERSION}
        for field in fields(self):
            if field.name not in _COLUMNS and field.name not in _TABLES:
                plain[field.name] = getattr(self, field.name)
        plain["interval"] = str(self.interval)
        plain["first"], plain["last"] = self.first.isoformat(), self.last.isoformat()
        plain["trades"] = [_trade_to_list(each) for each in self.trades]
        plain["attribution"] = [asdict(each) for each in self.attribution]
        plain["rows"] = len(self.time)
        arrays = [*(getattr(self, name) for name in (*_COLUMNS, *_TABLES))]
        if self.benchmark is not None:
            plain["benchmark"] = {
                "symbol": self.benchmark.symbol,
                "metrics": self.benchmark.metrics,
                "notes": self.benchmark.notes,
            }
            arrays.append(self.benchmark.equity)
        head = json.dumps(plain, separators=(",", ":"), allow_nan=False).encode()
        body = b"".join(each.astype(each.dtype.newbyteorder("<")).tobytes() for each in arrays)
        return zlib.compress(HEAD.pack(MARK, len(head)) + head + body, 6)

    @classmethod
    def from_blob(cls, blob: bytes) -> PortfolioResult:
        """Return the result that `to_blob` wrote.

        Raises:
            PuffinError: It was written by another version, or the bytes are damaged.
        """
        try:
            plain, body = _unpacked(blob)
            values = _values(plain, body) if plain.pop("version") == VERSION else None
        except (zlib.error, struct.error, KeyError, TypeError, ValueError) as error:
            raise PuffinError(f"The stored backtest is damaged: {error}.") from error
        if values is None:
            raise PuffinError("This backtest was stored by another version of Puffling.")
        return cls(**values)


def _unpacked(blob: bytes) -> tuple[dict[str, Any], bytes]:
    raw = zlib.decompressobj().decompress(blob, LARGEST)
    mark, length = HEAD.unpack_from(raw)
    plain = json.loads(raw[HEAD.size : HEAD.size + length])
    if mark != MARK or not isinstance(plain, dict):
        raise ValueError("these are not the bytes of a portfolio")
    return plain, raw[HEAD.size + length :]


def _values(plain: dict[str, Any], body: bytes) -> dict[str, Any]:
    rows, count = int(plain.pop("rows")), len(plain["symbols"])
    reader = _Reader(body)
    for name, kind in _COLUMNS.items():
        plain[name] = reader.take(kind, rows)
    for name in _TABLES:
        plain[name] = reader.take("<f8", rows * count).reshape(rows, count)
    if plain["benchmark"] is not None:
        found = plain["benchmark"]
        plain["benchmark"] = Benchmark(
            found["symbol"],
            reader.take("<f8", rows),
            found["metrics"],
            tuple(found["notes"]),
        )
    reader.close()
    plain["symbols"], plain["notes"] = tuple(plain["symbols"]), tuple(plain["notes"])
    plain["interval"] = Interval(plain["interval"])
    plain["first"] = datetime.fromisoformat(plain["first"])
    plain["last"] = datetime.fromisoformat(plain["last"])
    plain["trades"] = tuple(_trade_from_list(each) for each in plain["trades"])
    plain["attribution"] = tuple(Contribution(**each) for each in plain["attribution"])
    return plain


class _Reader:
    """Takes arrays off bytes, one after the other."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def take(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self._raw, np.dtype(kind), count, self._at)
        self._at += found.nbytes
        return found.astype(found.dtype.newbyteorder("="))

    def close(self) -> None:
        if self._at != len(self._raw):
            raise ValueError("there is more of it than there should be")


def _trade_to_list(each: PortfolioTrade) -> list[Any]:
    plain = asdict(each.trade)
    ended = each.trade.exit_time
    plain["entry_time"] = each.trade.entry_time.isoformat()
    plain["exit_time"] = None if ended is None else ended.isoformat()
    return [each.symbol, *plain.values()]


def _trade_from_list(plain: list[Any]) -> PortfolioTrade:
    names = [field.name for field in fields(RoundTrip)]
    values = dict(zip(names, plain[1:], strict=True))
    ended = values["exit_time"]
    values["entry_time"] = datetime.fromisoformat(values["entry_time"])
    values["exit_time"] = None if ended is None else datetime.fromisoformat(ended)
    values["side"] = Side(values["side"])
    return PortfolioTrade(plain[0], RoundTrip(**values))
