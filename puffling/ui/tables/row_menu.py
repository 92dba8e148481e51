"""The context menu of every table: what a panel adds, then what all tables can do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from puffling.ui.tables.columns import Column
    from puffling.ui.tables.layout import ColumnLayout
    from puffling.ui.tables.narrowing import Narrowing
    from puffling.ui.theme.theme import Theme


class Table(Protocol):
    """What the menu needs of a table."""

    narrowing: Narrowing
    columns: ColumnLayout

    @property
    def selected(self) -> list[Any]:
        """The selected records."""

    @property
    def current_column(self) -> Column[Any] | None:
        """The column that the arrows stand on."""

    def copy(self) -> str:
        """Copy the selected rows."""

    def ask_where_to_save(self) -> None:
        """Save the rows in view."""

    def column_menu(self) -> QMenu:
        """Return the menu of columns."""

    def move_column(self, by: int) -> None:
        """Move the current column."""


def fill(menu: QMenu, view: Table, theme: Theme) -> None:
    """Add what all tables can do."""
    if not menu.isEmpty():
        menu.addSeparator()
    copy = menu.addAction(theme.icon("copy"), "Copy rows")
    copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
    copy.setEnabled(bool(view.selected))
    copy.triggered.connect(view.copy)
    save = menu.addAction(theme.icon("export"), "Save as CSV…")
    save.setEnabled(len(view.narrowing) > 0)
    save.triggered.connect(view.ask_where_to_save)
    narrow = menu.addAction(theme.icon("filter"), "Show rows with…")
    narrow.setShortcut(QKeySequence(QKeySequence.StandardKey.Find))
    narrow.triggered.connect(view.narrowing.open)
    menu.addMenu(view.columns.sort_menu(menu))
    columns = view.column_menu()
    columns.setIcon(theme.icon("columns"))
    menu.addMenu(columns)


def with_moves(menu: QMenu, view: Table) -> QMenu:
    """Add the moves of the column that the arrows stand on."""
    column = view.current_column
    if column is None or not column.heading:
        return menu
    menu.addSeparator()
    for words, key, by in (("left", "Ctrl+Shift+Left", -1), ("right", "Ctrl+Shift+Right", 1)):
        action = menu.addAction(f"Move {column.heading} to the {words}")
        action.setShortcut(QKeySequence(key))
        action.setEnabled(view.columns.may_move(column, by))
        action.triggered.connect(partial(view.move_column, by))
    return menu
