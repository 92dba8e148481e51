"""Widgets that stand between the words of a page: made when they come near, let go when far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from puffling.ui.widgets.markdown_view import MarkdownView

_BY_KEYS = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class Stander(QWidget):
    """A widget between the words: it knows its controls, and follows the rest of the desk.

    Signals:
        reshaped: It may need another height.
    """

    reshaped = Signal()

    @property
    def stops(self) -> Sequence[QWidget]:
        """Its controls, in the order of Tab."""
        return ()

    def settle(self) -> None:
        """Bring what may have changed elsewhere up to date."""

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.reshaped.emit()
        return done


@dataclass(slots=True, eq=False)
class _Place:
    key: str
    position: int
    height: int
    view: Stander | None = None
    measured: int = 0  # the width that its height belongs to; 0 while it must be measured


class Places(QObject):
    """Keeps a widget for each room in view, and remembers how tall the others were."""

    def __init__(self, page: MarkdownView, make: Callable[[str], Stander], widest: int) -> None:
        super().__init__(page)
        self._page, self._make, self._widest = page, make, widest
        self._places: list[_Place] = []
        self._made: list[_Place] = []  # those that have their widget
        self._heights: dict[str, int] = {}
        self._loose: dict[str, Stander] = {}  # cut from the page, and perhaps written again
        self._settling = False
        self.paused = False  # while a whole conversation is put on the page
        for bar in (page.verticalScrollBar(), page.horizontalScrollBar()):
            bar.valueChanged.connect(self.settle)
        page.resized.connect(self.settle)

    def add(self, key: str, guess: int) -> None:
        """Leave room for the widget of `key` at the end of the page."""
        height = self._heights.get(key, guess)
        position = self._page.leave_room(key, height)
        place = _Place(key, position, height, self._loose.pop(key, None))
        self._places.append(place)
        if place.view is not None:
            self._made.append(place)

    def forget_from(self, position: int) -> None:
        """Pass over the rooms from `position` on: they were cut off, or are about to be."""
        while self._places and self._places[-1].position >= position:
            place = self._places.pop()
            if place.view is not None:
                self._loose[place.key] = place.view
                self._made.remove(place)

    def view(self, key: str) -> Stander | None:
        """Return the widget of `key` if it is there now."""
        return next((each.view for each in self._made if each.key == key), None)

    def views(self) -> Iterator[Stander]:
        """Return the widgets that are there now, in the order of the page."""
        made = sorted(self._made, key=lambda each: each.position)
        return (each.view for each in made if each.view is not None)

    def reach(self, key: str) -> Stander | None:
        """Bring the room of `key` into view and return its widget."""
        place = next((each for each in self._places if each.key == key), None)
        if place is None:
            return None
        rect = self._page.room_at(place.position)
        bar = self._page.verticalScrollBar()
        if rect.top() < 0 or rect.top() + place.height > self._page.viewport().height():
            bar.setValue(bar.value() + round(rect.top()) - self._page.viewport().height() // 4)
        self.settle()
        return place.view

    def settle(self) -> None:
        """Make what came near, let go of what is far, and put each where its room is."""
        if self._settling or self.paused:
            return
        self._settling = True
        try:
            for view in self._loose.values():
                self._drop(view)
            self._loose.clear()
            self._arrange()
        finally:
            self._settling = False

    def _arrange(self) -> None:
        page = self._page
        margin = round(page.document().documentMargin())
        wide = min(max(page.viewport().width() - 2 * margin, 1), self._widest)
        near = self._near()
        changed = False
        for place in [each for each in self._made if each not in near]:
            if place.view is not None and not _has_focus(place.view):
                self._drop(place.view)
                place.view = None
                self._made.remove(place)
                changed = True
        for place in near:
            if place.view is None:
                place.view = self._appear(place)
                changed = True
            if place not in self._made:
                self._made.append(place)
            if place.measured != wide:
                self._fit(place, place.view, wide)
        for place in self._made:
            if place.view is not None:
                top = round(page.room_at(place.position).top())
                place.view.setGeometry(margin - page.aside, top, wide, place.height)
        if changed:
            self.order()

    def _near(self) -> list[_Place]:
        """Return the rooms in view, and those up to a page above and below."""
        high = self._page.viewport().height()

        def above(place: _Place) -> bool:
            return self._page.room_at(place.position).top() + place.height <= -high

        low, end = 0, len(self._places)
        while low < end:  # they stand below one another
            middle = (low + end) // 2
            if above(self._places[middle]):
                low = middle + 1
            else:
                end = middle
        found: list[_Place] = []
        for place in self._places[low:]:
            if self._page.room_at(place.position).top() >= 2 * high:
                break
            found.append(place)
        return found

    def _appear(self, place: _Place) -> Stander:
        view = self._make(place.key)
        view.setParent(self._page.viewport())
        view.reshaped.connect(partial(self._reshaped, place.key))
        view.show()
        return view

    def _reshaped(self, key: str) -> None:
        """A widget says that it may need another height."""
        if self._settling:
            return
        for place in self._made:
            if place.key == key:
                place.measured = 0
        self.settle()

    def _fit(self, place: _Place, view: Stander, wide: int) -> None:
        """Give a widget the height that it needs at this width; what is above stays in place."""
        place.measured = wide
        column = view.layout()
        if column is None:
            return
        column.activate()
        need = column.totalHeightForWidth(wide) if column.hasHeightForWidth() else -1
        height = need if need > 0 else view.sizeHint().height()
        if height == place.height:
            return
        top = self._page.room_at(place.position).top()
        bar = self._page.verticalScrollBar()
        value = bar.value()
        self._page.change_room(place.position, height)
        if top + place.height < 0:
            bar.setValue(value + height - place.height)
        place.height = height
        self._heights[place.key] = height

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring a control that Tab comes to into view."""
        by_keys = isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() in _BY_KEYS
        if by_keys and isinstance(watched, QWidget):
            viewport, bar = self._page.viewport(), self._page.verticalScrollBar()
            top = watched.mapTo(viewport, QPoint(0, 0)).y()
            low = top + watched.height() - viewport.height()
            if top < 0 or low > 0:
                bar.setValue(bar.value() + (top if top < 0 else min(low, top)))
        return False

    def order(self) -> None:
        """Let Tab come from the page to each control in the order of the page."""
        before: QWidget = self._page
        for view in self.views():
            for each in view.stops:
                each.installEventFilter(self)
                QWidget.setTabOrder(before, each)
                before = each

    def _drop(self, view: Stander) -> None:
        view.reshaped.disconnect()
        view.hide()
        view.deleteLater()


def _has_focus(view: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is view or view.isAncestorOf(focused))
