"""Orders kept under a name: a menu to write them again, and a line that asks for a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QMenu
from typing_extensions import override

from puffling.services import order_words
from puffling.ui.widgets.ask_bar import Bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QWidget

    from puffling.store.templates import TicketTemplate
    from puffling.ui.theme.theme import Theme

LONGEST = 60


class TemplateMenu(QMenu):
    """Filled each time it opens.

    Signals:
        wanted: A kept order is to be written (its name).
        unwanted: A kept order is to be forgotten (its name).
        saving: The order on the ticket is to be kept.
    """

    wanted = Signal(str)
    unwanted = Signal(str)
    saving = Signal()

    def __init__(
        self, theme: Theme, known: Callable[[], Iterable[TicketTemplate]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme, self._known = theme, known
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        known = list(self._known())
        for each in known:
            action = self.addAction(each.name)
            action.setToolTip(order_words.ticket(each.ticket))
            action.triggered.connect(lambda _=False, name=each.name: self.wanted.emit(name))
        if known:
            self.addSeparator()
        save = self.addAction(self._theme.icon("save"), "Save this order as a template…")
        save.triggered.connect(self.saving)
        if known:
            remove = self.addMenu(self._theme.icon("trash"), "Remove a template")
            for each in known:
                remove.addAction(each.name).triggered.connect(
                    lambda _=False, name=each.name: self.unwanted.emit(name)
                )
        self.setToolTipsVisible(True)


class NameBar(Bar):
    """Asks for the name under which the order is kept; Enter keeps it, Esc does not.

    Signals:
        named: The order is to be kept (under that name).
    """

    named = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Save")
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST)
        self.name.setPlaceholderText("Name of the template")
        self.name.setAccessibleName("Name of the template")
        self.lay_in_row(self.name, stretch=self.name)
        self.name.textChanged.connect(lambda _: self._judge())

    def open(self) -> None:
        """Ask for a name."""
        self.name.clear()
        self._judge()
        self.show()
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def apply(self) -> None:
        name = self.name.text().strip()
        if name:
            self.hide()
            self.named.emit(name)
            self.closed.emit()

    def _judge(self) -> None:
        self.apply_button.setEnabled(bool(self.name.text().strip()))
