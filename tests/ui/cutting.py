"""Finds words that need more room than they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QTabBar,
)

from tests.ui.walking import called, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

_SLACK = 2  # pixels: hinting makes words a little wider or narrower
_ELIDED = "…"


def cut(widget: QWidget) -> list[str]:
    """Return the labels, buttons and tabs in view whose words do not fit."""
    return [
        f"{words!r} needs {need}, has {has}: {called(each)}"
        for each in within(widget)
        if each.isVisible() and each.width() > 0 and not each.visibleRegion().isEmpty()
        for words, need, has in _checked(each)
        if need > has + _SLACK and not words.endswith(_ELIDED)
    ]


def outside(widget: QWidget) -> list[str]:
    """Return the labels and buttons that reach over the edge of what they are in."""
    return [
        f"{each.property('text')!r} reaches {over} over the edge: {called(each)}"
        for each in within(widget)
        if isinstance(each, QLabel | QAbstractButton | QLineEdit | QComboBox) and each.isVisible()
        for over in [_over(each, widget)]
        if over > _SLACK
    ]


def _over(widget: QWidget, top: QWidget) -> int:
    """Return by how many pixels a widget is wider than what its parents show of it."""
    at, left, right, over = widget, 0, widget.width(), 0
    while at is not top:
        parent = at.parentWidget()
        area = None if parent is None else parent.parentWidget()
        hidden = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if parent is None:
            return over
        if isinstance(area, QAbstractScrollArea) and area.horizontalScrollBarPolicy() is not hidden:
            return over
        left, right = left + at.x(), right + at.x()
        over = max(over, right - parent.width(), -left)
        at = parent
    return over


def _checked(widget: QWidget) -> Iterator[tuple[str, int, int]]:
    if isinstance(widget, QLabel):
        yield from _label(widget)
    elif isinstance(widget, QPushButton):
        yield widget.text(), _button(widget), widget.width()
    elif isinstance(widget, QTabBar) and not widget.usesScrollButtons():
        for at in range(widget.count()):
            need = widget.fontMetrics().horizontalAdvance(widget.tabText(at))
            yield widget.tabText(at), need, widget.tabRect(at).width()


def _label(label: QLabel) -> Iterator[tuple[str, int, int]]:
    words = label.text()
    if not words:
        return
    room = label.contentsRect()
    if label.wordWrap():
        yield words, label.heightForWidth(label.width()), label.height()
        return
    if label.textFormat() is Qt.TextFormat.RichText:
        page = QTextDocument()
        page.setDefaultFont(label.font())
        page.setHtml(words)
        yield words, round(page.idealWidth()), room.width()
        return
    lines = words.splitlines()
    yield words, max(label.fontMetrics().horizontalAdvance(each) for each in lines), room.width()
    yield words, label.fontMetrics().height() * len(lines), label.height()


def _button(button: QPushButton) -> int:
    """Return how wide the words are, with the padding that the style gives them."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    inside = button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button)
    icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
    words = button.fontMetrics().horizontalAdvance(button.text().replace("&", ""))
    return words + icon + button.width() - inside.width()
