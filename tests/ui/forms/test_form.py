from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, model_validator
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QToolButton

from puffin.errors import ParameterError
from puffin.types import Side
from puffling.core.settings import Appearance, Trading, Watchlist
from puffling.core.settings import Theme as Scheme
from puffling.ui.forms.form import Form

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Kind(StrEnum):
    """Two kinds."""

    FAST = "fast"
    SLOW = "slow"


class Order(BaseModel):
    """What an order form needs."""

    symbol: str = Field(min_length=1, max_length=15)
    side: Side
    quantity: Decimal = Field(gt=0, le=1_000_000)
    limit_price: Decimal | None = Field(default=None, gt=0)
    good_until: date | None = Field(default=None, ge=date(2000, 1, 1))
    short: int = Field(default=10, ge=1, title="Short window")
    long: int = Field(default=20, ge=1, title="Long window", description="In bars.")
    ratio: float = 0.5
    kind: Kind = Kind.FAST
    whole: bool = True
    path: Path | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.short >= self.long:
            raise ValueError("The short window must be shorter than the long one")
        if self.ratio < 0:
            raise ParameterError("A negative ratio makes no sense.")
        return self


@pytest.fixture
def form(theme, qtbot):
    form = Form(Order, {"symbol": "AAPL", "side": Side.BUY, "quantity": Decimal(100)}, theme=theme)
    qtbot.addWidget(form)
    form.show()
    return form


def line(form: Form, name: str) -> QLineEdit:
    """The line to type into."""
    widget = form.editor(name).focusProxy()
    assert isinstance(widget, QLineEdit)
    return widget


def line_of(form: Form, name: str) -> QWidget:
    """What has the keyboard in a field."""
    widget = form.editor(name).focusProxy()
    assert widget is not None
    return widget


def retype(form: Form, name: str, text: str, qtbot) -> None:
    line(form, name).selectAll()
    qtbot.keyClick(line(form, name), Qt.Key.Key_Delete)
    qtbot.keyClicks(line(form, name), text)


def said(form: Form, name: str) -> list[str]:
    cell = form._rows[name].cell
    return [
        each.text()
        for each in cell.findChildren(QLabel)
        if each.isVisible() and each.property("tone") == "danger"
    ]


def test_values_come_back_in_their_own_types(form):
    assert form.values() == {
        "symbol": "AAPL",
        "side": Side.BUY,
        "quantity": Decimal(100),
        "limit_price": None,
        "good_until": None,
        "short": 10,
        "long": 20,
        "ratio": 0.5,
        "kind": Kind.FAST,
        "whole": True,
        "path": None,
    }
    assert isinstance(form.values()["short"], int)
    assert form.problems() == {}
    assert Order.model_validate(form.values()).quantity == 100


def test_a_form_is_filled_in_by_keyboard(form, qtbot):
    retype(form, "quantity", "1,500", qtbot)
    retype(form, "limit_price", "580.25", qtbot)
    side = form.editor("side").focusProxy()
    assert isinstance(side, QComboBox)
    with qtbot.waitSignal(form.changed) as heard:
        qtbot.keyClick(side, Qt.Key.Key_Down)
    assert heard.args == ["side"]
    qtbot.keyClick(form.editor("whole").focusProxy(), Qt.Key.Key_Space)
    values = form.values()
    assert (values["quantity"], values["limit_price"]) == (Decimal(1500), Decimal("580.25"))
    assert (values["side"], values["whole"]) == (Side.SELL, False)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("quantity", "0", "More than zero."),
        ("quantity", "2000000", "At most 1,000,000."),
        ("quantity", "ten", "“ten” is not a number."),
        ("quantity", "", "A number is needed."),
        ("symbol", "", "This is needed."),
        ("short", "1.5", "A whole number."),
        ("limit_price", "-1", "More than zero."),
        ("ratio", "1e400", "“1e400” is not a number."),
    ],
)
def test_a_problem_is_said_at_its_field_and_leaves_when_it_is_put_right(
    form, qtbot, name, text, problem
):
    before = line(form, name).text() or "1"
    retype(form, name, text, qtbot)
    if not text:
        form.check()
    assert form.problems()[name] == problem
    assert said(form, name) == [problem]
    assert line(form, name).property("bad") is True
    retype(form, name, before, qtbot)
    assert form.problems() == {}
    assert said(form, name) == []
    assert line(form, name).property("bad") is False


def test_what_is_wrong_with_values_together_is_said_below(form, qtbot):
    retype(form, "short", "30", qtbot)
    assert form.problems() == {"": "The short window must be shorter than the long one."}
    assert form._general.isVisible()
    retype(form, "long", "40", qtbot)
    assert not form._general.isVisible()


def test_an_error_of_our_own_from_a_validator_is_a_problem_too(form, qtbot):
    retype(form, "ratio", "-1", qtbot)
    assert form.problems() == {"": "A negative ratio makes no sense."}


