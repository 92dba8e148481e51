"""Lines that ask for something in the panel instead of in a dialog over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONGEST = 60


class Bar(QFrame):
    """Fields and a button that stays hidden until it asks; Return applies, Escape puts it away.

    Signals:
        closed: It was answered or put away.
    """

    closed = Signal()

    def __init__(self, theme: Theme, verb: str = "") -> None:
        super().__init__()
        self.theme = theme
        theme.set_role(self, "raised")
        self.apply_button = QPushButton(verb)
        theme.set_role(self.apply_button, "primary")
        self.apply_button.clicked.connect(self.apply)
        self.hide()

    def apply(self) -> None:
        """Do what the button says."""
        self.close_bar()

    def enter(self) -> None:
        """Do what Return means here."""
        self.apply()

    def close_bar(self) -> None:
        """Put it away."""
        self.hide()
        self.closed.emit()

    def lay_in_row(self, *widgets: QWidget, stretch: QWidget | None = None) -> None:
        """Lay out `widgets` and the button behind them; `stretch` takes what room is left."""
        row = QHBoxLayout(self)
        row.setContentsMargins(*[self.theme.px(6)] * 4)
        row.setSpacing(self.theme.px(6))
        for each in widgets:
            row.addWidget(each, 1 if each is stretch else 0)
        if stretch is None:
            row.addStretch(1)
        row.addWidget(self.apply_button)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.close_bar()
        elif key in _ENTER:
            self.enter()
        else:
            super().keyPressEvent(event)
            return
        event.accept()


class AskBar(Bar):
    """Asks for a name or for a yes. Return answers, Escape does not."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._answered: Callable[[str], object] | None = None
        self.words, self.name = QLabel(), QLineEdit()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setMaxLength(_LONGEST)
        self.name.setAccessibleName("Name")
        self.keep_button = QPushButton("Cancel")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(6)] * 4)
        column.setSpacing(theme.px(6))
        column.addWidget(self.words)
        column.addWidget(self.name)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.keep_button)
        row.addWidget(self.apply_button)
        column.addLayout(row)
        self.name.textChanged.connect(self._judge)
        self.keep_button.clicked.connect(self.close_bar)

    def ask_name(
        self, words: str, name: str, action: str, answered: Callable[[str], object]
    ) -> None:
        """Ask for a name, proposing one; `answered` gets it."""
        self._begin(words, action, answered, named=True)
        self.name.setText(name)
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()
        self._judge()

    def ask_yes(self, words: str, action: str, answered: Callable[[], object]) -> None:
        """Ask before something is lost; the harmless answer has the focus."""
        self._begin(words, action, lambda _: answered(), named=False)
        self.keep_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def apply(self) -> None:
        if not self.apply_button.isEnabled():
            return
        answered, self._answered = self._answered, None
        self.close_bar()
        if answered is not None:
            answered(self.name.text().strip())

    @override
    def enter(self) -> None:
        if self.keep_button.hasFocus():
            self.close_bar()
        else:
            self.apply()

    def _begin(
        self, words: str, action: str, answered: Callable[[str], object], *, named: bool
    ) -> None:
        self._answered = answered
        self.words.setText(words)
        self.setAccessibleName(words)
        self.apply_button.setText(action)
        self.apply_button.setEnabled(True)
        self.theme.set_role(self.apply_button, "primary" if named else "danger")
        self.name.setVisible(named)
        self.show()

    def _judge(self) -> None:
        self.apply_button.setEnabled(bool(self.name.text().strip()))
