from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from puffin.types import Side
from puffling.core.settings import Appearance
from puffling.core.settings import Theme as Scheme
from puffling.ui.dialogs.about import LICENCES, AboutDialog
from puffling.ui.dialogs.base import Dialog
from puffling.ui.dialogs.crash import CrashDialog
from puffling.ui.dialogs.fill_in import FillIn
from puffling.ui.dialogs.symbol_search import SymbolSearch, ranked
from puffling.ui.dialogs.type_to_confirm import TypeToConfirm
from puffling.ui.widgets.symbol_edit import Suggestion

KNOWN = (
    Suggestion("AAPL", "Apple Inc."),
    Suggestion("IBM", "International Business Machines"),
    Suggestion("MSFT", "Microsoft Corporation"),
    Suggestion("M", "Macy's"),
)


@pytest.fixture
def window(qtbot):
    window = QWidget()
    QVBoxLayout(window).addWidget(QLineEdit())
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    return window


def test_a_dialog_that_was_closed_is_gone(theme, window, qtbot):
    dialog = Dialog(theme, "A question", window)
    dialog.open()
    dialog.accept()
    qtbot.waitUntil(lambda: not window.findChildren(Dialog))


# -- a command's parameters


@pytest.fixture
def fill_in(theme, registry, window):
    return FillIn(theme, registry["order.place"], {"symbol": "AAPL"}, window)


def fill(fill_in: FillIn, qtbot) -> None:
    qtbot.keyClick(fill_in.form.editor("side").focusProxy(), Qt.Key.Key_Down)
    qtbot.keyClicks(fill_in.form.editor("quantity").focusProxy(), "1,500")


def test_it_is_named_after_the_command_and_says_what_it_does(fill_in):
    assert fill_in.windowTitle() == fill_in.go.text() == "Place an order"
    assert fill_in.form.names == ("symbol", "side", "quantity", "limit_price", "good_until")


def test_it_stays_until_the_values_fit(fill_in, qtbot):
    fill_in.open()
    qtbot.keyClick(fill_in, Qt.Key.Key_Return)
    assert fill_in.isVisible()
    assert set(fill_in.form.problems()) == {"side", "quantity"}
    fill_in.reject()


def test_return_gives_the_values(loop, fill_in, qtbot):
    async def go() -> dict[str, object] | None:
        task = asyncio.ensure_future(fill_in.ask())
        await asyncio.sleep(0)
        fill(fill_in, qtbot)
        qtbot.keyClick(fill_in, Qt.Key.Key_Return)
        values: dict[str, object] | None = await task
        return values

    values = loop.run_until_complete(go())
    assert values is not None
    assert (values["symbol"], values["side"], values["quantity"]) == (
        "AAPL",
        Side.BUY,
        Decimal(1500),
    )


def test_escape_gives_nothing(loop, fill_in, qtbot):
    async def go() -> dict[str, object] | None:
        task = asyncio.ensure_future(fill_in.ask())
        await asyncio.sleep(0)
        qtbot.keyClick(fill_in, Qt.Key.Key_Escape)
        values: dict[str, object] | None = await task
        return values

    assert loop.run_until_complete(go()) is None


# -- typing a word


def test_the_word_must_be_typed_first(theme, window, qtbot):
    dialog = TypeToConfirm(theme, "Resume trading?", "Trading was halted.", "RESUME", window)
    dialog.open()
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.keyClicks(dialog.line, "resum")
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.keyClicks(dialog.line, "e ")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.line, Qt.Key.Key_Return)


def test_escape_is_no_even_with_the_word(theme, window, qtbot):
    dialog = TypeToConfirm(theme, "Resume trading?", "Trading was halted.", "RESUME", window)
    dialog.open()
    qtbot.keyClicks(dialog.line, "RESUME")
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


# -- symbols


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", ["AAPL", "IBM", "MSFT", "M"]),
        ("m", ["M", "MSFT", "IBM"]),
        ("apple", ["AAPL"]),
        ("business", ["IBM"]),
        ("mcsf", ["MSFT"]),
        ("zz", []),
    ],
)
def test_the_best_match_comes_first(wanted, found):
    assert [each.symbol for each in ranked(KNOWN, wanted)] == found


