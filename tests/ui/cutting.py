"""Finds words that need more room than they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QPushButton, QStyle, QStyleOptionButton, QTabBar

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
