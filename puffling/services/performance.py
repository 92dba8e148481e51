"""Performance: what the account made, from its fills, activities and snapshots alone."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from puffin.data.bars import Interval
from puffin.data.sessions import exchange_date
from puffin.errors import DataError
from puffin.execution.lots import Matching
from puffin.monitor.excursions import excursion
from puffin.monitor.pnl import state
from puffin.monitor.returns import (
    Snapshot,
    for_period,
    growth,
    money_weighted,
    session_returns,
    time_weighted,
    times,
)
from puffin.monitor.tearsheet import FEWEST, SESSIONS, sheet
from puffling.core.settings import Mode
from puffling.services.benchmarks import beside
from puffling.services.reports import (
    Curve,
    Moment,
    Report,
    Trade,
    exposure_of,
    inside_of,
    missed_words,
    profit_of,
    unrealised_of,
    within,
)
from puffling.services.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from puffin.broker.base import Activity
    from puffin.data.bars import Bars
    from puffin.monitor.pnl import Statement
    from puffin.monitor.tearsheet import Sheet
    from puffling.services.backtests import BacktestService
    from puffling.services.bars import BarService
    from puffling.services.book import Book
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.store.journal import JournalStore
    from puffling.store.performance import PerformanceStore

CENT = 0.005


class PerformanceService:
    """Tells what the account made. `now` is quick and belongs on the loop; `report` blocks."""

    def __init__(  # noqa: PLR0913 - each is a part it reads, given by name
        self,
        store: PerformanceStore,
        journal: JournalStore,
        *,
        book: Book,
        portfolio: PortfolioService,
        market: MarketService,
        bars: BarService,
        backtests: Callable[[], BacktestService],
    ) -> None:
        self._store = store
        self._journal = journal
        self._book = book
        self._portfolio = portfolio
        self._market = market
        self._bars = bars
        self._backtests = backtests
        self._known: tuple[tuple[object, ...], Statement] | None = None

    def now(self) -> Moment:
        """Take what a report needs to know of this moment."""
        shown = self._portfolio.snapshot()
        return Moment(
            account=self._portfolio.account,
            mode=self._market.mode,
            today=self._market.today(),
            fills=tuple(self._book.fills()),
            splits=tuple(self._portfolio.splits()),
            prices={each.symbol: each.last for each in shown.rows if each.last is not None},
            equity=shown.equity,
            day_profit=shown.day_profit,
            day_ratio=shown.day_ratio,
        )

    def report(
        self, moment: Moment, span: Span | None = None, *, matching: Matching = Matching.FIFO
    ) -> Report:
        """Return the report of a period; blocks.

        Raises:
            StoreError: What is kept could not be read.
        """
        span = span or Span()
        account = moment.account.id
        activities = self._store.activities(account)
        statement = self._statement(moment, activities, matching)
        every = self._snapshots(moment)
        kept = within(every, span)
        taken = len(every) - (1 if self._base(moment) is not None else 0)
        problem = self._too_few(every, kept, taken)
        first, last = (kept[0].session, kept[-1].session) if kept else (None, None)
        curve, notes = None, [*self._gaps(kept), *statement.notes]
        changes = session_returns(kept)
        if not problem and not np.isfinite(changes).all():
            problem = "The account was empty for a while, so that its returns mean nothing."
        if not problem:
            curve, said = self._curve(kept)
            notes += said
        trades = self._trades(moment, statement, span, kept)
        yearly = money_weighted(kept)
        days = (kept[-1].at - kept[0].at).total_seconds() / 86_400 if kept else 0.0
        return Report(
            moment=moment,
            span=span,
            sessions=taken,
            first=first,
            last=last,
            curve=curve,
            why=problem,
            sheet=None if curve is None else _sheet(moment, curve, tuple(notes)),
            time_weighted=time_weighted(changes),
            money_weighted=yearly,
            money_weighted_period=for_period(yearly, days),
            profit=profit_of(kept),
            exposure=exposure_of(kept[1:]),
            statement=statement,
            trades=trades,
            notes=tuple(notes),
        )

    def of_backtest(self, id_: str) -> Sheet:
        """Return the tearsheet of a stored backtest, beside its benchmark if it has one; blocks.

        Raises:
            BadValueError: No backtest has that id.
            PuffinError: It has too few bars, or its equity fell to nothing.
        """
        backtests = self._backtests()
        result, saved = backtests.load(id_), backtests.get(id_)
        benchmark = backtests.benchmark(id_)
        return sheet(
            f"Backtest of {saved.strategy_id.replace('_', ' ')} on {saved.symbol}",
            result.time,
            result.equity,
            periods=result.interval.in_year,
            benchmark=None if benchmark is None else (benchmark.symbol, benchmark.equity),
            notes=("A backtest: nothing of it was traded.",),
        )

    @staticmethod
    def of_file(path: Path) -> Sheet:
        """Return the tearsheet of a CSV of equity or returns; blocks.

        Raises:
            BarsError: The file cannot be trusted; the sentence names the line.
            PuffinError: It has too few values.
        """
        from puffin.monitor.series import read_series

        found = read_series(path.expanduser())
        kind = "returns, from 100" if found.from_returns else "equity"
        gaps = np.diff(found.time)
        daily = float(np.median(gaps)) if len(gaps) else 0.0
        periods = SESSIONS if daily < 4 * 86_400e9 else 365.25 * 86_400e9 / daily
        return sheet(
            f"{found.name} ({kind})",
            found.time,
            found.values,
            periods=periods,
            notes=("From your file.", f"Counted as {periods:,.0f} values a year."),
        )

    # -- inside ------------------------------------------------------------------------------

    def _statement(
        self, moment: Moment, activities: Sequence[Activity], matching: Matching
    ) -> Statement:
        """Return what the account did; worked out again only when something was booked."""
        key = (moment.account.id, moment.fills, moment.splits, tuple(activities), matching)
        known = self._known
        if known is None or known[0] != key:
            found = state(moment.fills, moment.splits, activities, matching=matching)
            self._known = known = (key, found)
        return known[1]

    def _base(self, moment: Moment) -> Snapshot | None:
        """Return the simulated account as it began; what a broker's was worth then is not known."""
        if moment.mode not in {Mode.DEMO, Mode.SIM}:
            return None
        account = moment.account
        session = self._market.calendar.previous_session(exchange_date(account.market_start))
        return Snapshot(session.date, account.market_start, account.starting_cash)

    def _snapshots(self, moment: Moment) -> list[Snapshot]:
        """Return all session ends, after the account's beginning where that is known."""
        base = self._base(moment)
        kept = self._store.snapshots(moment.account.id)
        found = (
            Snapshot(each.session, each.at, each.equity, each.flow, each.positions_value)
            for each in kept
        )
        return [*([] if base is None else [base]), *found]

    @staticmethod
    def _too_few(every: Sequence[Snapshot], kept: Sequence[Snapshot], taken: int) -> str:
        """Say why there is no curve; empty when there is one."""
        if not taken:
            return f"History starts today; the curve appears after {FEWEST} sessions."
        if taken < FEWEST:
            start = every[-taken].session
            return (
                f"History starts on {start.day} {start:%b %Y}; the curve appears after {FEWEST} "
                f"sessions. So far there {'is' if taken == 1 else 'are'} {taken}."
            )
        if len(kept) < FEWEST:
            return (
                f"This period has {len(kept)} session ends; a curve needs {FEWEST}. "
                "Choose a longer one."
            )
        return ""

    def _gaps(self, kept: Sequence[Snapshot]) -> list[str]:
        """Say which sessions have no end on record."""
        missed: list[date] = []
        for before, after in itertools.pairwise(kept):
            between = self._market.calendar.sessions(before.session, after.session)
            missed += [each.date for each in between[1:-1]]
        return missed_words(missed)

    def _curve(self, kept: Sequence[Snapshot]) -> tuple[Curve, list[str]]:
        time, grown = times(kept), growth(kept)
        equity = np.array([float(each.equity) for each in kept])
        flows = np.array([float(each.flow) for each in kept])
        profit = np.concatenate(([0.0], np.diff(equity) - flows[1:]))
        held, notes = beside(self._bars, self._market, time, equity[0], flows)
        return Curve(time, equity, grown * equity[0], profit, held), notes

    def _trades(
        self, moment: Moment, statement: Statement, span: Span, kept: Sequence[Snapshot]
    ) -> tuple[Trade, ...]:
        askers = self._store.askers(moment.account.id)
        about: dict[str, int] = {}
        for entry in self._journal.all(moment.account.id):
            about[entry.trade_key] = about.get(entry.trade_key, 0) + 1
        first, last = span.days(kept[-1].session if kept else moment.today)
        bars: dict[str, Bars | None] = {}
        found = []
        for trip in statement.trips:
            if trip.closed_at is not None and not inside_of(trip.closed_at, first, last):
                continue
            if trip.symbol not in bars:
                bars[trip.symbol] = self._daily(trip.symbol)
            known = bars[trip.symbol]
            found.append(
                Trade(
                    trip,
                    askers.get(trip.orders[0], "") if trip.orders else "",
                    None if known is None else excursion(trip, known, moment.splits),
                    unrealised_of(trip, statement, moment.prices),
                    about.get(trip.key, 0),
                )
            )
        return tuple(found)

    def _daily(self, symbol: str) -> Bars | None:
        try:
            return self._bars.history(symbol, Interval.D1, adjusted=False)
        except DataError:
            return None


def _sheet(moment: Moment, curve: Curve, notes: tuple[str, ...]) -> Sheet:
    made = curve.profit.sum()
    flows = abs(curve.equity[0] + made - curve.equity[-1]) > CENT
    said = ("Returns leave out money that came or went.", *notes) if flows else notes
    return sheet(
        f"{moment.mode.upper()} account {moment.account.id}",
        curve.time,
        curve.growth,
        benchmark=curve.benchmark,
        notes=said,
    )
