"""A part of a form that can be folded away; folded, it says in a line what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme

_FOLD, _UNFOLD = Qt.Key.Key_Left, Qt.Key.Key_Right


class Section(QWidget):
    """A title that folds and unfolds what is below it.

    Space and Return do both, Left folds, Right unfolds.

    Signals:
        toggled: It was folded or unfolded (whether it is open).
    """

    toggled = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        title: str,
        body: QWidget,
        *,
        is_open: bool = True,
        summary: Callable[[], str] | None = None,
    ) -> None:
        """Take what is folded, and how to say in a line what it holds."""
        super().__init__()
        self._theme, self._body, self._summary = theme, body, summary
        self.header = _Header(title)
        self.header.setFont(theme.font())
        self.header.setIconSize(QSize(theme.px(14), theme.px(14)))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "caption")
        self.words.setContentsMargins(theme.px(22), 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(self.header)
        column.addWidget(self.words)
        column.addWidget(body)
        self.header.turned.connect(self._turn)
        self._open = not is_open
        self.unfold(on=is_open)

    @property
    def is_open(self) -> bool:
        """Whether what it holds can be seen."""
        return self._open

    def unfold(self, *, on: bool = True) -> None:
        """Show what it holds, or fold it away."""
        if on == self._open:
            return
        self._open = on
        self._body.setVisible(on)
        self.header.setIcon(self._theme.icon("chevron-down" if on else "chevron-right"))
        self.header.setAccessibleDescription("unfolded" if on else "folded")
        self.refresh()
        self.toggled.emit(on)

    def refresh(self) -> None:
        """Say anew what it holds."""
        words = "" if self._summary is None or self.is_open else self._summary()
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _turn(self, wanted: object) -> None:
        self.unfold(on=not self._open if wanted is None else bool(wanted))


class _Header(QToolButton):
    """The title: a button across the whole width.

    Signals:
        turned: It was asked to open (True), to close (False) or to do the other (None).
    """

    turned = Signal(object)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setAccessibleName(title)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(lambda: self.turned.emit(None))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in {_FOLD, _UNFOLD}:
            self.turned.emit(key is _UNFOLD)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.turned.emit(None)
        else:
            super().keyPressEvent(event)
