"""A backtest as a report: what it tells when there is little, or too much, to tell."""

from __future__ import annotations

import numpy as np
import pytest

from puffin.strategies.specs import StrategySpec
from puffling.services import backtest_report as module
from puffling.services.backtest_report import Report, page, read_report, trades_csv
from puffling.services.report_curve import curve_picture


@pytest.fixture
def report(puffling) -> Report:
    backtests = puffling.context.backtests
    spec = StrategySpec("builtin", "momentum", "Momentum", {"short": 5, "long": 20})
    done = backtests.run(backtests.prepare(spec, ("IBM",)), lambda _: None)
    return read_report(backtests, done.id)


def test_a_page_says_how_many_trades_it_leaves_out(report, monkeypatch):
    monkeypatch.setattr(module, "MOST_TRADES", 3)
    html = page(report)
    assert f"The first 3 of {len(report.result.trades)}; the CSV has all of them." in html
    assert html.count("<td>IBM</td>") == 3
    assert len(trades_csv(report.result).splitlines()) == len(report.result.trades) + 1


def test_a_page_says_that_nobody_has_checked_it(report):
    assert "Nobody has checked yet" in page(Report(report.saved, report.result, None))
    assert f"Verdict: {report.verdict.grade}" in page(report)


def test_a_page_that_is_printed_shows_the_picture_it_is_given(report):
    assert "<svg" in page(report)
    printed = page(report, picture=module.PRINTED)
    assert "<svg" not in printed
    assert "src='curve'" in printed


@pytest.mark.parametrize("count", [0, 1, 2, 5_000])
def test_a_curve_of_any_length_is_drawn(count):
    times = np.arange(count, dtype=np.int64) * 86_400_000_000_000
    picture = curve_picture(times, np.full(count, 100.0))
    assert picture.startswith("<svg")
    assert picture.endswith("</svg>")
    assert picture.count(",") <= 801
    assert "nan" not in picture