def test_fields_not_yet_reached_are_not_complained_about(theme, qtbot):
    form = Form(Order, theme=theme)
    qtbot.addWidget(form)
    form.show()
    retype(form, "symbol", "A", qtbot)
    assert said(form, "quantity") == said(form, "side") == []
    assert not form.check()
    assert said(form, "quantity") == ["A number is needed."]
    assert said(form, "side") == ["Choose one."]
    qtbot.waitUntil(line_of(form, "side").hasFocus)


def test_a_date_may_be_left_open(form, qtbot):
    editor = form.editor("good_until")
    qtbot.mouseClick(editor._given, Qt.MouseButton.LeftButton)
    editor.day.setDate(QDate(2012, 6, 1))
    assert form.values()["good_until"] == date(2012, 6, 1)
    editor.day.setDate(QDate(1999, 6, 1))
    assert form.problems()["good_until"] == "Not before 2000-01-01."
    qtbot.mouseClick(editor._given, Qt.MouseButton.LeftButton)
    assert form.values()["good_until"] is None


def test_a_file_can_be_looked_for(form, qtbot, tmp_path):
    qtbot.mouseClick(form.editor("path").findChild(QToolButton), Qt.MouseButton.LeftButton)
    dialog = form.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "a.csv"))
    dialog.close()
    assert form.values()["path"] == tmp_path / "a.csv"


def test_words_are_parted_by_spaces_or_commas(theme, qtbot):
    form = Form(Watchlist, theme=theme)
    qtbot.addWidget(form)
    retype(form, "starter", "AAPL, MSFT;IBM  GOOG", qtbot)
    assert form.values()["starter"] == ("AAPL", "MSFT", "IBM", "GOOG")
    retype(form, "starter", "AAPL 1$", qtbot)
    assert form.problems() == {"starter": "'1$' is not a symbol."}


def test_labels_belong_to_their_fields_and_ranges_are_in_the_tooltip(form):
    row = form._rows["long"]
    assert row.label.text() == "Long window"
    assert row.label.buddy() is row.editor
    assert row.editor.toolTip() == "In bars. (at least 1)"
    assert row.editor.focusProxy().accessibleName() == "Long window"


def test_shares_step_by_hundredths_and_counts_by_one(theme, qtbot):
    form = Form(Trading, theme=theme)
    qtbot.addWidget(form)
    qtbot.keyClick(line(form, "largest_position"), Qt.Key.Key_Up)
    qtbot.keyClick(line(form, "most_positions"), Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert form.values()["largest_position"] == Decimal("0.11")
    assert form.values()["most_positions"] == 15


def test_only_some_fields_may_be_shown_and_the_rest_is_kept(theme, qtbot):
    kept = {"symbol": "AAPL", "side": Side.BUY, "quantity": 1, "long": 5}
    form = Form(Order, kept, theme=theme, only={"short"})
    qtbot.addWidget(form)
    assert form.names == ("short",)
    assert form.problems() == {"": "The short window must be shorter than the long one."}
    form.show_values({**kept, "short": 3})
    assert form.problems() == {}


def test_captions_may_be_left_to_tooltips(theme, qtbot):
    form = Form(Appearance, theme=theme, captions=False)
    qtbot.addWidget(form)
    assert not [each for each in form.findChildren(QLabel) if "start" in each.text()]
    assert "next start" in form._rows["scale"].editor.toolTip()


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.decimals(),
    st.dates(),
    st.lists(st.text()),
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(values=st.dictionaries(st.sampled_from([*Order.model_fields, "else"]), ANYTHING))
def test_no_value_can_break_a_form(form, values):
    form.show_values(values)
    form.values()
    form.problems()
    form.check()


@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(
    text=st.text(max_size=50),
    name=st.sampled_from(["symbol", "quantity", "short", "ratio", "path"]),
)
def test_nothing_that_is_typed_can_break_a_form(form, name, text):
    line(form, name).setText(text)
    form.editor(name).changed.emit()
    if not form.problems():
        Order.model_validate(form.values())


def test_the_calendar_has_room_for_six_weeks_and_follows_the_scheme(qapp, theme, form):
    calendar = form.editor("good_until").day.calendarWidget()
    saturday = calendar.weekdayTextFormat(Qt.DayOfWeek.Saturday).foreground().color()
    assert saturday == theme.color("faint")
    assert calendar.minimumHeight() >= 7 * 26
    theme.apply(qapp, Appearance(theme=Scheme.LIGHT))
    sunday = calendar.headerTextFormat().foreground().color()
    assert sunday == theme.color("muted")


LONG = "Bars between the close and the day it is first acted upon"


class Wordy(BaseModel):
    """One name that fits and one that does not."""

    short: int = 1
    long: int = Field(default=1, title=LONG)


def test_a_long_name_wraps_and_leaves_room_for_its_editor(qtbot, theme):
    form = Form(Wordy, theme=theme)
    qtbot.addWidget(form)
    form.resize(300, 200)
    form.show()
    labels = {each.text(): each for each in form.findChildren(QLabel)}
    long, short = labels[LONG], labels["Short"]
    assert long.wordWrap()
    assert not short.wordWrap()
    assert long.height() >= long.heightForWidth(long.width()) > short.sizeHint().height()
    assert form.minimumSizeHint().width() <= 340
    assert form.editor("long").geometry().width() >= 60
