"""Replays many symbols through a strategy that shares one account between them.

Weights are decided at closes, on the rows that the schedule names, and filled at the next open of
each symbol. With one symbol and full weights it is the same run as `engine.Backtester`'s; a test
holds them equal.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from puffin import measures
from puffin.backtest import layout as at
from puffin.backtest.attribution import attribution
from puffin.backtest.benchmark import beside
from puffin.backtest.portfolio_loop import Follower, Wishes
from puffin.backtest.portfolio_metrics import summarise
from puffin.backtest.portfolio_result import PortfolioResult, PortfolioTrade, PortfolioTrades
from puffin.backtest.schedule import Every, Schedule
from puffin.backtest.settings import BacktestSettings
from puffin.backtest.sizing import ShareOfEquity
from puffin.backtest.trades import Trades
from puffin.data.times import moment
from puffin.data.universe import listed
from puffin.errors import NoDataError, ParameterError
from puffin.strategies.base import Strategy
from puffin.strategies.universe import UniverseStrategy, checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.benchmark import Benchmark
    from puffin.data.bars import Bars
    from puffin.data.universe import Universe
    from puffin.measures import Floats

__all__ = ["AnyOfMany", "PortfolioBacktester", "PortfolioResult", "PortfolioTrade", "Schedule"]

AnyOfMany: TypeAlias = "UniverseStrategy | Strategy"


class Decided(NamedTuple):
    """What a strategy wanted at each close [n, k], what is followed of it, and what to know."""

    wanted: Floats
    wishes: Wishes
    notes: tuple[str, ...]


class PortfolioBacktester:
    """Runs one strategy over many symbols with one set of assumptions.

    Args:
        strategy: What decides: on all symbols together, or a strategy for one symbol, which then
            gets an equal share of the money for each of them.
        settings: What is assumed. Sizes come from the weights, so its sizing must be a share of
            equity: what a weight of 1 means.
        schedule: When weights are looked at.

    Raises:
        ParameterError: The strategy decides with orders, or the sizing is another rule.
    """

    def __init__(
        self,
        strategy: AnyOfMany,
        settings: BacktestSettings | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        self._strategy = strategy
        self._settings = settings or BacktestSettings()
        self._schedule = schedule or Schedule()
        if not isinstance(strategy, (UniverseStrategy, Strategy)):
            raise ParameterError(
                f"{strategy.title} decides with orders of its own; many symbols at once need a "
                "strategy that gives weights.",
                hint="Run it on one symbol.",
            )
        rule = self._settings.size_rule
        if not isinstance(rule, ShareOfEquity):
            raise ParameterError(
                "Sizes in a portfolio come from its weights; the sizing must be a share of equity."
            )
        self._share = rule.share

    def run(
        self,
        universe: Universe,
        *,
        benchmark: Bars | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> PortfolioResult:
        """Return what would have come of it.

        Args:
            universe: Prices, made by `puffin.data.universe.align`.
            benchmark: Prices of something to compare with.
            progress: Told how far along it is, 0 to 1; may raise to stop the run.

        Raises:
            NoDataError: There are no more rows than the strategy needs to warm up.
            ParameterError: The strategy's weights make no sense.
        """
        tell = progress or _silent
        strategy, settings, schedule = self._strategy, self._settings, self._schedule
        if len(universe) <= strategy.warm_up:
            raise NoDataError(
                f"{strategy.title} needs more than {strategy.warm_up} rows of prices; there are "
                f"{len(universe)} of {listed(universe.symbols)}."
            )
        common = int(universe.mask.all(axis=1).sum())
        if strategy.needs == "two symbols" and common <= strategy.warm_up:
            raise NoDataError(
                f"{strategy.title} needs more than {strategy.warm_up} bars that both symbols have; "
                f"{listed(universe.symbols)} have {common} in common.",
                hint="Choose another pair, or shorter windows.",
            )
        tell(0.0)
        decided = self.decide(universe)
        wishes, notes = decided.wishes, decided.notes
        found = Follower(universe, settings, wishes).run(tell)
        drawdown = measures.drawdown(found.equity)
        held = found.positions * np.nan_to_num(universe.last_close)
        weights = np.divide(
            held, found.equity[:, None], out=np.zeros_like(held), where=found.equity[:, None] > 0
        )
        table = np.concatenate(found.tables)
        parameters = strategy.parameters.model_dump(mode="json")
        config = [strategy.id, parameters, settings.to_dict(), asdict(schedule)]
        compared: Benchmark | None = None
        data_hash = universe.data_hash
        if benchmark is not None:
            compared = beside(
                universe.time,
                found.equity,
                universe.interval,
                benchmark,
                risk_free=settings.risk_free,
            )
            data_hash = _fingerprint([data_hash, benchmark.data_hash])
        late = tuple(
            f"The last order of {universe.symbols[which]} never filled: it had no bar any more."
            for which in found.unfilled
            if not universe.mask[-1, which]
        )
        tell(1.0)
        return PortfolioResult(
            strategy_id=strategy.id,
            parameters=parameters,
            symbols=universe.symbols,
            interval=universe.interval,
            first=moment(int(universe.time[0])),
            last=moment(int(universe.time[-1])),
            time=universe.time,
            equity=found.equity,
            drawdown=drawdown,
            weights=weights,
            positions=found.positions,
            trades=_trades(universe, found.tables, wishes.weights),
            metrics=summarise(
                universe, (found.equity, drawdown, weights), table, settings.risk_free
            ),
            benchmark=compared,
            attribution=attribution(universe.symbols, found.tables, settings.capital),
            assumptions=_assumptions(settings, schedule, universe),
            notes=(*universe.notes, *notes, *late),
            data_hash=data_hash,
            config_hash=_fingerprint(config),
        )

    def decide(self, universe: Universe) -> Decided:
        """Return what is decided at every close, before anything is bought or sold.

        Raises:
            NoDataError: No symbol has enough bars.
            ParameterError: The strategy's weights make no sense.
        """
        wanted, notes = self._weights(universe)
        wishes = _wishes(wanted, universe, self._schedule, self._settings, self._share)
        return Decided(wanted, wishes, notes)

    def _weights(self, universe: Universe) -> tuple[Floats, tuple[str, ...]]:
        strategy = self._strategy
        if isinstance(strategy, UniverseStrategy):
            wanted = checked(strategy.title, strategy.weights(universe), universe)
            return wanted, strategy.notes(universe)
        return _one_by_one(strategy, universe)


def _one_by_one(strategy: Strategy, universe: Universe) -> tuple[Floats, tuple[str, ...]]:
    """Return the targets of each symbol on its own bars, each with an equal share of the money."""
    wanted = np.full(universe.mask.shape, np.nan)
    short = []
    for which, symbol in enumerate(universe.symbols):
        bars = universe.bars(symbol)
        if len(bars) <= strategy.warm_up:
            short.append((symbol, len(bars)))
            continue
        wanted[universe.mask[:, which], which] = strategy.signals(bars).target
    if len(short) == len(universe.symbols):
        most = max(count for _, count in short)
        raise NoDataError(
            f"{strategy.title} needs more than {strategy.warm_up} bars of a symbol; "
            f"{listed(universe.symbols)} have {most} at most."
        )
    notes = tuple(
        f"{symbol} has {count} bars and {strategy.title} needs more than {strategy.warm_up}: its "
        "share stays cash."
        for symbol, count in short
    )
    return wanted / len(universe.symbols), notes


def _wishes(
    wanted: Floats,
    universe: Universe,
    schedule: Schedule,
    settings: BacktestSettings,
    share: float,
) -> Wishes:
    """Return the weights in force at each close: those of the latest look; NaN keeps the old."""
    known = ~np.isnan(wanted)
    if not settings.allow_short:
        wanted = np.where(known, np.maximum(wanted, 0.0), wanted)
    latest = np.maximum.accumulate(np.where(known, np.arange(len(wanted))[:, None], -1), axis=0)
    filled = np.take_along_axis(wanted, np.maximum(latest, 0), axis=0)
    filled = np.where(latest >= 0, filled, 0.0)
    first = int(known.any(axis=1).argmax()) if known.any() else len(wanted)
    looks = schedule.looks(universe.time, first)
    look = np.maximum.accumulate(np.where(looks, np.arange(len(wanted)), -1))
    in_force = np.where(look[:, None] >= 0, filled[np.maximum(look, 0)], 0.0)
    band = schedule.band if schedule.every is Every.DRIFT else math.inf
    return Wishes(in_force, looks, share, schedule.only_changes, band)


def _trades(universe: Universe, tables: list[Floats], weights: Floats) -> PortfolioTrades:
    parts = []
    for table, column in zip(tables, weights.T, strict=True):
        decided = np.concatenate([table[:, at.TRADE_WHY_ROW], table[:, at.TRADE_END_ROW]])
        rows = np.unique(decided[decided > 0].astype(np.int64))
        same = rows[column[rows] == column[rows - 1]]
        notes = {(row, at.TARGET): f"Brought back to {column[row]:+.1%}" for row in same.tolist()}
        parts.append(Trades(table, universe.time, column, notes))
    return PortfolioTrades(universe.symbols, parts)


def _assumptions(
    settings: BacktestSettings, schedule: Schedule, universe: Universe
) -> dict[str, str]:
    said = settings.assumptions(adjusted=universe.adjusted or universe.is_mixed)
    said["Fills"] = said["Fills"].replace("the next bar's open", "the next open of each symbol")
    said["Orders"] = f"{schedule.words}; a reversal closes, then opens"
    said["Size"] = f"by weight; a weight of 100% is {said['Size']}"
    said["Cash"] = "shared: what is sold comes first, then symbols in their order"
    if universe.is_mixed:
        said["Prices"] += f"; those of {listed(universe.raw)} as traded, not adjusted"
    if not universe.mask.all():
        said["Missing bars"] = "never traded on; what is held is marked at its last price"
    return said


def _fingerprint(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _silent(_done: float) -> None:
    """Tell nobody."""
