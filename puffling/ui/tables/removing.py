"""What is chosen in a table is deleted once it was asked for twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QLabel, QPushButton

    from puffling.ui.tables.view import RecordView
    from puffling.ui.theme.theme import Theme


class Removing:
    """Says how many rows there are; after the first press of Delete, what a second one does.

    Whatever changes what is chosen must call `relent`.
    """

    def __init__(
        self,
        theme: Theme,
        view: RecordView,
        button: QPushButton,
        words: QLabel,
        nouns: tuple[str, str],
    ) -> None:
        """Take the table, its button, where words go, and what one row and several are called."""
        self._theme, self._view, self._nouns = theme, view, nouns
        self._button, self._words = button, words
        self._is_sure = False

    def press(self, remove: Callable[[list[str]], object]) -> None:
        """Ask first; the second time `remove` gets the ids of what is chosen."""
        ids = [each.id for each in self._view.selected]
        if not ids:
            return
        self._is_sure = not self._is_sure
        self._show()
        if not self._is_sure:
            remove(ids)

    def relent(self) -> None:
        """Begin anew: nothing is to be deleted."""
        self._is_sure = False
        self._show()

    def _show(self) -> None:
        chosen, kept = len(self._view.selected), self._view.model().rowCount()
        one, many = self._nouns
        what = f"this {one}" if chosen == 1 else f"these {chosen} {many}"
        count = f"{kept} kept" if kept else ""
        self._words.setText(f"Press Delete again to delete {what}." if self._is_sure else count)
        self._theme.set_role(self._button, "danger" if self._is_sure else "")
