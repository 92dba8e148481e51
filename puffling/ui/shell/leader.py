"""Which key: after the leading key, the letters that may follow and what each of them does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout
from typing_extensions import override

from puffling.ui.widgets.help_key import HelpKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from puffling.commands.keystrokes import Group
    from puffling.commands.registry import Registry
    from puffling.ui.theme.theme import Theme

COLUMNS = 4
_WIDTH = 186


class Leader(QDialog):
    """Shows the nouns by their letters, then the verbs of one; a letter goes on, Backspace back.

    Signals:
        chosen: A command was chosen (its id).
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, registry: Registry, groups: Mapping[str, Group], parent: QWidget
    ) -> None:
        super().__init__(parent)
        HelpKey(self, "keys")
        self.setWindowTitle("Which key")
        self.setWindowFlags(Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Which key")
        theme.set_role(self, "popup")
        self._theme, self._registry, self._groups = theme, registry, groups
        self.group: Group | None = None
        self._head = QLabel()
        theme.set_role(self._head, "caption")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(4))
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(10)] * 4)
        column.addWidget(self._head)
        column.addLayout(self._grid)
        self._window = parent
        self._fill()

    @property
    def offered(self) -> dict[str, str]:
        """What each letter does now, in words."""
        if self.group is None:
            return {key: each.title for key, each in sorted(self._groups.items())}
        registry = self._registry
        found = self.group.commands.items()
        return {key: registry[id_].title for key, id_ in sorted(found)}

    def open_over(self, window: QWidget) -> None:
        """Show it at the foot of `window`."""
        self._window = window
        self._place()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().casefold()
        if event.key() == Qt.Key.Key_Backspace.value and self.group is not None:
            self.group = None
            self._fill()
        elif self.group is None and letter in self._groups:
            self.group = self._groups[letter]
            self._fill()
        elif self.group is not None and letter in self.group.commands:
            id_ = self.group.commands[letter]
            self.close()
            self.chosen.emit(id_)
        elif letter and letter.isprintable():
            self._head.setText(f"Nothing has the letter {letter}. Esc leaves.")
        else:
            super().keyPressEvent(event)

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        offered = self.offered
        title = "What about?" if self.group is None else f"{self.group.title}: do what?"
        self._head.setText(f"{title}  Backspace goes back, Esc leaves.")
        each_wide = self._theme.px(_WIDTH + 12)
        columns = max(1, min(COLUMNS, (self._window.width() - self._theme.px(20)) // each_wide))
        rows = -(-len(offered) // columns)
        for place, (key, words) in enumerate(offered.items()):
            row, column = place % rows, place // rows
            letter = QLabel(key)
            self._theme.set_role(letter, "strong")
            self._theme.set_tone(letter, "accent")
            said = QLabel(words)
            said.setTextFormat(Qt.TextFormat.PlainText)
            said.setMinimumWidth(self._theme.px(_WIDTH - 24))
            self._grid.addWidget(letter, row, 2 * column)
            self._grid.addWidget(said, row, 2 * column + 1)
            letter.show()  # what is not shown yet takes no room in the layout
            said.show()
        self.setAccessibleDescription(", ".join(f"{key} {each}" for key, each in offered.items()))
        self._place()

    def _place(self) -> None:
        self._column.invalidate()
        self._column.activate()
        self.resize(self.sizeHint())  # adjustSize stops at two thirds of the screen
        window = self._window
        corner = window.mapToGlobal(window.rect().bottomLeft())
        left = corner.x() + max(0, (window.width() - self.width()) // 2)
        self.move(left, corner.y() - self.height() - self._theme.px(40))
