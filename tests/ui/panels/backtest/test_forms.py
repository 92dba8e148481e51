"""What the backtest panel asks: sections, symbols, groups of options, ranges, and choices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from puffin.errors import ParameterError
from puffin.strategies.base import Parameters
from puffin.strategies.momentum import Momentum
from puffin.types import Instrument
from puffling.commands.backtest_words import BacktestWords
from puffling.ui.forms.schema import model_of, typed
from puffling.ui.panels.backtest.choices import Choice, built_in
from puffling.ui.panels.backtest.options_form import OptionsForm
from puffling.ui.panels.backtest.ranges_form import RangesForm
from puffling.ui.panels.backtest.section import Section
from puffling.ui.panels.backtest.sliders import stops
from puffling.ui.panels.backtest.strategy_form import StrategyForm
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.symbols_edit import SymbolsEdit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from puffling.ui.theme.theme import Theme


@pytest.fixture
def section(qtbot: QtBot, theme: Theme) -> Section:
    made = Section(theme, "Costs", QLabel("0.1 %"), is_open=False, summary=lambda: "None.")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def edit(qtbot: QtBot, theme: Theme) -> SymbolsEdit:
    known = Suggestions()
    known.load([Instrument("AAPL", "Apple"), Instrument("MSFT", "Microsoft")])
    made = SymbolsEdit(theme, known)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def options(qtbot: QtBot, theme: Theme) -> OptionsForm:
    made = OptionsForm(theme, BacktestWords)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def ranges(qtbot: QtBot, theme: Theme) -> RangesForm:
    made = RangesForm(theme)
    qtbot.addWidget(made)
    made.show()
    made.show_choice(momentum())
    return made


POPUP = pytest.mark.qt_log_ignore("grabbing the (keyboard|mouse)", extend=True)


def _focus_order(first: QWidget) -> Iterator[QWidget]:
    """Every widget that Tab comes past, from one round to it again."""
    each = first.nextInFocusChain()
    while each is not None and each is not first:
        yield each
        each = each.nextInFocusChain()


def momentum() -> Choice:
    return next(each for each in built_in() if each.id == "momentum")


# -- sections ------------------------------------------------------------------------------


def test_a_folded_section_says_what_it_holds(section):
    assert not section.is_open
    assert section.words.text() == "None."
    section.unfold()
    assert section.words.isHidden()


@pytest.mark.parametrize(
    ("key", "is_open"),
    [(Qt.Key.Key_Right, True), (Qt.Key.Key_Left, False), (Qt.Key.Key_Return, True)],
)
def test_keys_fold_and_unfold(section, key, is_open):
    QTest.keyClick(section.header, key)
    assert section.is_open is is_open


def test_space_and_a_click_turn_it_over(section):
    QTest.keyClick(section.header, Qt.Key.Key_Space)
    assert section.is_open
    QTest.mouseClick(section.header, Qt.MouseButton.LeftButton)
    assert not section.is_open


# -- symbols -------------------------------------------------------------------------------


@POPUP
def test_symbols_are_read_each_once_and_in_capitals(edit, qtbot):
    with qtbot.waitSignal(edit.chosen) as chosen:
        QTest.keyClicks(edit, "aapl, ibm;msft aapl")
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert chosen.args == [("AAPL", "IBM", "MSFT")]
    assert not edit.problem


@POPUP
def test_what_is_no_symbol_is_said_and_not_chosen(edit, qtbot):
    with qtbot.assertNotEmitted(edit.chosen):
        QTest.keyClicks(edit, "AAPL 1%2")
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.symbols == ()
    assert edit.problem == "“1%2” is not a symbol."


@POPUP
def test_the_last_word_is_completed(edit, qtbot):
    QTest.keyClicks(edit, "IBM, mic")
    assert edit._words.item(0).text().startswith("MSFT")
    with qtbot.waitSignal(edit.chosen) as chosen:
        edit._take(edit._words.item(0).text())
    assert chosen.args == [("IBM", "MSFT")]
    assert edit.text() == "IBM, MSFT"


def test_the_same_symbols_are_not_chosen_twice(edit, qtbot):
    edit.show_symbols(("AAPL",))
    with qtbot.assertNotEmitted(edit.chosen):
        QTest.keyClick(edit, Qt.Key.Key_Return)


# -- options -------------------------------------------------------------------------------


def test_every_word_of_the_command_is_asked_once(options):
    asked = [name for group in options.groups.values() for name in group.names]
    elsewhere = {"strategy", "symbol", "symbols", "parameters", "benchmark"}
    assert sorted(asked) == sorted(set(BacktestWords.model_fields) - elsewhere)
    assert "other" not in options.sections


def test_units_stand_in_the_labels(options):
    titles = {options.editor(name).field.title for name in ("commission_percent", "slippage_bps")}
    assert titles == {"Commission (% of value)", "Slippage (bp)"}


def test_only_the_numbers_of_the_chosen_size_rule_are_asked(options):
    options.unfold("sizing")
    assert not options.editor("share").isHidden()
    assert options.editor("share").isVisible()
    assert not options.editor("risk").isVisible()
    options.show_values({"sizing": "risk", "risk": 0.02})
    assert options.editor("risk").isVisible()
    assert not options.editor("share").isVisible()


def test_tab_goes_through_a_group_that_is_unfolded_before_the_next_one(options):
    options.sections["costs"].unfold()
    costs = options.groups["costs"]
    reached: list[object] = list(_focus_order(options.sections["costs"].header))
    places = [reached.index(costs.editor(name).focusProxy()) for name in costs.names]
    assert places == sorted(places)
    assert places[-1] < reached.index(options.sections["fills"].header)


def test_tab_goes_from_the_strategy_to_its_parameters_and_then_on(qtbot, theme):
    page = QWidget()
    qtbot.addWidget(page)
    column, form, below = QVBoxLayout(page), StrategyForm(theme), QLineEdit()
    column.addWidget(form)
    column.addWidget(below)
    form.choose("breakout", {})
    reached: list[object] = list(_focus_order(form.box))
    places = [reached.index(each.focusProxy()) for each in form.editors()]
    assert places == sorted(places)
    assert places[-1] < reached.index(below)


def test_what_differs_is_said_in_a_line(options):
    assert options.words() == ""
    assert options.sections["costs"].words.text().startswith("None.")
    options.show_values({"commission_percent": "0.1", "slippage_bps": 5, "allow_short": True})
    assert options.words() == "Short selling, Commission (% of value) 0.1, Slippage (bp) 5"
    assert options.sections["costs"].words.text() == "Commission (% of value) 0.1, Slippage (bp) 5"


def test_what_is_wrong_is_unfolded(options):
    options.editor("slippage_bps").show_value(Decimal(5_000))
    assert not options.is_right
    assert not options.check()
    assert options.sections["costs"].is_open


def test_options_come_back_and_what_does_not_fit_is_left_out(options):
    options.restore({"values": {"capital": 5_000, "leverage": "much", "start": "2010-01-04"}})
    values = options.values()
    assert values["capital"] == 5_000.0
    assert values["leverage"] == 1.0
    assert values["start"].isoformat() == "2010-01-04"
    options.sections["costs"].unfold()
    state = options.state()
    assert state["open"] == ["costs"]
    assert state["values"]["capital"] == 5_000.0


def test_remembered_values_are_typed_or_left_out():
    found = typed(Momentum.Parameters, {"short": 5, "long": "x", "gone": 1})
    assert found["short"] == 5
    assert found["long"] == 50
    assert typed(Momentum.Parameters, {"short": 90, "long": 50}) == {}


# -- ranges --------------------------------------------------------------------------------


def test_a_strategys_own_grid_is_filled_in(ranges):
    assert ranges.varied[:2] == ("short", "long")
    assert ranges.values()["short"] == "5, 10, 20"
    assert ranges.raw == 18
    assert ranges.check()


def test_start_stop_step_is_read(ranges):
    ranges.editor("short").setText("5:50:5")
    assert ranges.read()["short"] == tuple(range(5, 51, 5))


def test_a_range_that_cannot_be_read_is_said_at_its_row(ranges):
    ranges.editor("short").setText("5:x")
    assert not ranges.check()
    assert "is not a range" in ranges._rows["short"].problem.text()
    ranges.vary("short", on=False)
    assert ranges.check()


def test_what_is_not_varied_says_what_it_stays(ranges):
    ranges.show_fixed({"threshold": 0.01})
    assert ranges._rows["threshold"].fixed.text() == "stays 0.01"
    assert not ranges._rows["threshold"].fixed.isHidden()


def test_each_strategy_keeps_its_ranges(ranges):
    ranges.editor("short").setText("3, 4")
    ranges.show_choice(next(each for each in built_in() if each.id == "mean_reversion"))
    assert "short" not in ranges.varied
    ranges.show_choice(momentum())
    assert ranges.values()["short"] == "3, 4"


def test_no_row_is_ever_a_window_of_its_own(ranges, qtbot):
    ranges.show_choice(next(each for each in built_in() if each.id == "mean_reversion"))
    QApplication.processEvents()
    others = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    assert others == [ranges]


# -- choices -------------------------------------------------------------------------------


def test_a_file_gets_a_form_from_its_schema_without_being_loaded():
    schema = {
        "properties": {
            "window": {"type": "integer", "minimum": 2, "maximum": 50, "default": 20, "step": 2},
            "kind": {"enum": ["sma", "ema"], "default": "sma"},
            "both": {"type": "boolean", "default": False},
            "odd": {"type": "array"},
        }
    }
    model = model_of(schema, Parameters, {"window": 30})
    made = model()
    assert made.model_dump() == {"window": 30, "kind": "sma", "both": False}
    with pytest.raises(ValueError, match="less than or equal to 50"):
        model.model_validate({"window": 51})
    choice = Choice("file:mine", "Mine", "", parameters=model, grid={"window": [10, 20]})
    assert choice.ranges() == {"window": (10, 20)}
    assert choice.range_of("window", "4:8:2") == (4, 6, 8)
    with pytest.raises(ParameterError):
        choice.range_of("window", "60")


def test_a_slider_stops_at_the_value_it_has_and_within_bounds():
    field = next(each for each in _fields() if each.name == "short")
    values = stops(momentum(), field, 20, (5, 10, 20))
    assert 20 in values
    assert values == sorted(values)
    assert min(values) >= field.least
    assert all(isinstance(each, int) for each in values)


def _fields():
    from puffling.ui.forms.describe import describe

    return describe(Momentum.Parameters)
