from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import insert

from puffin.broker.base import Activity
from puffin.errors import NoDataError
from puffling.core.errors import BadValueError, StoreFullError
from puffling.core.events import NoticePosted, SessionChanged, SnapshotTaken
from puffling.services.performance_files import Part, as_csv, write_csv
from puffling.services.reports import missed_words, span_of, within
from puffling.services.spans import Reach, Span
from puffling.store.performance import EquitySnapshot, PerformanceStore
from puffling.store.schema import activities
from tests.fakes import until

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.app import App
    from puffling.services.reports import Report

CASH = Decimal(100_000)


def store_of(app: App) -> PerformanceStore:
    return app.context.performance._store


def keep(app, *worth: float, start: date = date(2012, 6, 1), flow: float = 0) -> None:
    """Keep session ends, one session after the other; the last one with a flow."""
    calendar = app.context.market.calendar
    session = calendar.session_on(start)
    for place, each in enumerate(worth):
        store_of(app).keep(
            EquitySnapshot(
                app.context.portfolio.account.id,
                session.date,
                session.close,
                Decimal(str(each)),
                Decimal(str(each)) / 2,
                Decimal(str(each)) / 2,
                Decimal(str(flow)) if place == len(worth) - 1 else Decimal(0),
            )
        )
        session = calendar.next_session(session.date)


def report(app: App, reach: str = "all", start=None, end=None) -> Report:
    service = app.context.performance
    return service.report(service.now(), span_of(reach, start, end))


async def trade(run, app, symbol: str = "AAPL", quantity: int = 10) -> None:
    await run("order.place", symbol=symbol, side="buy", quantity=quantity)
    await until(lambda: app.context.portfolio.position(symbol))


@pytest.fixture
def run(puffling, registry):
    async def run(id_, **values):
        return await registry[id_].run_with(puffling.context, values)

    return run


# -- the curve -------------------------------------------------------------------------------


async def test_a_new_account_has_no_curve_and_nothing_is_made_up(puffling):
    found = report(puffling)
    assert found.why == "History starts today; the curve appears after 5 sessions."
    assert (found.curve, found.sheet, found.sessions) == (None, None, 0)
    assert found.time_weighted is None
    assert found.money_weighted is None
    assert found.profit is None


async def test_fewer_than_five_sessions_are_counted_in_words(puffling):
    keep(puffling, 100_100, 100_200)
    found = report(puffling)
    assert found.curve is None
    assert found.why == (
        "History starts on 1 Jun 2012; the curve appears after 5 sessions. So far there are 2."
    )
    assert found.time_weighted == pytest.approx(0.002)


async def test_five_sessions_have_a_curve_from_the_accounts_own_cash(puffling):
    keep(puffling, 101_000, 102_000, 101_000, 103_000, 104_000)
    found = report(puffling)
    assert found.why == ""
    assert found.curve is not None
    assert found.curve.equity.tolist() == [100_000, 101_000, 102_000, 101_000, 103_000, 104_000]
    assert found.curve.profit.tolist() == [0, 1_000, 1_000, -1_000, 2_000, 1_000]
    assert found.first == date(2012, 5, 31)
    assert found.profit == 4_000
    assert found.time_weighted == pytest.approx(0.04)
    assert found.exposure == 1
    assert found.sheet is not None
    assert found.sheet.figures["total_return"] == pytest.approx(0.04)


async def test_money_put_in_makes_no_return(puffling):
    keep(puffling, 101_000, 102_000, 101_000, 103_000, 153_000, flow=50_000)
    found = report(puffling)
    assert found.profit == 3_000
    assert found.time_weighted == pytest.approx(0.03)
    assert found.curve is not None
    assert found.curve.profit[-1] == 0
    assert found.curve.growth[-1] == pytest.approx(103_000)


async def test_the_benchmark_is_the_equal_weight_of_the_demo_market(puffling):
    keep(puffling, 101_000, 102_000, 101_000, 103_000, 104_000)
    found = report(puffling)
    assert found.curve is not None
    assert found.curve.benchmark is not None
    name, values = found.curve.benchmark
    assert name == "Equal weight of AAPL, FB, GOOG, IBM, MSFT"
    assert values[0] == found.curve.equity[0]
    assert len(values) == len(found.curve.time)
    assert found.sheet is not None
    assert found.sheet.against is not None


async def test_a_benchmark_whose_prices_ended_long_ago_is_left_out(puffling):
    keep(puffling, *range(101_000, 101_010))  # the replay stands before the first of these
    found = report(puffling)
    assert found.curve is not None
    assert found.curve.benchmark is None


async def test_without_prices_there_is_no_benchmark_and_it_is_said(puffling, monkeypatch):
    keep(puffling, 101_000, 102_000, 101_000, 103_000, 104_000)

    def nothing(*_: object, **__: object) -> None:
        raise NoDataError("There is nothing.")

    monkeypatch.setattr(puffling.context.bars, "history", nothing)
    found = report(puffling)
    assert found.curve is not None
    assert found.curve.benchmark is None
    assert "There are no prices of AAPL" in found.notes[0]