@pytest.fixture
def search(theme, window, qtbot):
    search = SymbolSearch(theme, KNOWN)
    search.open_over(window)
    qtbot.waitUntil(search.line.hasFocus)
    return search


def test_a_symbol_is_found_and_chosen_by_keyboard(search, qtbot):
    qtbot.keyClicks(search.line, "m")
    with qtbot.waitSignal(search.chosen) as heard:
        qtbot.keyClick(search.line, Qt.Key.Key_Down)
        qtbot.keyClick(search.line, Qt.Key.Key_Return)
    assert heard.args == ["MSFT"]


def test_one_that_nobody_knows_can_be_taken_as_typed(search, qtbot):
    qtbot.keyClicks(search.line, "tsla")
    assert search.results == ["TSLA"]


def test_a_provider_may_add_what_it_knows(search, qtbot):
    with qtbot.waitSignal(search.asked) as heard:
        qtbot.keyClicks(search.line, "t")
    assert heard.args == ["t"]
    search.add([Suggestion("T", "AT&T"), Suggestion("AAPL", "twice")])
    assert search.results[0] == "T"
    assert search.results.count("AAPL") <= 1


def test_escape_and_a_click_elsewhere_close_it(theme, window, search, qtbot):
    qtbot.keyClick(search.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(SymbolSearch))
    other = SymbolSearch(theme, KNOWN)
    other.open_over(window)
    qtbot.waitUntil(other.line.hasFocus)
    window.findChild(QLineEdit).setFocus()
    qtbot.waitUntil(lambda: not window.findChildren(SymbolSearch))


def test_return_without_a_match_does_nothing(search, qtbot):
    qtbot.keyClicks(search.line, "$$")
    qtbot.keyClick(search.line, Qt.Key.Key_Return)
    assert search.isVisible()


# -- about, crash


def test_about_names_every_licence_and_where_prices_come_from(theme, window, qtbot):
    dialog = AboutDialog(theme, window)
    dialog.open()
    text = dialog.page.toPlainText()
    assert all(name in text and licence in text for _, name, licence in LICENCES)
    assert "Lesser General Public License" in text
    assert "Quandl WIKI" in text
    assert "simulated" in text
    assert "Qt 6" in dialog.version.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_every_package_it_depends_on_is_named():
    import re
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    needed = {
        re.split("[<>=;]", each)[0].strip().lower() for each in project["project"]["dependencies"]
    }
    named = {package.lower() for package, _, _ in LICENCES}
    assert needed - named == set()


def test_a_crash_is_shown_copied_and_survived(theme, window, qtbot):
    left = []
    dialog = CrashDialog(
        theme, "Traceback: ZeroDivisionError", quit_=lambda: left.append(True), parent=window
    )
    dialog.open()
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Traceback: ZeroDivisionError"
    assert dialog.copy.text() == "Copied"
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert left == []


def test_dialogs_follow_the_scheme(qapp, theme, window):
    dialog = AboutDialog(theme, window)
    dialog.open()
    dark = dialog.grab().toImage()
    theme.apply(qapp, Appearance(theme=Scheme.LIGHT))
    assert (
        dialog.grab().toImage().pixelColor(2, 2).lightness()
        > dark.pixelColor(2, 2).lightness() + 100
    )
    dialog.reject()


def test_a_dialog_larger_than_the_screen_scrolls_and_keeps_its_buttons_in_reach(theme, qtbot):
    dialog = Dialog(theme, "Long", width=5_000)
    qtbot.addWidget(dialog)
    for number in range(100):
        dialog.add_text(f"Line {number}")
    button = dialog.add_button("Send", default=True)
    dialog.show()
    area = dialog.screen().availableGeometry()
    assert area.contains(dialog.geometry())
    corner = button.mapToGlobal(button.rect().bottomRight())
    assert area.contains(corner)
    last = next(each for each in dialog.findChildren(QLabel) if each.text() == "Line 99")
    assert dialog.isAncestorOf(last)


def test_a_dialog_that_fits_does_not_scroll(theme, qtbot):
    dialog = Dialog(theme, "Short")
    qtbot.addWidget(dialog)
    text = dialog.add_text("One line")
    dialog.show()
    assert text.parent() is dialog
