from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from puffling.core.errors import StoreFullError
from puffling.core.settings import Settings
from puffling.core.settings import Theme as Scheme
from puffling.core.settings_store import SettingsStore
from puffling.ui.dialogs.settings import SettingsDialog, pages, tolerance_line


@pytest.fixture
def store(tmp_path, bus):
    return SettingsStore(tmp_path / "settings.json", bus)


@pytest.fixture
def dialog(theme, store, signals, qtbot):
    dialog = SettingsDialog(theme, store, changed=signals.settings_changed, page="trading")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def retype(dialog: SettingsDialog, page: str, name: str, text: str, qtbot) -> None:
    line = dialog.pages[page].form.editor(name).focusProxy()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, text)


def test_every_section_that_can_be_edited_has_a_page(dialog):
    assert list(pages()) == [
        "general",
        "demo",
        "connections",
        "paper",
        "trading",
        "appearance",
        "data",
        "assistant",
        "watchlist",
    ]
    assert [dialog.list.item(at).text() for at in range(dialog.list.count())] == [
        "General",
        "Demo market",
        "Connections",
        "Simulation",
        "Trading and risk",
        "Appearance",
        "Data and cache",
        "Assistant",
        "Watchlist",
    ]


def test_pages_are_turned_by_keyboard(dialog, qtbot):
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.pages["appearance"].isVisible()
    dialog.open_page("general")
    assert dialog.pages["general"].isVisible()
    dialog.open_page("nowhere")
    assert dialog.pages["general"].isVisible()


def test_a_change_is_in_force_at_once_and_kept(dialog, store, tmp_path, bus, qtbot):
    retype(dialog, "trading", "most_positions", "7", qtbot)
    assert store.current.trading.most_positions == 7
    assert SettingsStore(tmp_path / "settings.json", bus).current.trading.most_positions == 7


def test_a_wrong_value_is_said_and_not_saved(dialog, store, qtbot):
    retype(dialog, "trading", "most_positions", "1000", qtbot)
    assert dialog.pages["trading"].form.problems() == {"most_positions": "At most 500."}
    assert store.current.trading.most_positions == 100


def test_a_disk_that_is_full_is_said_at_the_field(theme, qtbot):
    class Full:
        """A store that cannot keep anything."""

        current = Settings()

        def change(self, section: str, **values: object) -> Settings:
            raise StoreFullError("The disk is full.")

    dialog = SettingsDialog(theme, Full(), page="trading")
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClick(
        dialog.pages["trading"].form.editor("allow_short").focusProxy(), Qt.Key.Key_Space
    )
    shown = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
    assert any(each.startswith("The disk is full. Free some space") for each in shown)


def test_the_tolerance_says_which_limits_it_means_and_can_be_taken(dialog, store, qtbot):
    page = dialog.pages["trading"]
    assert page.tolerance.words.text() == tolerance_line(50)
    assert not page.tolerance.use.isEnabled()
    retype(dialog, "trading", "risk_tolerance", "90", qtbot)
    assert (
        page.tolerance.words.text()
        == "90 is aggressive: a position of at most 20 % of equity, 10 at once."
    )
    qtbot.mouseClick(page.tolerance.use, Qt.MouseButton.LeftButton)
    assert store.current.trading.largest_position == Decimal("0.20")
    assert store.current.trading.most_positions == 10
    assert page.form.values()["most_positions"] == 10
    assert page.tolerance.use.text() == "In force"


def test_a_page_can_be_reset(dialog, store, qtbot):
    retype(dialog, "trading", "most_positions", "7", qtbot)
    dialog._reset()
    assert store.current.trading.most_positions == 5
    assert dialog.pages["trading"].form.values()["most_positions"] == 5


def test_it_follows_a_change_made_elsewhere(dialog, store):
    store.change("appearance", theme=Scheme.LIGHT)
    assert dialog.pages["appearance"].form.values()["theme"] is Scheme.LIGHT


def test_typing_is_not_disturbed_by_its_own_change(dialog, store, qtbot):
    line = dialog.pages["trading"].form.editor("largest_order").focusProxy()
    line.selectAll()
    qtbot.keyClicks(line, "1234.5")
    assert line.text() == "1234.5"
    assert store.current.trading.largest_order == Decimal("1234.5")


def test_return_closes_nothing_by_accident(dialog, qtbot):
    qtbot.keyClick(
        dialog.pages["trading"].form.editor("most_positions").focusProxy(), Qt.Key.Key_Return
    )
    assert dialog.isVisible()