async def test_sessions_that_were_missed_are_said_and_not_filled_in(puffling):
    keep(puffling, 101_000, 102_000)
    keep(puffling, 103_000, 104_000, 105_000, start=date(2012, 6, 8))
    found = report(puffling)
    assert found.sessions == 5
    assert "closed at the end of 3 sessions (5 Jun 2012, 6 Jun 2012, 7 Jun 2012)" in found.notes[0]
    assert found.curve is not None
    assert len(found.curve.time) == 6


def test_many_missed_sessions_are_counted():
    days = [date(2012, 6, day) for day in range(1, 8)]
    assert "7 sessions (1 Jun 2012, 2 Jun 2012, 3 Jun 2012 and 4 more)" in missed_words(days)[0]
    assert missed_words([]) == []
    assert "1 session (1 Jun 2012)" in missed_words(days[:1])[0]


# -- periods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reach", "first"),
    [
        (Reach.DAY, date(2012, 9, 13)),
        (Reach.WEEK, date(2012, 9, 7)),
        (Reach.MONTH, date(2012, 8, 15)),
        (Reach.QUARTER, date(2012, 6, 15)),
        (Reach.YEAR_TO_DATE, date(2011, 12, 31)),
        (Reach.YEAR, date(2011, 9, 15)),
        (Reach.ALL, None),
    ],
)
def test_a_period_begins_with_the_end_of_its_first_day(reach: Reach, first: date | None):
    assert Span(reach).days(date(2012, 9, 14)) == (first, None)


def test_a_custom_period_has_its_own_days_and_no_others():
    span = span_of("all", date(2012, 6, 1), date(2012, 6, 9))
    assert (span.reach, span.days(date(2013, 1, 1))) == (
        Reach.CUSTOM,
        (date(2012, 6, 1), date(2012, 6, 9)),
    )
    with pytest.raises(BadValueError, match="after the last"):
        Span(Reach.CUSTOM, date(2012, 6, 9), date(2012, 6, 1))
    with pytest.raises(BadValueError, match="'2w' is not a period"):
        span_of("2w")


async def test_a_period_keeps_the_session_before_it_as_its_base(puffling):
    keep(puffling, *range(100_001, 100_021))
    found = report(puffling, "custom", date(2012, 6, 9), date(2012, 6, 18))
    assert (found.first, found.last) == (date(2012, 6, 8), date(2012, 6, 18))
    short = report(puffling, "1d")
    assert short.why.startswith("This period has 2 session ends; a curve needs 5.")
    assert short.profit == 1
    assert within([], Span()) == []


# -- trades ----------------------------------------------------------------------------------


async def test_trades_know_who_asked_and_what_they_would_bring(puffling, run, tmp_path: Path):
    await trade(run, puffling)
    (found,) = report(puffling).trades
    assert (found.trip.symbol, found.source, found.notes) == ("AAPL", "test", 0)
    assert found.excursion is None
    price = puffling.context.quotes.last("AAPL").last
    assert found.unrealised == 10 * (price - found.trip.entry_price)
    assert report(puffling).closed == ()
    await run("position.close", symbol="AAPL")
    await until(lambda: puffling.context.portfolio.position("AAPL") is None)
    after = report(puffling)
    lots = write_csv(after, Part.LOTS, tmp_path / "lots.csv")
    (lot,) = csv.DictReader(lots.path.read_text().splitlines())
    assert (lot["Symbol"], lot["Quantity"]) == ("AAPL", "10")
    assert Decimal(lot["Profit"]) == after.statement.net
    assert [each.symbol for each in after.closed] == ["AAPL"]
    assert after.statement.net == puffling.context.portfolio.snapshot().realised
    assert after.sources == {after.trades[0].trip.orders[0]: "test"}


async def test_dividends_and_fees_count_where_they_are_booked(puffling, run, monkeypatch):
    await trade(run, puffling)
    at = datetime(2012, 6, 1, 20, tzinfo=UTC)
    booked = [
        Activity("d", "dividend", at, Decimal(25), "AAPL"),
        Activity("f", "fee", at, Decimal(-2)),
    ]
    monkeypatch.setattr(PerformanceStore, "activities", lambda *_: booked)
    found = report(puffling)
    assert found.statement.dividends == 25
    assert found.statement.fees == 2
    assert found.trades[0].trip.dividends == 25


# -- snapshots -------------------------------------------------------------------------------


async def test_a_snapshot_is_taken_at_each_close_and_survives_a_restart(opening, stepper):
    async with opening() as app:
        taken: list[SnapshotTaken] = []
        app.bus.subscribe(SnapshotTaken, taken.append)
        await stepper.step(391)
        await until(lambda: taken)
        (kept,) = store_of(app).snapshots(app.context.portfolio.account.id)
        assert kept.session == taken[0].session == date(2012, 6, 1)
        assert kept.equity == kept.cash == CASH
        assert kept.flow == 0
    async with opening() as app:
        assert len(store_of(app).snapshots(app.context.portfolio.account.id)) == 1


