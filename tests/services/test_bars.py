from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from puffin.data.bars import Interval
from puffin.errors import BarsError, NoDataError, ProviderUnavailableError, SymbolNotFoundError
from puffling.core.errors import BadValueError
from puffling.core.events import BarsChanged
from tests.fakes import OPEN

TODAY = datetime(2012, 6, 1, tzinfo=UTC)
HEADER = "Date,Open,High,Low,Close,Volume\n"
ROWS = "2024-01-02,10,11,9,10.5,100\n2024-01-03,10.5,12,10,11,200\n"


@pytest.fixture
def bars(puffling):
    return puffling.context.bars


@pytest.fixture
def file(tmp_path):
    def write(text, name="MINE.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


async def test_the_demo_market_is_never_shown_past_its_now(puffling, bars, stepper):
    assert bars.history("AAPL", Interval.D1).last == TODAY - timedelta(days=1)
    await stepper.step(391)
    assert bars.history("AAPL", Interval.D1).last == TODAY
    await stepper.step(4)
    assert bars.history("AAPL", Interval.D1).last == TODAY


def test_the_last_bar_keeps_its_price_and_the_past_is_adjusted_to_it(bars):
    raw = bars.history("AAPL", Interval.D1, adjusted=False)
    adjusted = bars.history("AAPL", Interval.D1)
    assert adjusted.adjusted
    assert adjusted.close[-1] == raw.close[-1] == 577.73
    # The 2-for-1 split of 28 February 2005 is taken out.
    row = raw.row_at(datetime(2005, 2, 28, tzinfo=UTC))
    assert raw.close[row - 1] / raw.close[row] > 1.9
    assert adjusted.close[row - 1] / adjusted.close[row] < 1.1


def test_the_live_bar_is_the_quotes_of_today(puffling, bars):
    quote = puffling.context.quotes.last("AAPL")
    closed = bars.history("AAPL", Interval.D1)
    live = bars.live_bar("AAPL", Interval.D1, closed)
    assert len(live) == len(closed) + 1
    assert (live.last, live.close[-1], live.open[-1]) == (
        TODAY,
        float(quote.last),
        float(quote.open),
    )
    again = bars.live_bar("AAPL", Interval.D1, live)
    assert len(again) == len(live)


@pytest.mark.parametrize("interval", [Interval.W1, Interval.MO1])
async def test_a_week_or_month_gathers_its_closed_days_and_today(puffling, bars, stepper, interval):
    await stepper.step(391 + 3)  # the second day: Monday 4 June
    assert puffling.context.market.today().isoformat() == "2012-06-04"
    closed = bars.history("AAPL", interval)
    live = bars.live_bar("AAPL", interval, closed)
    days = bars.live_bar("AAPL", Interval.D1, bars.history("AAPL", Interval.D1))
    whole = days.resample(interval)
    assert (live.last, len(live)) == (whole.last, len(whole))
    for name in ("open", "high", "low", "close", "volume"):
        assert getattr(live, name)[-1] == pytest.approx(getattr(whole, name)[-1])
    again = bars.live_bar("AAPL", interval, live)
    assert again.volume[-1] == live.volume[-1]


async def test_a_split_of_today_restates_the_past_at_the_open(opening, stepper):
    async with opening() as app:
        context = app.context
        await context.demo.restart(datetime(2005, 2, 25, tzinfo=UTC).date())
        before = context.bars.history("AAPL", Interval.D1)
        assert before.close[-1] > 80
        await stepper.step(391)
        await stepper.step(3)
        assert context.market.today().isoformat() == "2005-02-28"
        after = context.bars.history("AAPL", Interval.D1)
        live = context.bars.live_bar("AAPL", Interval.D1, after)
        assert after.close[-1] == pytest.approx(88.99 / 2)
        assert abs(live.close[-1] / live.close[-2] - 1) < 0.05


def test_the_demo_market_has_no_prices_within_the_day(bars):
    with pytest.raises(NoDataError, match="within the day"):
        bars.history("AAPL", Interval.M5)
    assert bars.intervals("AAPL") == [Interval.D1, Interval.W1, Interval.MO1]


def test_a_file_is_imported_whole_and_used_like_any_other(bars, file):
    told: list[float] = []
    imported = bars.import_csv(file(HEADER + ROWS), "", told.append)
    assert (imported.symbol, imported.rows, imported.interval) == ("MINE", 2, Interval.D1)
    assert bars.source("MINE") == "Your file"
    assert list(bars.history("MINE", Interval.D1).close) == [10.5, 11]
    assert list(bars.history("MINE", Interval.W1).volume) == [300]
    assert bars.intervals("MINE") == [Interval.D1, Interval.W1, Interval.MO1]
    with pytest.raises(NoDataError, match="imported with bars of 1 day"):
        bars.history("MINE", Interval.H1)
    assert told


def test_a_bad_row_is_named_by_its_line_and_nothing_is_kept(bars, file):
    bad = HEADER + ROWS + "2024-01-04,10,9,11,10,1\n"
    with pytest.raises(BarsError, match="line 4"):
        bars.import_csv(file(bad))
    assert bars.imported() == []


def test_a_file_with_too_many_rows_is_refused(puffling, bars, file):
    puffling.context.settings.change("data", csv_rows=1000)
    many = "".join(f"{TODAY + timedelta(days=each):%Y-%m-%d},1,1,1,1,1\n" for each in range(1001))
    with pytest.raises(BarsError, match="1,000"):
        bars.import_csv(file(HEADER + many))


def test_a_cell_with_a_formula_is_refused(bars, file):
    with pytest.raises(BarsError, match="line 2"):
        bars.import_csv(file(HEADER + '2024-01-02,"=1+1",11,9,10.5,100\n'))


def test_the_demo_markets_own_symbols_stay_its_own(bars, file):
    with pytest.raises(BadValueError, match="AAPL belongs to the demo market") as caught:
        bars.symbol_for(file(HEADER + ROWS, "aapl.csv"))
    assert "AAPL.MY" in caught.value.hint
    assert bars.symbol_for(file(HEADER, "my file (1).csv")) == "MYFILE1"
    with pytest.raises(BadValueError, match="is not a symbol"):
        bars.symbol_for(file(HEADER, "123.csv"))


def test_an_imported_symbol_can_be_removed(puffling, bars, file):
    heard: list[BarsChanged] = []
    puffling.bus.subscribe(BarsChanged, heard.append)
    bars.import_csv(file(HEADER + ROWS))
    bars.remove("MINE")
    assert heard == [BarsChanged("MINE")]
    with pytest.raises(SymbolNotFoundError, match="Nothing is imported"):
        bars.remove("MINE")


async def test_other_symbols_come_from_online_or_say_why_not(puffling, bars):
    with pytest.raises(ProviderUnavailableError, match="cannot be reached"):
        await bars.fetch("TSLA", Interval.D1)
    puffling.context.settings.change("data", yahoo=False)
    with pytest.raises(SymbolNotFoundError, match="Nobody in use lists 'TSLA'"):
        await bars.fetch("TSLA", Interval.D1)


async def test_symbols_are_found_by_symbol_and_name_with_or_without_a_network(bars):
    assert bars.search("aap")[0].symbol == "AAPL"
    assert [each.symbol for each in bars.search("apple")] == ["AAPL"]
    assert await bars.lookup("apple") == bars.search("apple")
    assert len(bars.instruments()) == 5


def test_every_source_says_what_it_has(bars, file):
    bars.import_csv(file(HEADER + ROWS))
    texts = {each.name: each.text for each in bars.sources()}
    assert "simulated" in texts["Demo market"]
    assert texts["Your files"] == "MINE (2 x 1 day)"


def test_a_live_bar_is_only_for_what_the_market_quotes(bars, file):
    bars.import_csv(file(HEADER + ROWS))
    own = bars.history("MINE", Interval.D1)
    assert bars.live_bar("MINE", Interval.D1, own) is own


async def test_fetching_does_not_hold_the_loop(bars):
    assert len(await bars.fetch("AAPL", Interval.D1)) == len(bars.history("AAPL", Interval.D1))
    assert bars.history("AAPL", Interval.D1).last < OPEN


@pytest.mark.parametrize("interval", [Interval.W1, Interval.MO1])
async def test_after_the_close_the_day_counts_once(puffling, bars, stepper, interval):
    await stepper.step(391 + 3)
    while puffling.context.market.is_open():
        await stepper.step()
    closed = bars.history("AAPL", interval)
    live = bars.live_bar("AAPL", interval, closed)
    assert (len(live), live.last) == (len(closed), closed.last)
    for name in ("open", "high", "low", "close", "volume"):
        assert getattr(live, name)[-1] == getattr(closed, name)[-1]


async def test_a_chart_never_mixes_shares_from_before_and_after_a_split(opening, stepper):
    async with opening() as app:
        bars = app.context.bars
        await app.context.demo.restart(datetime(2005, 2, 24, tzinfo=UTC).date())
        await stepper.step(391 + 3)
        old = {each: bars.history("AAPL", each) for each in (Interval.D1, Interval.MO1)}
        await stepper.step(390 + 2)
        assert app.context.market.today().isoformat() == "2005-02-28"
        for interval, shown in old.items():
            assert bars.live_bar("AAPL", interval, shown) is shown
        adjusted = bars.history("AAPL", Interval.MO1)
        bars.history("AAPL", Interval.MO1, adjusted=False)  # somebody else asks for raw prices
        live = bars.live_bar("AAPL", Interval.MO1, adjusted)
        assert live.high[-1] < 50 < old[Interval.MO1].high[-1]
