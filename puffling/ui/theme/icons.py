"""Icons: one SVG each, tinted when painted, so they follow the scheme by themselves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QRectF, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override

from puffling.core.paths import resources

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect, QSize
    from PySide6.QtGui import QColor

_OVERSIZED = 512  # nothing on the desk is larger; a broken style must not eat the memory


@cache
def svg(name: str) -> str:
    """Return the drawing called `name`; its one colour is still "currentColor".

    Raises:
        FileNotFoundError: If there is no such icon.
    """
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def tinted(name: str, color: QColor) -> bytes:
    """Return the drawing in `color`."""
    return svg(name).replace("currentColor", color.name()).encode()


def draw(painter: QPainter, name: str, color: QColor, rect: QRectF) -> None:
    """Draw an icon into `rect` of `painter`."""
    QSvgRenderer(QByteArray(tinted(name, color))).render(painter, rect)


class Icons:
    """Pixmaps by icon, colour and size in device pixels, drawn once each."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str, int, int, float], QPixmap] = {}

    def pixmap(self, name: str, color: QColor, size: QSize, ratio: float = 1.0) -> QPixmap:
        """Return the icon at `size` device pixels, `ratio` of them to a logical one."""
        width, height = (min(each, _OVERSIZED) for each in (size.width(), size.height()))
        key = (name, color.name(), width, height, ratio)
        if key not in self._drawn:
            pixmap = QPixmap(width, height)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            side = min(width, height)
            draw(
                painter,
                name,
                color,
                QRectF((width - side) / 2, (height - side) / 2, side, side),
            )
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            self._drawn[key] = pixmap
        return self._drawn[key]


class _Engine(QIconEngine):
    """Asks for its colour each time it paints."""

    def __init__(self, icons: Icons, name: str, color: Callable[[bool], QColor]) -> None:
        super().__init__()
        self._icons, self._name, self._color = icons, name, color

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._icons.pixmap(self._name, self._color(mode != QIcon.Mode.Disabled), size)

    @override
    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        color = self._color(mode != QIcon.Mode.Disabled)
        return self._icons.pixmap(self._name, color, size * scale, scale)

    @override
    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        return size

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.scaledPixmap(rect.size(), mode, state, ratio)
        painter.drawPixmap(QPoint(rect.x(), rect.y()), pixmap)

    @override
    def isNull(self) -> bool:
        return False

    @override
    def clone(self) -> QIconEngine:
        return _Engine(self._icons, self._name, self._color)


def icon(icons: Icons, name: str, color: Callable[[bool], QColor]) -> QIcon:
    """Return an icon that asks `color(enabled)` for its colour whenever it is painted."""
    svg(name)  # a wrong name fails here, not while painting
    return QIcon(_Engine(icons, name, color))