async def test_an_opening_and_a_late_word_are_no_session_end(puffling):
    close = datetime(2012, 6, 1, 20, tzinfo=UTC)
    for event in (
        SessionChanged(close - timedelta(hours=6), is_open=True),
        SessionChanged(close + timedelta(hours=5), is_open=False),
        SessionChanged(close + timedelta(days=1), is_open=False),
    ):
        puffling.bus.publish(event)
    assert store_of(puffling).snapshots(puffling.context.portfolio.account.id) == []


async def test_a_session_that_ends_twice_is_kept_as_it_ended_last(puffling):
    keep(puffling, 101_000)
    keep(puffling, 102_000)
    (kept,) = store_of(puffling).snapshots(puffling.context.portfolio.account.id)
    assert kept.equity == 102_000


# -- files -----------------------------------------------------------------------------------


async def test_an_export_has_a_line_for_each_trade(puffling, run, tmp_path: Path):
    await trade(run, puffling)
    written = write_csv(report(puffling), Part.TRADES, tmp_path / "trades.csv")
    (row,) = csv.DictReader(written.path.read_text().splitlines())
    assert (row["Symbol"], row["Quantity"], row["Still held"], row["Closed"]) == (
        "AAPL",
        "10",
        "10",
        "",
    )
    assert write_csv(report(puffling), Part.FILLS, tmp_path / "fills.csv").rows == 1


async def test_session_ends_and_figures_are_written(puffling, tmp_path: Path):
    keep(puffling, 101_000, 102_000, 101_000, 103_000, 104_000)
    written = write_csv(report(puffling), Part.SESSIONS, tmp_path / "days.csv")
    rows = list(csv.DictReader(written.path.read_text().splitlines()))
    assert (rows[0]["Session"], rows[0]["Profit"], rows[1]["Equity"]) == (
        "2012-05-31",
        "",
        "101000.0",
    )
    assert write_csv(report(puffling), Part.FIGURES, tmp_path / "f.csv").rows > 15


async def test_nothing_to_export_is_said(puffling, tmp_path: Path):
    with pytest.raises(BadValueError, match="no trades to export"):
        write_csv(report(puffling), Part.TRADES, tmp_path / "trades.csv")


def test_no_cell_is_run_by_a_spreadsheet():
    text = as_csv([["=1+1", "+x", "-y", "@z", Decimal("-5.50"), None, 0.5]])
    assert text == "'=1+1,'+x,'-y,'@z,-5.5,,0.5\n"


# -- tearsheets ------------------------------------------------------------------------------


def test_a_file_of_weekly_values_is_counted_in_weeks(tmp_path: Path):
    from puffling.services.performance import PerformanceService

    file = tmp_path / "mine.csv"
    days = [date(2012, 1, 2) + timedelta(days=7 * each) for each in range(30)]
    file.write_text("".join(f"{day},{100 + place}\n" for place, day in enumerate(days)))
    found = PerformanceService.of_file(file)
    assert "Counted as 52 values a year." in found.notes
    changes = np.diff(found.values) / found.values[:-1]
    assert found.figures["volatility"] == pytest.approx(changes.std(ddof=1) * np.sqrt(365.25 / 7))


async def test_money_from_outside_is_told_apart_from_profit_once(puffling):
    def moved(day: int, amount: int, kind: str = "transfer") -> None:
        at = datetime(2012, 6, day, 15, tzinfo=UTC)
        with store_of(puffling)._database.write() as connection:
            connection.execute(
                insert(activities).values(
                    id=f"{kind}{day}",
                    account=puffling.context.portfolio.account.id,
                    kind=kind,
                    at=at,
                    amount=Decimal(amount),
                    quantity=Decimal(0),
                )
            )

    moved(1, 5_000)
    moved(1, 7, kind="dividend")
    moved(4, -300)
    for day in (1, 4, 5):
        close = datetime(2012, 6, day, 20, tzinfo=UTC)
        puffling.bus.publish(SessionChanged(close, is_open=False))
    kept = store_of(puffling).snapshots(puffling.context.portfolio.account.id)
    assert [float(each.flow) for each in kept] == [5_000, -300, 0]


async def test_a_disk_that_takes_nothing_is_said_once(puffling, monkeypatch):
    said: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, said.append)

    def full(*_: object) -> None:
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(PerformanceStore, "keep", full)
    for day in (1, 4):
        close = datetime(2012, 6, day, 20, tzinfo=UTC)
        puffling.bus.publish(SessionChanged(close, is_open=False))
    (notice,) = said
    assert notice.title == "The day's equity could not be kept"
    assert "will be missing in Performance" in notice.text
