"""The demo market is what its record says, splits are in the data, and a changed file is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from puffin.data.bars import Interval
from puffin.data.sample import SampleProvider
from puffin.errors import BarsError, NoDataError, ProviderUnavailableError, SymbolNotFoundError

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "resources/demo"


@pytest.fixture(scope="module")
def sample() -> SampleProvider:
    return SampleProvider(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "demo")


def test_rows_and_ranges_are_those_of_the_record(sample: SampleProvider):
    record = sample.provenance
    assert record["licence"] == "Public domain"
    assert sample.symbols() == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert sum(each["rows"] for each in record["instruments"]) == 12_154
    for each in record["instruments"]:
        bars = sample.history(each["symbol"], Interval.D1)
        assert (len(bars), f"{bars.first:%Y-%m-%d}", f"{bars.last:%Y-%m-%d}") == (
            each["rows"],
            each["first"],
            each["last"],
        )
        assert bars.source == "Demo market"
        assert not bars.adjusted


def test_figures_of_known_days(sample: SampleProvider):
    first = sample.history("AAPL", Interval.D1).bar(0)
    assert (first.open, first.high, first.low, first.close) == (118.56, 132.06, 118.5, 130.31)
    assert first.volume == 9_616_100
    last = sample.history("FB", Interval.D1).bar(-1)
    assert (last.time, last.close) == (datetime(2013, 3, 1, tzinfo=UTC), 27.78)


@pytest.mark.parametrize(
    ("symbol", "dates"), [("AAPL", ["2000-06-21", "2005-02-28"]), ("MSFT", ["2003-02-18"])]
)
def test_on_each_split_the_raw_close_halves_and_the_adjusted_one_goes_on(
    sample: SampleProvider, symbol: str, dates: list[str]
):
    splits = sample.splits(symbol)
    assert [f"{each.date:%Y-%m-%d}" for each in splits] == dates
    bars = sample.history(symbol, Interval.D1)
    adjusted = bars.adjust()
    for split in splits:
        row = bars.row_at(split.date)
        assert bars.when(row) == split.date
        assert split.ratio == Decimal(2)
        assert bars.factors[row] / bars.factors[row - 1] == pytest.approx(2, rel=1e-9)
        assert 0.45 < bars.close[row] / bars.close[row - 1] < 0.56
        assert 0.9 < adjusted.close[row] / adjusted.close[row - 1] < 1.12


def test_no_split_is_missing_from_the_table(sample: SampleProvider):
    for symbol in sample.symbols():
        bars = sample.history(symbol, Interval.D1)
        steps = bars.factors[1:] / bars.factors[:-1]
        jumps = {bars.when(int(row) + 1) for row in np.flatnonzero(steps > 1.2)}
        assert jumps == {each.date for each in sample.splits(symbol)}


def test_the_adjusted_series_has_no_day_that_only_a_split_could_make(sample: SampleProvider):
    closes = sample.history("AAPL", Interval.D1).adjust().close
    # The worst real day is 29 September 2000, when Apple warned: down 52 %.
    worst = np.argmin(closes[1:] / closes[:-1])
    assert sample.history("AAPL", Interval.D1).when(int(worst) + 1) == datetime(
        2000, 9, 29, tzinfo=UTC
    )
    assert (closes[1:] / closes[:-1]).max() < 1.4


def test_weeks_are_gathered_from_days(sample: SampleProvider):
    weeks = sample.history("IBM", Interval.W1)
    days = sample.history("IBM", Interval.D1)
    assert weeks.high.max() == days.high.max()
    assert weeks.volume.sum() == days.volume.sum()


def test_a_period_is_cut_out(sample: SampleProvider):
    start = datetime(2012, 6, 4, tzinfo=UTC)
    bars = sample.history("AAPL", Interval.D1, start, start + timedelta(days=2))
    assert [f"{bars.when(row):%Y-%m-%d}" for row in range(len(bars))] == [
        "2012-06-04",
        "2012-06-05",
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2014, 1, 1, tzinfo=UTC), None),
        (datetime(2012, 1, 2, tzinfo=UTC), datetime(2011, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_period_without_prices_says_where_they_are(
    sample: SampleProvider, start: datetime, end: datetime | None
):
    with pytest.raises(NoDataError) as raised:
        sample.history("AAPL", Interval.D1, start, end)
    assert raised.value.hint == "They run from 2000-03-01 to 2013-03-01."


def test_an_unknown_symbol_and_minutes_are_refused_with_a_sentence(sample: SampleProvider):
    with pytest.raises(SymbolNotFoundError, match=r"has no TSLA\."):
        sample.history("TSLA", Interval.D1)
    with pytest.raises(NoDataError, match="within the day"):
        sample.history("AAPL", Interval.M1)


def test_search_finds_symbols_before_names(sample: SampleProvider):
    assert [each.symbol for each in sample.search("m")][:1] == ["MSFT"]
    assert [each.symbol for each in sample.search("face")] == ["FB"]
    assert sample.search("zebra") == []


def test_the_file_is_refused_when_one_byte_differs(copy: Path):
    raw = bytearray((copy / "stocks.csv.gz").read_bytes())
    raw[1000] ^= 1
    (copy / "stocks.csv.gz").write_bytes(raw)
    with pytest.raises(BarsError, match=r"stocks\.csv\.gz is not the one Puffling came with"):
        SampleProvider(copy).symbols()


def test_changed_splits_are_refused(copy: Path):
    path = copy / "splits.csv"
    path.write_bytes(path.read_bytes().replace(b",2,", b",3,"))
    with pytest.raises(BarsError, match=r"splits\.csv"):
        SampleProvider(copy).splits("AAPL")


@pytest.mark.parametrize("record", ["", "[]", "{}", "{"])
def test_a_broken_record_is_refused(copy: Path, record: str):
    (copy / "provenance.json").write_text(record)
    with pytest.raises(BarsError, match="record of the demo market"):
        SampleProvider(copy).symbols()


def test_a_missing_file_is_said(copy: Path):
    (copy / "stocks.csv.gz").unlink()
    with pytest.raises(ProviderUnavailableError, match=r"stocks\.csv\.gz cannot be read"):
        SampleProvider(copy).symbols()


def test_the_record_names_no_file_it_does_not_describe():
    record = json.loads((FOLDER / "provenance.json").read_text())
    files = {each.name for each in FOLDER.iterdir()} - {"provenance.json", ".gitattributes"}
    assert files == set(record["files"])


def test_reading_needs_no_heavy_library():
    code = (
        "import sys, pathlib, pkgutil, importlib, puffin.data\n"
        "from puffin.data.sample import SampleProvider\n"
        "for each in pkgutil.iter_modules(puffin.data.__path__):\n"
        "    importlib.import_module('puffin.data.' + each.name)\n"
        "SampleProvider(pathlib.Path(sys.argv[1])).symbols()\n"
        "print({'pandas', 'yfinance', 'exchange_calendars'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(FOLDER)],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "set()"
