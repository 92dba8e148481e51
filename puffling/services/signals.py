"""What strategies say of symbols at the last close, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from puffin.errors import PuffinError
from puffin.strategies.base import Strategy
from puffin.strategies.specs import build
from puffling.services.backtest_run import told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from puffin.backtest.engine import AnyStrategy
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Rule
    from puffin.strategies.specs import StrategySpec

    Tell = Callable[[float], None]


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
