"""What the backtest panel shows: verdicts, reasons, differences and searches in shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from puffin.backtest.confidence import Confidence, Row
from puffin.backtest.portfolio_why import PortfolioWhy, SymbolWhy
from puffin.backtest.recommend import Recommendation
from puffin.backtest.trials import Trial, Trials
from puffin.backtest.why import WaitingOrder, Why
from puffin.truth.check import Check, Grade
from puffin.truth.verdict import Verdict
from puffin.types import Side
from puffling.services.search_plans import LiveSearch
from puffling.store.backtests import SavedBacktest
from puffling.store.searches import SearchState
from puffling.ui.panels.backtest.compare_columns import COMPARED, rows_of
from puffling.ui.panels.backtest.compare_tab import headline
from puffling.ui.panels.backtest.diff import differences, sentence
from puffling.ui.panels.backtest.digest import best_at, digest
from puffling.ui.panels.backtest.result import badge
from puffling.ui.panels.backtest.verdict_view import VerdictView, overall, written
from puffling.ui.panels.backtest.why_view import WhyView, order_words, standing, symbol_words

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from puffling.ui.theme.theme import Theme

AT = datetime(2010, 5, 3, tzinfo=UTC)
CHECKS = (
    Check("trades", "Enough trades", Grade.GREEN, "44 trades were closed.", {"trades": 44.0}),
    Check("costs", "Twice the costs", Grade.RED, "At twice the costs nothing is left."),
    Check(
        "luck", "Luck", Grade.AMBER, "Luck explains half of it.", {"chance": 0.4812, "none": None}
    ),
)


@pytest.fixture
def verdict(qtbot: QtBot, theme: Theme) -> VerdictView:
    made = VerdictView(theme)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    return made


# -- verdict -------------------------------------------------------------------------------


def test_the_worst_check_comes_first_and_the_whole_is_counted(verdict):
    verdict.show_checks(Grade.RED, CHECKS)
    assert verdict.sentences[0] == "At twice the costs nothing is left."
    assert verdict.headline.text() == (
        "Do not believe this result: 1 failed, 1 to look at, 1 passed."
    )
    assert verdict.button.isHidden()
    assert overall(Grade.GREY, ()) == "There is not enough to judge this result."


def test_the_numbers_come_on_request(verdict):
    verdict.show_checks(Grade.RED, CHECKS)
    row = next(each for each in verdict._rows if each.check.id == "luck")
    numbers = {"0.4812", "—"}

    def said() -> set[str]:
        labels = row.findChildren(QLabel)
        return {each.text() for each in labels if each.isVisible()} & numbers

    assert said() == set()
    QTest.keyClick(row.title, Qt.Key.Key_Space)
    QApplication.processEvents()
    assert said() == numbers
    QTest.keyClick(row.title, Qt.Key.Key_Space)
    assert said() == set()
    verdict.unfold("trades")
    assert next(e for e in verdict._rows if e.check.id == "trades").title.isChecked()


def test_the_badge_counts_and_does_not_praise():
    assert badge(Verdict(Grade.RED, CHECKS)) == "1 check failed"
    fine = tuple(replace(each, grade=Grade.GREEN) for each in CHECKS)
    assert badge(Verdict(Grade.GREEN, fine)) == "3 checks passed"
    assert badge(Verdict(Grade.GREY, ())) == "Nothing to check"


def test_figures_are_written_as_they_are():
    assert [written(each) for each in (44.0, 0.4812, None, "Monday")] == [
        "44",
        "0.4812",
        "—",
        "Monday",
    ]


def test_a_result_nobody_has_judged_says_so_and_offers_it(verdict, qtbot):
    verdict.show_checks(Grade.RED, CHECKS)
    verdict.show_nothing("Not checked yet.", may_ask=True)
    assert verdict.sentences == []
    with qtbot.waitSignal(verdict.judge_asked):
        verdict.button.click()


# -- why -----------------------------------------------------------------------------------

ORDER = WaitingOrder(Side.BUY, "Limit order", 27.5, None, 26.0, None, None, AT, None, 100.0)
WHY = Why(
    row=41,
    time=AT,
    values=(("SMA 20", 26.951), ("RSI", None)),
    conditions=(("SMA 20 above SMA 50", True), ("Volume is high", None), ("Rising", False)),
    wanted=1.0,
    position=-120.0,
    equity=98_500.0,
    waiting=(ORDER,),
    placed=(),
    events=("Bought 120 shares at 27.10, the open.",),
    fills=(),
)


def symbol(name, **changes):
    usual = {"has_bar": True, "waits": False, "rank": None, "decided": None, "target": 0.0}
    none = {"values": (), "conditions": (), "events": (), "fills": (), "held": 0.0, "position": 0.0}
    return SymbolWhy(**({"symbol": name, "close": 10.0} | usual | none | changes))


def test_a_bar_of_many_symbols_is_explained_symbol_by_symbol(qtbot, theme):
    view = WhyView(theme)
    qtbot.addWidget(view)
    why = PortfolioWhy(
        row=41,
        time=datetime(2010, 5, 3, tzinfo=UTC),
        equity=12_345.6,
        cash=45.6,
        looked=True,
        events=("Nothing has to be changed after this close.",),
        symbols=(
            symbol("IDLE", rank=3, values=(("Return", -0.5),)),
            symbol("KEPT", rank=1, target=0.5, held=0.49, position=12, decided=0.5),
            symbol(
                "SOLD",
                rank=2,
                has_bar=False,
                waits=True,
                events=("It waits.",),
                conditions=(("Above", True),),
            ),
        ),
    )
    view.show_many("3 May 2010, bar 42", why)
    assert view.texts == [
        "Equity 12,345.60, cash 45.60.",
        "Nothing has to be changed after this close.",
        "It waits.",
        "Above holds",
        "IDLE: rank 3, Return −0.5000",
    ]
    assert view.before.isVisibleTo(view)
    assert symbol_words(why.symbols[1]) == (
        "KEPT · rank 1 · decided +50.0 % · wanted +50.0 % · held +49.0 % · 12 shares"
    )
    assert symbol_words(why.symbols[2]) == (
        "SOLD · rank 2 · wanted 0.0 % · held 0.0 % · no bar today · an order waits"
    )


def test_a_bar_is_explained_in_sentences(qtbot, theme):
    view = WhyView(theme)
    qtbot.addWidget(view)
    view.show()
    view.show_why("3 May 2010, bar 42", WHY)
    assert view.texts == [
        "Held short 120 shares at the close, wanted 100 % of the money; equity 98,500.00.",
        "Bought 120 shares at 27.10, the open.",
        "Buy, limit order: limit 27.50, stop loss 26.00, 100 shares left, placed 3 May 2010.",
        "SMA 20 above SMA 50 holds",
        "Volume is high not known yet",
        "Rising does not hold",
        "SMA 20 26.95",
        "RSI —",
    ]
    with qtbot.waitSignal(view.stepped) as stepped:
        view.after.click()
    assert stepped.args == [1]
    view.say("Nothing")
    assert view.after.isHidden()


def test_nothing_held_and_no_target_are_said_plainly():
    assert standing(replace(WHY, position=0.0, wanted=None)) == (
        "Held nothing at the close; equity 98,500.00."
    )
    assert "until 3 May 2010" in order_words(replace(ORDER, until=AT))


# -- differences ---------------------------------------------------------------------------


def saved(id_: str, day: int, **more: Any) -> SavedBacktest:
    run = SavedBacktest(
        id=id_,
        created_at=datetime(2026, 1, day, tzinfo=UTC),
        strategy_id="momentum",
        symbol="AAPL",
        parameters={"short": 20, "long": 50},
        metrics={"total_return": 0.5, "sharpe": 1.0, "trades": 30.0},
        assumptions={},
        data_hash="d" * 64,
        config_hash="c" * 64,
    )
    return replace(run, **more)


def test_two_runs_differ_in_what_differs_the_older_one_first():
    newer = saved(
        "b", 2, parameters={"short": 10, "long": 50}, metrics={"total_return": 0.75, "sharpe": 1.0}
    )
    rows = {row.topic: row for row in differences(newer, saved("a", 1))}
    assert set(rows) == {"Short", "Return", "Trades"}
    assert (rows["Short"].first, rows["Short"].second) == ("20", "10")
    assert rows["Return"].apart == "+25.00 %"
    assert rows["Trades"].second == "—"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "The same run"),
        ({"config_hash": "x"}, "The same prices, asked differently"),
        ({"data_hash": "x"}, "asked of other prices"),
        ({"config_hash": "x", "data_hash": "x"}, "Both the question and the prices differ"),
    ],
)
def test_how_two_runs_relate_is_a_sentence(more, said):
    assert said in sentence(saved("a", 1), saved("b", 2, **more))


# -- searches ------------------------------------------------------------------------------


def trial(short: int, long: int, sharpe: float | None, error: str = "") -> Trial:
    return Trial({"short": short, "long": long, "ma": "sma"}, {"sharpe": sharpe}, error)


def search(*trials: Trial) -> LiveSearch:
    plan = {
        "kind": "parameters",
        "objective": "sharpe",
        "values": {"short": [5, 10], "long": [20, 50], "ma": ["sma"]},
    }
    return LiveSearch(
        "s",
        "Optimise",
        "AAPL",
        plan,
        SearchState.RUNNING,
        total=4,
        share=0.5,
        trials=Trials.of(trials),
    )


def test_a_search_is_put_in_shape():
    trials = (trial(5, 20, 0.4), trial(10, 20, None, "Too short."), trial(5, 50, 0.9))
    found = digest(search(*trials))
    assert found.varied == ("short", "long")
    assert [row.words for row in found.rows] == [
        "short 5, long 50",
        "short 5, long 20",
        "short 10, long 20",
    ]
    assert found.errors == 1
    assert found.first_error == "Too short."
    assert np.isnan(found.values[1])
    assert found.best.tolist() == [0.4, 0.4, 0.9]
    assert found.heat is not None
    assert best_at(found, 0, 1) == {"short": 5, "long": 50, "ma": "sma"}


def test_the_axes_of_the_map_can_be_chosen():
    found = digest(search(trial(5, 20, 0.4), trial(10, 50, 0.1)), ("long", "short"))
    assert found.heat is not None
    assert (found.heat.x, found.heat.y) == ("long", "short")


def test_the_axes_stand_still_while_a_search_goes_on():
    found = digest(search(trial(5, 50, 0.4)))
    assert found.heat is not None
    assert (found.heat.xs, found.heat.ys) == ((5, 10), (20, 50))
    assert found.heat.values[1, 0] == 0.4
    assert np.isnan(found.heat.values).sum() == 3


def test_a_search_without_trials_has_no_map():
    found = digest(search())
    assert found.heat is None
    assert found.rows == ()


# -- comparisons ---------------------------------------------------------------------------


def compared(**more: Any) -> Recommendation:
    row = Row(
        strategy_id="momentum",
        title="Momentum",
        sharpe=0.8,
        deviation=0.2,
        train_sharpe=1.1,
        total_return=0.4,
        worst_drawdown=-0.2,
        trades=40,
        folds=5,
        planned=5,
        tried=16,
        parameters={"short": 5, "long": 50},
    )
    found = Recommendation(
        "AAPL",
        "Momentum",
        recommended=True,
        confidence=Confidence.MEDIUM,
        reasons=("Because.",),
        rows=(row,),
        skipped=(("Pairs", "Pairs needs two symbols."),),
    )
    return replace(found, **more)


def test_strategies_that_did_not_run_come_last_with_their_reason():
    rows = rows_of(compared())
    assert [each.title for each in rows] == ["Momentum", "Pairs"]
    assert rows[1].words == "Pairs needs two symbols."
    assert rows[0].words == "short 5, long 50"
    sharpe = next(each for each in COMPARED if each.id == "sharpe")
    assert (sharpe.text(rows[0]), sharpe.text(rows[1])) == ("0.80", "skipped")
    assert sharpe.sort is not None
    assert sharpe.sort(rows[1]) is None


def test_a_comparison_is_summed_up_in_a_sentence():
    assert headline(compared()) == "Momentum did best on AAPL."
    assert headline(compared(recommended=False)) == (
        "None is recommended on AAPL: Momentum lost least."
    )
    assert headline(compared(strategy="", stopped=True)) == (
        "No strategy has a result on AAPL. Stopped before all had run."
    )
