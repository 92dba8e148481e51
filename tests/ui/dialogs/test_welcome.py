from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from puffling.commands.registry import Registry
from puffling.core.settings import Mode, Settings, UpDown, Watchlist
from puffling.core.settings import Theme as Scheme
from puffling.ui.dialogs.welcome import Ground, Welcome, WelcomeDialog
from puffling.ui.run import Runner

if TYPE_CHECKING:
    from puffling.commands.context import Context
    from puffling.services.describing_records import Described

USUAL = {
    "theme": Scheme.DARK,
    "up_down": UpDown.GREEN_RED,
    "scale": 100,
    "reduced_motion": False,
}
LAYOUTS = (("Morning", "the day before it opens"), ("Trade", "watchlist, chart, ticket"))


class Nobody:
    """Reads nothing: these are tests of the questions."""

    async def reader(self) -> str:
        return ""

    async def read(self, text: str, *, with_model: bool = True) -> Described:
        raise AssertionError(text, with_model)


def made(theme, runner, parent: QWidget | None = None) -> WelcomeDialog:
    return WelcomeDialog(
        theme,
        settings=Settings(watchlist=Watchlist(starter=("AAPL", "FB"))),
        ground=Ground(QWidget(), Nobody(), runner),
        layouts=LAYOUTS,
        layout="Trade",
        parent=parent,
    )


@pytest.fixture
def runner(bus, loop) -> Runner:
    return Runner(cast("Context", None), Registry([]), bus, loop=loop)


@pytest.fixture
def dialog(theme, runner, qtbot):
    dialog = made(theme, runner)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def enter(dialog: WelcomeDialog, qtbot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_it_is_walked_through_by_keyboard(dialog, qtbot):
    enter(dialog, qtbot)
    enter(dialog, qtbot)
    enter(dialog, qtbot)
    qtbot.keyClick(dialog.risk.slider, Qt.Key.Key_End)
    enter(dialog, qtbot)
    dialog.symbols.line.selectAll()
    qtbot.keyClicks(dialog.symbols.line, "goog, ibm goog")
    enter(dialog, qtbot)
    qtbot.keyClick(dialog.look.form.editor("theme").focusProxy(), Qt.Key.Key_End)
    enter(dialog, qtbot)
    with qtbot.waitSignal(dialog.accepted):
        enter(dialog, qtbot)
    chosen = dialog.chosen()
    look = {**USUAL, "theme": Scheme.HIGH_CONTRAST}
    assert chosen == Welcome(Mode.DEMO, 100, ("GOOG", "IBM"), "Trade", look)
    assert Settings().appearance.model_copy(update=chosen.look).theme is Scheme.HIGH_CONTRAST
    assert chosen.trading == {
        "risk_tolerance": 100,
        "largest_position": Decimal("0.20"),
        "most_positions": 10,
    }
    assert Settings().trading.model_copy(update=chosen.trading).most_positions == 10


def test_every_page_can_be_skipped(dialog, qtbot):
    for _ in range(7):
        qtbot.mouseClick(dialog.skip, Qt.MouseButton.LeftButton)
    assert dialog.chosen() == Welcome()
    assert dialog.chosen().trading == {}


def test_a_page_that_was_skipped_can_be_answered_after_all(dialog, qtbot):
    for _ in range(3):
        dialog.next.click()
    dialog.skip.click()
    dialog.back.click()
    dialog.next.click()
    assert dialog.chosen().tolerance == 50


def test_the_last_page_offers_to_show_the_window(dialog, qtbot):
    for _ in range(6):
        assert not dialog.tour.isVisible()
        dialog.next.click()
    assert not dialog.chosen().tour
    with qtbot.waitSignal(dialog.accepted):
        dialog.tour.click()
    assert dialog.chosen().tour
    assert dialog.chosen().layout == "Trade"


def test_nothing_is_foretold(dialog):
    said = " ".join(each.text() for each in dialog.findChildren(QLabel)).casefold()
    assert "profit" not in said
    assert "a month" not in said


def test_modes_that_need_more_cannot_be_chosen_yet_and_say_what(dialog):
    buttons = dialog.mode.buttons
    assert {mode for mode, each in buttons.items() if each.isEnabled()} == {Mode.DEMO}
    assert buttons[Mode.DEMO].isChecked()
    assert all(
        "Later, in the status bar" in buttons[mode].accessibleDescription()
        for mode in (Mode.SIM, Mode.PAPER, Mode.LIVE)
    )
    dialog.next.click()
    shown = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
    assert "Later, in the status bar: it needs keys of Alpaca's paper account." in shown


def test_risk_says_the_limits_it_means_as_it_moves(dialog):
    dialog.risk.slider.setValue(10)
    assert (
        dialog.risk.words.text()
        == "10 is conservative: a position of at most 5 % of equity, 3 at once."
    )


def test_what_is_no_symbol_holds_the_page(dialog, qtbot):
    for _ in range(4):
        dialog.next.click()
    qtbot.keyClicks(dialog.symbols.line, " 1$")
    enter(dialog, qtbot)
    assert dialog.symbols.isVisible()
    assert dialog.symbols.problem.text() == "“1$” is not a symbol."
    assert isinstance(dialog.symbols.start(), QLineEdit)


@pytest.mark.parametrize(
    ("pages", "kept"),
    [
        (0, Welcome()),
        (3, Welcome()),
        (4, Welcome(tolerance=50)),
        (5, Welcome(tolerance=50, watchlist=("AAPL", "FB"))),
        (6, Welcome(tolerance=50, watchlist=("AAPL", "FB"), look=USUAL)),
    ],
)
def test_closing_it_keeps_only_what_was_answered(theme, runner, loop, qtbot, pages, kept):
    window = QWidget()
    qtbot.addWidget(window)
    dialog = made(theme, runner, window)

    async def go() -> Welcome:
        task = asyncio.ensure_future(dialog.ask())
        await asyncio.sleep(0)
        for _ in range(pages):
            dialog.next.click()
        dialog.reject()
        return await task

    assert loop.run_until_complete(go()) == kept
