"""Widgets that stand between the words of a page: made when they come near, let go when far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from puffling.ui.widgets.markdown_view import MarkdownView


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


@dataclass(slots=True)
class _Place:
    key: str
    position: int
    height: int
    view: Stander | None = None


class Places(QObject):
    """Keeps a widget for each room in view, and remembers how tall the others were."""

    def __init__(self, page: MarkdownView, make: Callable[[str], Stander], widest: int) -> None:
        super().__init__(page)
        self._page, self._make, self._widest = page, make, widest
        self._places: list[_Place] = []
        self._heights: dict[str, int] = {}
        self._loose: dict[str, Stander] = {}  # cut from the page, and perhaps written again
        self._settling = False
        page.verticalScrollBar().valueChanged.connect(self.settle)
        page.resized.connect(self.settle)

    def add(self, key: str, guess: int) -> None:
        """Leave room for the widget of `key` at the end of the page."""
        height = self._heights.get(key, guess)
        position = self._page.leave_room(key, height)
        self._places.append(_Place(key, position, height, self._loose.pop(key, None)))

    def forget_from(self, position: int) -> None:
        """Pass over the rooms from `position` on: they were cut off, or are about to be."""
        while self._places and self._places[-1].position >= position:
            place = self._places.pop()
            if place.view is not None:
                self._loose[place.key] = place.view

    def view(self, key: str) -> Stander | None:
        """Return the widget of `key` if it is there now."""
        return next((each.view for each in self._places if each.key == key), None)

    def views(self) -> Iterator[Stander]:
        """Return the widgets that are there now, in the order of the page."""
        return (each.view for each in self._places if each.view is not None)

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
        if self._settling:
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
        high = page.viewport().height()
        margin = round(page.document().documentMargin())
        wide = min(max(page.viewport().width() - 2 * margin, 1), self._widest)
        changed = False
        for place in self._places:
            top = page.room_at(place.position).top()
            near = -high < top + place.height and top < 2 * high
            if near and place.view is None:
                place.view = self._appear(place)
                changed = True
            elif not near and place.view is not None and not _has_focus(place.view):
                self._drop(place.view)
                place.view = None
                changed = True
            if place.view is None:
                continue
            self._fit(place, wide)
            at = page.room_at(place.position)
            place.view.setGeometry(margin, round(at.top()), wide, place.height)
        if changed:
            self.order()

    def _appear(self, place: _Place) -> Stander:
        view = self._make(place.key)
        view.setParent(self._page.viewport())
        view.reshaped.connect(self.settle)
        view.show()
        return view

    def _fit(self, place: _Place, wide: int) -> None:
        """Give a widget the height that it needs at this width; what is above stays in place."""
        if place.view is None:
            return
        column = place.view.layout()
        if column is None:
            return
        column.activate()
        need = column.totalHeightForWidth(wide) if column.hasHeightForWidth() else -1
        height = need if need > 0 else place.view.sizeHint().height()
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

    def order(self) -> None:
        """Let Tab come from the page to each control in the order of the page."""
        before: QWidget = self._page
        for view in self.views():
            for each in view.stops:
                QWidget.setTabOrder(before, each)
                before = each

    def _drop(self, view: Stander) -> None:
        view.reshaped.disconnect(self.settle)
        view.hide()
        view.deleteLater()


def _has_focus(view: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is view or view.isAncestorOf(focused))
