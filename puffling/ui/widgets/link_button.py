"""The coloured ring in a panel's corner that says whose symbol it shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu
from typing_extensions import override

from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class LinkButton(QAbstractButton):
    """Shows a colour; a click or Down opens the menu of colours.

    Signals:
        picked: Another colour was picked (its name).
    """

    picked = Signal(str)

    def __init__(
        self,
        theme: Theme,
        colours: Sequence[tuple[str, str]],
        current: str,
        parent: QWidget | None = None,
    ) -> None:
        """Take (name, token) of each colour."""
        super().__init__(parent)
        self._theme, self._colours, self._current = theme, dict(colours), current
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu: QMenu | None = None
        self.clicked.connect(self._open)
        self._describe()
        theme.changed.connect(self.update)

    @property
    def current(self) -> str:
        """The colour's name."""
        return self._current

    def show_colour(self, name: str) -> None:
        """Show another colour without picking it."""
        self._current = name
        self._describe()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(18), self._theme.px(18))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) is Qt.Key.Key_Down:
            self._open()
            return
        super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        super().mousePressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._theme.px(8)
        ring = QRectF(0, 0, side, side)
        ring.moveCenter(QRectF(self.rect()).center())
        color = self._theme.color(self._colours.get(self._current, Tone.FAINT))
        painter.setPen(QPen(color, 1.5))
        if self._current != next(iter(self._colours), ""):
            painter.setBrush(color)
        painter.drawEllipse(ring)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color(Tone.ACCENT), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _open(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for name, token in self._colours.items():
            action = menu.addAction(self._theme.icon("dot", token), name.capitalize())
            action.setCheckable(True)
            action.setChecked(name == self._current)
            action.setData(name)
            group.addAction(action)
        group.triggered.connect(lambda action: self._pick(str(action.data())))
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _pick(self, name: str) -> None:
        if name != self._current:
            self.show_colour(name)
            self.picked.emit(name)

    def _describe(self) -> None:
        self.setToolTip("Share the symbol with the panels of this colour")
        self.setAccessibleName(f"Link colour: {self._current}")
