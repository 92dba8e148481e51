"""The revisions of a saved strategy, what changed between them, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.ui.panels.strategies.columns import REVISIONS
from puffling.ui.panels.strategies.flow import Flow
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QMenu

    from puffling.store.strategies import Revision
    from puffling.ui.theme.theme import Theme

_MOST_ROWS = 5  # in sight at once
_AROUND = 40  # the heading and the bar below


class RevisionsView(QWidget):
    """A table of revisions; the chosen one is compared with the one before it, or the newest.

    Signals:
        compare_asked: Two revisions are to be compared (the older number, the newer number).
        restore_asked: A revision is to be the newest again (its number).
    """

    compare_asked = Signal(int, int)
    restore_asked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model: RecordModel[Revision] = RecordModel(
            REVISIONS, lambda each: str(each.number), self
        )
        self.view = RecordView(theme, self.model, name="Revisions")
        self.restore_button = QPushButton("Restore this one")
        self.newest_button = QPushButton("Compare with the newest")
        self.words, title = QLabel(), QLabel("Revisions")
        theme.set_role(title, "strong")
        theme.set_role(self.words, "muted")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = Flow(theme)
        for each in (self.restore_button, self.newest_button):
            buttons.add(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(4), 0, 0)
        column.setSpacing(theme.px(6))
        for widget in (title, self.view, self.words, buttons):
            column.addWidget(widget)
        self.view.chosen.connect(self._choose)
        self.view.filling_menu.connect(self._fill_menu)
        self.restore_button.clicked.connect(self.restore)
        self.newest_button.clicked.connect(self.compare_with_newest)

    def show_revisions(self, revisions: Iterable[Revision]) -> None:
        """Show these, newest first, and compare the newest with the one before it."""
        self.model.reset(revisions)
        rows = min(max(len(self.model), 1), _MOST_ROWS)
        self.view.setFixedHeight(self._theme.px(_AROUND) + rows * self._theme.row_height)
        if len(self.model):
            self.view.choose(str(self._newest))
        self._choose(self.view.current)

    def show_differences(self, first: int, second: int, said: Sequence[str]) -> None:
        """Say what changed from one revision to another."""
        head = f"From {first} to {second}: "
        self.words.setText(head + ("\n".join(said) if said else "nothing changed."))

    def restore(self) -> None:
        """Ask for the chosen revision to be the newest again."""
        each: Revision | None = self.view.current
        if each is not None and each.number != self._newest:
            self.restore_asked.emit(each.number)

    def compare_with_newest(self) -> None:
        """Ask what changed since the chosen revision."""
        each: Revision | None = self.view.current
        if each is not None and each.number != self._newest:
            self.compare_asked.emit(each.number, self._newest)

    @property
    def _newest(self) -> int:
        return max((each.number for each in self.model.records), default=0)

    def _choose(self, each: Revision | None) -> None:
        old = each is not None and each.number != self._newest
        self.restore_button.setEnabled(old)
        self.newest_button.setEnabled(old)
        if each is None:
            self.words.setText("")
        elif each.number == 1:
            self.words.setText("This is how it began.")
        else:
            self.compare_asked.emit(each.number - 1, each.number)

    def _fill_menu(self, menu: QMenu, each: Revision | None) -> None:
        if each is None:
            return
        for icon, title, do in (
            ("refresh", "Restore this one", self.restore),
            ("list", "Compare with the newest", self.compare_with_newest),
        ):
            action = menu.addAction(self._theme.icon(icon), title)
            action.setEnabled(each.number != self._newest)
            action.triggered.connect(do)
