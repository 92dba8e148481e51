from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit
from puffling.ui.widgets.price_edit import PriceEdit
from puffling.ui.widgets.quantity_edit import QuantityEdit
from puffling.ui.widgets.symbol_edit import Suggestion, SymbolEdit

SHIFT = Qt.KeyboardModifier.ShiftModifier
KNOWN = (Suggestion("AAPL", "Apple Inc."), Suggestion("AMZN", "Amazon.com"))


@pytest.fixture
def price(theme, qtbot):
    edit = PriceEdit(theme)
    qtbot.addWidget(edit)
    return edit


@pytest.fixture
def quantity(theme, qtbot):
    edit = QuantityEdit(theme)
    qtbot.addWidget(edit)
    return edit


def test_an_empty_price_is_allowed_and_is_none(price):
    assert price.value is None
    assert price.problem == ""


def test_up_and_down_step_a_tick_and_ten_with_shift(price, qtbot):
    price.set_value(Decimal("580.10"))
    qtbot.keyClick(price, Qt.Key.Key_Up)
    assert price.value == Decimal("580.11")
    qtbot.keyClick(price, Qt.Key.Key_Down, SHIFT)
    assert price.value == Decimal("580.01")


def test_stepping_stops_before_what_is_not_allowed(price, qtbot):
    price.set_value(Decimal("0.01"))
    qtbot.keyClick(price, Qt.Key.Key_Down)
    assert price.value == Decimal("0.01")


def test_typing_is_exact_and_tidied_when_done(price, qtbot):
    qtbot.keyClicks(price, "1234,5")
    assert price.value == Decimal("1234.5")
    qtbot.keyClick(price, Qt.Key.Key_Return)
    assert price.text() == "1,234.50"


def test_a_price_below_a_dollar_keeps_its_four_decimals(price):
    price.set_value(Decimal("0.1234"))
    assert price.text() == "0.1234"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0", "More than zero."),
        ("-1", "More than zero."),
        ("2000000", "At most 1,000,000."),
        ("1.23456", "At most 4 decimals."),
        ("abc", "“abc” is not a number."),
    ],
)
def test_a_wrong_price_stays_as_typed_and_says_why(price, text, problem):
    price.setText(text)
    assert price.value is None
    assert price.problem == price.toolTip() == problem
    assert price.property("bad") is True
    assert price.text() == text
    price.setText("5")
    assert price.problem == price.toolTip() == ""
    assert price.property("bad") is False


def test_a_change_is_announced_once_and_only_when_the_number_changes(price):
    heard, problems = [], []
    price.value_changed.connect(heard.append)
    price.problem_changed.connect(problems.append)
    for text in ("5", "5.", "5.0", "5.0x", "5.0"):
        price.setText(text)
    assert heard == [Decimal(5), None, Decimal(5)]
    assert problems == ["“5.0x” is not a number.", ""]


def test_quantities_are_whole_and_know_thousands(quantity):
    quantity.setText("2k")
    assert quantity.value == 2000
    quantity.setText("1.5")
    assert quantity.problem == "A whole number."


def test_the_wheel_steps_only_a_focused_field(price, qtbot):
    def turn() -> None:
        wheel = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - Qt's own signature
        )
        QApplication.sendEvent(price, wheel)

    price.set_value(Decimal(5))
    price.show()
    turn()
    assert price.value == 5
    price.setFocus()
    qtbot.waitUntil(price.hasFocus)
    turn()
    assert price.value == Decimal("5.01")


@pytest.mark.parametrize(
    ("bounds", "value", "problem"),
    [
        (Bounds(least=Decimal(1)), 0, "At least 1."),
        (Bounds(below=Decimal(1)), 1, "Less than 1."),
        (Bounds(least=Decimal(1), most=Decimal(3)), 2, ""),
        (Bounds(places=0), Decimal("1.0"), ""),
        (Bounds(places=1), Decimal("1E+3"), ""),
    ],
)
def test_bounds_speak_plainly(bounds, value, problem):
    assert bounds.problem(Decimal(value)) == problem


def test_new_bounds_judge_what_is_there(theme, qtbot):
    edit = DecimalEdit(theme)
    qtbot.addWidget(edit)
    edit.set_value(Decimal(50))
    edit.set_bounds(Bounds(most=Decimal(10)))
    assert edit.problem == "At most 10."
    assert edit.value is None


@pytest.fixture
def symbol(theme, qtbot):
    edit = SymbolEdit(
        theme, lambda text: [each for each in KNOWN if each.symbol.startswith(text.upper())]
    )
    qtbot.addWidget(edit)
    return edit


@pytest.mark.parametrize("typed", ["brk.b", "BRK-B"])
def test_a_symbol_is_written_as_brokers_do_and_return_chooses_it(symbol, qtbot, typed):
    with qtbot.waitSignal(symbol.chosen) as heard:
        qtbot.keyClicks(symbol, typed)
        qtbot.keyClick(symbol, Qt.Key.Key_Return)
    assert heard.args == ["BRK.B"]


def test_what_is_no_symbol_is_said_and_not_chosen(symbol, qtbot):
    heard = []
    symbol.chosen.connect(heard.append)
    qtbot.keyClicks(symbol, "1$")
    qtbot.keyClick(symbol, Qt.Key.Key_Return)
    assert heard == []
    assert symbol.problem == "“1$” is not a symbol."
    assert symbol.property("bad") is True
    symbol.set_symbol("AAPL")
    assert symbol.problem == ""


@pytest.mark.qt_log_ignore("grabbing the (keyboard|mouse)")
def test_a_suggestion_is_chosen_by_keyboard(symbol, qtbot):
    symbol.show()
    symbol.setFocus()
    qtbot.keyClicks(symbol, "a")
    popup = symbol.completer().popup()
    assert [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())] == [
        "AAPL   Apple Inc.",
        "AMZN   Amazon.com",
    ]
    qtbot.waitUntil(popup.isVisible)
    with qtbot.waitSignal(symbol.chosen) as heard:
        qtbot.keyClick(popup, Qt.Key.Key_Down)
        qtbot.keyClick(popup, Qt.Key.Key_Down)
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert heard.args == ["AMZN"]
    assert symbol.text() == "AMZN"
