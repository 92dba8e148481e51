"""Finds words that reached the screen without having been translated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QTableView,
)

from puffling.core.language import Language, catalogue
from puffling.ui.boundary import Boundary
from tests.ui.walking import called, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

_WORD = re.compile(r"\b[A-Za-z]*[aeiouy][a-z]{2,}\b|\b[A-Za-z]{2,}[aeiouy][a-z]*\b")
# Names, dates and what stands in files: they are the same in every language.
_SAME = re.compile(
    r"Puffling|Puffin|Yahoo|Alpaca|Qt|Python|Inter|GOOG|Lucide"
    r"|Black|Litterman"
    r"|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)

_OF_QT = {"Scroll Left", "Scroll Right"}  # Qt has its own catalogues


@pytest.fixture
def disguised(qapp: object) -> Iterator[Boundary]:
    """The desk speaks the pseudo language: all that has plain vowels was forgotten."""
    words = catalogue(Language.PSEUDO)
    assert words is not None
    boundary = Boundary(words)
    boundary.put_up()
    yield boundary
    boundary.take_down()


def untranslated(widget: QWidget) -> list[str]:
    """Return the plain English that is in view, said aloud or shown as a tip."""
    return [
        f"{words!r} ({what}): {called(each)}"
        for each in (widget, *within(widget))
        if each.isVisible() and each.accessibleName() not in _OF_QT
        for what, words in _words_of(each)
        if plain(words)
    ]


def plain(words: str) -> bool:
    """Whether a text has a word of plain English in it."""
    if words.startswith("/"):  # a place in the file system
        return False
    return any(not _SAME.fullmatch(each) for each in _WORD.findall(words))


def _words_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "tip", widget.toolTip()
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    elif isinstance(widget, QLineEdit):
        yield "placeholder", widget.placeholderText()
    elif isinstance(widget, QTabBar):
        yield from (("tab", _raw(QTabBar, "tabText", widget, at)) for at in range(widget.count()))
    elif isinstance(widget, QComboBox):
        texts = (_raw(QComboBox, "itemText", widget, at) for at in range(widget.count()))
        yield from (("choice", each) for each in texts)
    elif isinstance(widget, QTableView):
        model = widget.model()
        for at in range(model.columnCount()):
            yield "heading", str(model.headerData(at, Qt.Orientation.Horizontal) or "")


def _raw(kind: type, name: str, *given: Any) -> str:
    """Return what Qt shows, not what was meant."""
    method = vars(kind)[name]
    return str(getattr(method, "__wrapped__", method)(*given))
