"""The workflow wheel: ten stages of a trading day around what the market does now."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, radians, sin
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QDialog
from typing_extensions import override

from puffling.ui.shell.stages import STAGES
from puffling.ui.theme.charts import SERIES
from puffling.ui.theme.icons import draw
from puffling.ui.theme.theme import Kind
from puffling.ui.widgets.help_key import HelpKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

SIDE = 460
LEAST = 300
GAP_AROUND = 8  # of the window stays in sight beside it
HUB = 0.42  # of the radius
GAP = 1.2  # degrees between two wedges
LOOK = 500  # milliseconds between two looks at the market
_HUB_WIDE = 1.5  # of the hub's radius
_CENTRED = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
_EACH = 360 / len(STAGES)
_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Backtab: -1,
}


class Wheel(QDialog):
    """Ten wedges; arrows or the pointer turn to one, its digit or Return opens it.

    Args:
        theme: The look.
        hub: What the market does now, in a few words.
        parent: The window it belongs to.

    Signals:
        chosen: A stage was chosen (its place, from 0).
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, hub: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        HelpKey(self, "start")
        self.setWindowTitle("Workflow wheel")
        self.setWindowFlags(Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Workflow wheel")
        theme.set_role(self, "popup")
        self._theme, self._hub = theme, hub
        self.current = 0
        self.setMouseTracking(True)
        self._fit(parent)
        self._describe()
        self._look = QTimer(self, interval=LOOK)
        self._look.timeout.connect(self.update)
        self._look.start()

    def open_over(self, window: QWidget) -> None:
        """Show it in the middle of `window`."""
        self._fit(window)
        middle = window.mapToGlobal(window.rect().center())
        self.move(middle.x() - self.width() // 2, middle.y() - self.height() // 2)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fit(self, window: QWidget) -> None:
        """Take no more than the window has, however large the text is."""
        side = min(
            self._theme.px(SIDE), max(LEAST, min(window.width(), window.height()) - GAP_AROUND)
        )
        self.setFixedSize(side, side)

    def stage_at(self, at: QPointF) -> int | None:
        """Return the wedge under a point; None in the hub and outside the wheel."""
        middle, radius = self._round()
        across, up = at.x() - middle.x(), middle.y() - at.y()
        if not radius * HUB <= hypot(across, up) <= radius:
            return None
        clockwise = (90 - degrees(atan2(up, across)) + _EACH / 2) % 360
        return int(clockwise // _EACH)

    # -- by hand -----------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        digit = event.text()
        if key in _STEPS:
            self._turn((self.current + _STEPS[key]) % len(STAGES))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._choose(self.current)
        elif digit.isdecimal():
            self._choose((int(digit) - 1) % len(STAGES))
        else:
            super().keyPressEvent(event)  # Esc closes it

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return False  # Tab turns the wheel

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.stage_at(event.position())
        if place is not None:
            self._turn(place)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.stage_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self._choose(place)

    @override
    def hideEvent(self, event: QEvent) -> None:
        self._look.stop()

    def _turn(self, place: int) -> None:
        if place != self.current:
            self.current = place
            self._describe()
            self.update()

    def _choose(self, place: int) -> None:
        self.close()
        self.chosen.emit(place)

    def _describe(self) -> None:
        stage = STAGES[self.current]
        self.setAccessibleDescription(f"{self.current + 1}, {stage.title}. {stage.about}")

    # -- how it is painted -------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("raised"))
        painter.setPen(self._theme.color("line_strong"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        for place in range(len(STAGES)):
            self._paint_wedge(painter, place)
        self._paint_hub(painter)
        painter.end()

    def _paint_wedge(self, painter: QPainter, place: int) -> None:
        theme, stage = self._theme, STAGES[place]
        is_current = place == self.current
        color = theme.color(SERIES[place % len(SERIES)])
        middle, radius = self._round()
        painter.setPen(theme.color("accent") if is_current else theme.color("line"))
        painter.setBrush(theme.color("selection") if is_current else theme.color("panel"))
        painter.drawPath(self._wedge(place))
        angle = radians(90 - place * _EACH)
        far = radius * (1 + HUB) / 2
        at = QPointF(middle.x() + far * cos(angle), middle.y() - far * sin(angle))
        side = theme.px(20)
        up = theme.px(14)
        tint = theme.color("faint") if stage.missing else color
        draw(
            painter, stage.icon, tint, QRectF(at.x() - side / 2, at.y() - side / 2 - up, side, side)
        )
        painter.setPen(theme.color("muted" if stage.missing else "text"))
        painter.setFont(theme.font(Kind.CAPTION))
        words = f"{(place + 1) % 10} {stage.title}"
        longest = max(map(painter.fontMetrics().horizontalAdvance, words.split()))
        wide = max(min(theme.px(100), 2 * far * sin(radians(_EACH / 2))), longest + 2)
        box = QRectF(at.x() - wide / 2, at.y() - up + side / 2, wide, theme.px(34))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(box, int(flags | Qt.TextFlag.TextWordWrap), words)

    def hub_lines(self) -> list[tuple[QRectF, Kind, str, str]]:
        """Return what stands in the hub: where, in which type and colour, and the words.

        Each part is as tall as its words are in lines, and all of them stand around the middle.
        """
        theme, stage = self._theme, STAGES[self.current]
        middle, radius = self._round()
        wide, gap = radius * HUB * _HUB_WIDE, theme.px(6)
        parts = [
            (Kind.STRONG, "text", stage.title),
            (Kind.CAPTION, "warning" if stage.missing else "muted", stage.about),
            (Kind.CAPTION, "muted", self._hub()),
        ]
        room = QRectF(0, 0, wide, self.height())
        tall = [
            QFontMetricsF(theme.font(kind)).boundingRect(room, _CENTRED, words).height()
            for kind, _, words in parts
        ]
        while len(parts) > 1 and sum(tall) + gap * (len(tall) - 1) > 2 * radius * HUB:
            spare = -1 if stage.missing else min(1, len(parts) - 1)  # what can be missed most
            parts.pop(spare)
            tall.pop(spare)
        top = middle.y() - (sum(tall) + gap * (len(tall) - 1)) / 2
        found: list[tuple[QRectF, Kind, str, str]] = []
        for (kind, color, words), height in zip(parts, tall, strict=True):
            found.append((QRectF(middle.x() - wide / 2, top, wide, height), kind, color, words))
            top += height + gap
        return found

    def _paint_hub(self, painter: QPainter) -> None:
        for box, kind, color, words in self.hub_lines():
            painter.setFont(self._theme.font(kind))
            painter.setPen(self._theme.color(color))
            painter.drawText(box, _CENTRED, words)

    def _wedge(self, place: int) -> QPainterPath:
        middle, radius = self._round()
        outer = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        hub = radius * HUB
        inner = QRectF(middle.x() - hub, middle.y() - hub, 2 * hub, 2 * hub)
        start = 90 - place * _EACH + (_EACH - GAP) / 2
        path = QPainterPath()
        path.arcMoveTo(outer, start)
        path.arcTo(outer, start, GAP - _EACH)
        path.arcTo(inner, start + GAP - _EACH, _EACH - GAP)
        path.closeSubpath()
        return path

    def _round(self) -> tuple[QPointF, float]:
        """Return the middle and the radius."""
        return QPointF(self.width() / 2, self.height() / 2), self.width() / 2 - self._theme.px(12)
