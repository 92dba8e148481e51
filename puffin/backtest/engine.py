"""Replays bars through a strategy, order by order.

A target decided at a bar's close is filled at the next bar's open, and only when it changes.
Between two orders nothing happens but the price, so the loop runs over orders and equity is
marked for all bars at once.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest.metrics import summarise
from puffin.backtest.result import BacktestResult
from puffin.backtest.settings import BacktestSettings
from puffin.backtest.sizing import Moment
from puffin.backtest.trades import TradeBook
from puffin.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.base import Strategy

__all__ = ["BacktestSettings", "Backtester"]

POLL = 2_000  # bars between two looks at whether the person wants to stop
WHOLE = 1e-9  # 99.9999999999 shares are a hundred


class Backtester:
    """Runs one strategy with one set of assumptions."""

    def __init__(self, strategy: Strategy, settings: BacktestSettings | None = None) -> None:
        self._strategy = strategy
        self._settings = settings or BacktestSettings()

    def run(self, bars: Bars, *, progress: Callable[[float], None] | None = None) -> BacktestResult:
        """Return what would have come of it.

        Args:
            bars: Prices, checked here; pass adjusted ones, or splits look like crashes.
            progress: Told how far along it is, 0 to 1; may raise to stop the run.

        Raises:
            BarsError: The prices cannot be trusted; the message names the row.
            NoDataError: There are no more bars than the strategy needs to warm up.
        """
        bars.validate()
        strategy, settings = self._strategy, self._settings
        if len(bars) <= strategy.warm_up:
            raise NoDataError(
                f"{strategy.title} needs more than {strategy.warm_up} bars; "
                f"{bars.symbol} has {len(bars)}."
            )
        tell = progress or _silent
        tell(0.0)
        target = strategy.signals(bars).target
        if len(target) != len(bars):
            raise ParameterError(f"{strategy.title} gave {len(target)} targets.")
        run = _Run(bars, settings, followed(target, allow_short=settings.allow_short))
        run.through(tell)
        equity, position = run.marked()
        metrics = summarise(bars, equity, position, run.book.trades, settings.risk_free)
        parameters = strategy.parameters.model_dump(mode="json")
        tell(1.0)
        return BacktestResult(
            strategy_id=strategy.id,
            parameters=parameters,
            symbol=bars.symbol,
            interval=bars.interval,
            first=bars.first,
            last=bars.last,
            time=bars.time,
            equity=equity,
            drawdown=measures.drawdown(equity),
            position=position,
            close=bars.close,
            trades=tuple(run.book.trades),
            metrics=metrics,
            assumptions=settings.assumptions(adjusted=bars.adjusted),
            data_hash=bars.data_hash,
            config_hash=_fingerprint([strategy.id, parameters, settings.to_dict()]),
        )


def followed(target: Floats, *, allow_short: bool) -> Floats:
    """Return what is wanted at each close: NaN keeps what was wanted before, nothing at first."""
    known = ~np.isnan(target)
    latest = np.maximum.accumulate(np.where(known, np.arange(len(target)), -1))
    wanted = np.where(latest >= 0, target[latest], 0.0)
    return wanted if allow_short else np.maximum(wanted, 0.0)


class _Run:
    """Cash and shares on their way through the bars."""

    def __init__(self, bars: Bars, settings: BacktestSettings, wanted: Floats) -> None:
        self._bars = bars
        self._settings = settings
        self._rates = settings.costs.rates
        self._size = settings.size_rule
        self._wanted = wanted
        self._cash = settings.capital
        self._held = 0.0
        self._rows = [0]
        self._cash_from = [self._cash]
        self._held_from = [0.0]
        self.book = TradeBook(bars)

    def through(self, tell: Callable[[float], None]) -> None:
        """Fill every order, in time."""
        count, polled = len(self._bars), 0
        before = np.concatenate(([0.0], self._wanted[:-1]))
        decided = np.flatnonzero(self._wanted != before)
        for row in (decided[decided < count - 1] + 1).tolist():
            polled = _poll(tell, polled, row, count)
            if self._used_up(row):
                break
            self._follow(row)
        else:
            self._used_up(count)
        _poll(tell, polled, count, count)
        self.book.mark()

    def _follow(self, row: int) -> None:
        """Fill what was decided on the bar before `row` at the open of `row`."""
        target = float(self._wanted[row - 1])
        before = float(self._wanted[row - 2]) if row > 1 else 0.0
        reason = f"Target from {before:+.0%} to {target:+.0%}"
        if self._held and self._held * target <= 0:
            self._trade(row, -self._held, reason)
        if target:
            change = self._shares(row, target) - self._held
            if change:
                self._trade(row, change, reason)

    def _shares(self, row: int, target: float) -> float:
        """The signed shares that `target` means at the open of `row`; never on credit."""
        opened = float(self._bars.open[row])
        equity = self._cash + self._held * opened
        sign = 1 if target > 0 else -1
        price = self._rates.slipped(opened, sign)
        moment = Moment(equity, price, float(self._bars.close[row - 1]), self._rates)
        most = self._rates.affordable(equity, price)
        size = min(self._size.quantity(abs(target), moment), most)
        return sign * (float(math.floor(size + WHOLE)) if self._settings.whole_shares else size)

    def _trade(self, row: int, change: float, reason: str) -> None:
        """Fill a signed number of shares at the open of `row`."""
        price = self._rates.slipped(float(self._bars.open[row]), 1 if change > 0 else -1)
        commission = self._rates.commission(abs(change), price)
        if self._held * change < 0:
            self.book.close(row, -change, price, commission=commission, reason=reason)
        else:
            self.book.open(row, change, price, commission=commission, reason=reason)
        self._cash -= change * price + commission
        self._held += change
        self._rows.append(row)
        self._cash_from.append(self._cash)
        self._held_from.append(self._held)

    def _used_up(self, row: int) -> bool:
        """Whether a short position ate all equity before `row`; if so it is bought back."""
        if self._held >= 0:
            return False
        since = self._rows[-1]
        ruined = self._bars.close[since:row] >= self._cash / -self._held
        if not ruined.any():
            return False
        back = since + int(ruined.argmax()) + 1
        if back < len(self._bars):
            self._trade(back, -self._held, "The account was used up")
        return True

    def marked(self) -> tuple[Floats, Floats]:
        """Return equity and shares held at every close."""
        lengths = np.diff([*self._rows, len(self._bars)])
        held = np.repeat(self._held_from, lengths)
        return np.repeat(self._cash_from, lengths) + held * self._bars.close, held


def _poll(tell: Callable[[float], None], polled: int, row: int, count: int) -> int:
    """Report every so many bars up to `row`; return up to where that is done."""
    for bar in range(polled + POLL, row + 1, POLL):
        tell(bar / count)
        polled = bar
    return polled


def _fingerprint(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _silent(_done: float) -> None:
    """Tell nobody."""
