"""What strategies say of symbols: at the last close, row by row, and when they changed sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from puffin.errors import PuffinError
from puffin.strategies.base import Strategy
from puffin.strategies.specs import build
from puffling.core.errors import PufflingError
from puffling.services.backtest_run import MANY_BARS, told_of
from puffling.services.elsewhere import within
from puffling.services.periods import Period, prices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from puffin.backtest.engine import AnyStrategy
    from puffin.data.bars import Bars, Interval
    from puffin.measures import Floats
    from puffin.strategies.base import Rule
    from puffin.strategies.specs import StrategySpec
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.strategy_cards import StrategyCard

    Tell = Callable[[float], None]

FILE_SECONDS = 20.0  # without a sign of life from a strategy file


@dataclass(frozen=True, slots=True)
class SignalRow:
    """What one strategy says of one symbol.

    `signal` is "long", "short", "flat" or "not ready"; empty if it cannot be asked, and then
    `error` says why. `strength` runs from 0 to 1, None if it has no such measure; `since` is the
    bar whose close decided it; `holding` are the conditions that hold.
    """

    symbol: str
    strategy: str
    title: str
    signal: str = ""
    strength: float | None = None
    since: datetime | None = None
    at: datetime | None = None
    close: float | None = None
    readings: tuple[tuple[str, float | None], ...] = ()
    holding: tuple[str, ...] = ()
    note: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks strategies about the prices of symbols; every call blocks."""

    bars: BarService
    elsewhere: Elsewhere
    monotonic: Callable[[], float]

    def rows(
        self, cards: Sequence[StrategyCard], symbols: Sequence[str], progress: Tell
    ) -> list[SignalRow]:
        """Return what each strategy says of each symbol; what fails has its reason in its row."""
        tables, rows = [], []
        for symbol in symbols:
            try:
                tables.append(prices(self.bars, symbol, Period()))
            except PuffinError as error:
                rows.append(SignalRow(symbol, "", "", error=str(error)))
        plain = [(each.id, each.spec) for each in cards if each.spec.kind != "file"]
        if tables and plain:
            rows += self.elsewhere.call(signals_of, tables, plain, progress=progress)
        for each in cards if tables else ():
            if each.spec.kind == "file":
                rows += self._rows_of_file(each, tables, progress)
        return rows

    def turns(
        self, card: StrategyCard, symbol: str, interval: Interval, progress: Tell
    ) -> tuple[SignalTurn, ...]:
        """Return when a strategy changed sides in a symbol.

        Raises:
            DataError: There are no prices, too few, or they cannot be trusted.
            ParameterError: It decides on several symbols, or its file failed.
        """
        bars, spec = prices(self.bars, symbol, Period(interval)), card.spec
        if spec.kind == "file":
            progress = within(FILE_SECONDS, spec.called, progress, self.monotonic)
        elif len(bars) <= MANY_BARS:  # quick, and it need not wait for a process that is free
            return turns_of(bars, spec, progress=progress)
        return self.elsewhere.call(turns_of, bars, spec, progress=progress)

    def _rows_of_file(
        self, card: StrategyCard, tables: list[Bars], progress: Tell
    ) -> list[SignalRow]:
        """Return what a file says, or why it does not, in each row."""
        tell = within(FILE_SECONDS, card.spec.called, progress, self.monotonic)
        try:
            asked = [(card.id, card.spec)]
            return self.elsewhere.call(signals_of, tables, asked, progress=tell)
        except (PuffinError, PufflingError) as error:
            return [
                SignalRow(each.symbol, card.id, card.title, error=str(error)) for each in tables
            ]


@dataclass(frozen=True, slots=True)
class SignalTurn:
    """A change of side, for a chart: when its bar opened (nanoseconds UTC), and what to say.

    `side` is what it wants from then on: "long", "short" or "flat"; `buys` whether that means
    buying; `decided` is as in `puffin.strategies.now.Turn`.
    """

    time: int
    side: str
    buys: bool
    close: float
    decided: bool


def turns_of(bars: Bars, spec: StrategySpec, *, progress: Tell) -> tuple[SignalTurn, ...]:
    """Return when a strategy changed sides.

    Raises:
        NoDataError: There are too few bars.
        ParameterError: It decides on several symbols, or its file failed.
    """
    from puffin.strategies.now import turns

    progress(0.0)
    with told_of(spec):
        made = build(spec)
        found = turns(made, bars, position=_held(made, bars))
    return tuple(
        SignalTurn(
            time=int(bars.time[each.row]),
            side="long" if each.after > 0 else "short" if each.after < 0 else "flat",
            buys=each.after > each.before,
            close=float(bars.close[each.row]),
            decided=each.decided,
        )
        for each in found
    )


def signals_of(
    tables: Sequence[Bars], asked: Sequence[tuple[str, StrategySpec]], *, progress: Tell
) -> list[SignalRow]:
    """Return what each strategy says of each symbol; one that fails has its reason in its row.

    Args:
        tables: The prices of each symbol.
        asked: The strategies, each with the id of its card.
        progress: Told how far along it is.
    """
    rows = []
    for number, (id_, spec) in enumerate(asked):
        for place, bars in enumerate(tables):
            progress((number + place / len(tables)) / len(asked))
            try:
                with told_of(spec):
                    rows.append(_row(id_, spec, bars))
            except PuffinError as error:
                rows.append(SignalRow(bars.symbol, id_, spec.title, error=str(error)))
    return rows


def _row(id_: str, spec: StrategySpec, bars: Bars) -> SignalRow:
    from puffin.strategies.now import signal_now

    made = build(spec)
    said = signal_now(made, bars, position=_held(made, bars))
    return SignalRow(
        symbol=bars.symbol,
        strategy=id_,
        title=spec.title,
        signal=said.direction,
        strength=said.strength,
        since=said.since,
        at=said.at,
        close=said.close,
        readings=said.readings,
        holding=said.holding,
        note=said.note,
    )


def _held(made: Rule, bars: Bars) -> Floats | None:
    """Return what a strategy that places orders would hold; those of targets need not be asked."""
    if isinstance(made, Strategy) or made.needs != "one symbol" or len(bars) <= made.warm_up:
        return None
    from puffin.backtest.engine import Backtester

    return Backtester(cast("AnyStrategy", made)).run(bars).position
