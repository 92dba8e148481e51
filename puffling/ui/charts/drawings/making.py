"""Drawings made, chosen and moved with the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from typing_extensions import override

from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Drawing, new_id
from puffling.ui.charts.drawings.moving import (
    POSITIONS,
    clicks,
    completed,
    shifted,
    straightened,
    thinned,
    with_handle,
)
from puffling.ui.charts.drawings.showing import PREVIEW, Showing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffling.core.drawing_kinds import Style
    from puffling.core.drawings import Anchor
    from puffling.ui.charts.price_view import PriceView
    from puffling.ui.theme.theme import Theme

STILL = 4.0  # pixels a pressed pointer may move without dragging
SMOOTH = 0.7  # pixels a stroke of the brush may be off where it was drawn
APART = 3.0  # pixels between two points of a stroke of the brush
WRITTEN = (DrawingKind.TEXT, DrawingKind.CALLOUT)  # begin with words
Modifier, Shape = Qt.KeyboardModifier, Qt.CursorShape


class Making(Showing):
    """A tool in the hand places points, click by click or in one drag; an empty hand moves."""

    def __init__(
        self, chart: PriceView, theme: Theme, usual: Callable[[DrawingKind], Style] | None = None
    ) -> None:
        super().__init__(chart, theme, usual)
        self.kind: DrawingKind | None = None
        self.stays_armed = False
        self._magnet = True
        self._placed: list[Anchor] = []
        self._pressed: QPointF | None = None
        self._drag: tuple[tuple[Drawing, ...], int | None] | None = None  # what, and its handle
        self._moved = False

    # -- the tool in the hand ----------------------------------------------------------------

    def arm(self, kind: DrawingKind | None, *, stays: bool = False) -> None:
        """Take a tool into the hand; None puts it away. With `stays` it makes one after another."""
        self.let_go()
        self.kind, self.stays_armed = kind, stays and kind is not None
        if kind is not None:
            self.choose(())
        self.draw()
        self._point(Shape.ArrowCursor if kind is None else Shape.CrossCursor)
        self.armed.emit(kind)

    @property
    def magnet(self) -> bool:
        """Whether points are drawn to the prices of a bar; Ctrl turns it round."""
        return self._magnet

    @magnet.setter
    def magnet(self, on: bool) -> None:
        if on != self._magnet:
            self._magnet = on
            self.magnet_changed.emit(on)

    @override
    def hint(self) -> str:
        if self.kind is None:
            return super().hint()
        label, count = self.kind.label, len(self._placed) + 1
        if self.kind is DrawingKind.BRUSH:
            return f"{label}: press and draw · Esc leaves"
        if self.kind.facts.is_open:
            return f"{label}: point {count} · click, or arrows and Return · the same twice ends it"
        of = clicks(self.kind)
        place = f"point {count} of {of}" if of > 1 else "one point"
        return f"{label}: {place} · click, or arrows and Return · Esc leaves"

    @property
    def placed(self) -> int:
        """How many points of a new drawing are placed."""
        return len(self._placed)

    @override
    def let_go(self) -> None:
        """Put back what is being made or moved."""
        super().let_go()
        self._placed, self._pressed, self._drag, self._moved = [], None, None, False

    def new(self, kind: DrawingKind, anchors: Sequence[Anchor], id_: str = "") -> Drawing:
        """Return a drawing as it would be made now."""
        return Drawing(
            id_ or new_id(),
            self.symbol,
            kind,
            tuple(anchors),
            self.usual(kind),
            interval=self.interval,
            height=1 + max((each.height for each in self._all), default=0),
            risk=self.risk() if kind in POSITIONS else None,
        )

    def put(self, anchor: Anchor) -> None:
        """Place the next point of the drawing that is being made; the last one makes it."""
        kind = self.kind
        if kind is None or len(self._placed) >= kind.facts.most:
            return
        self._placed.append(anchor)
        if not kind.facts.is_open and len(self._placed) >= clicks(kind):
            self.finish()
        else:
            self.aim(anchor)

    def aim(self, anchor: Anchor) -> None:
        """Show what would be made if the next point were there."""
        if self.kind is None:
            return
        anchors = completed(self.kind, [*self._placed, anchor], self.ground)
        self.preview(None if anchors is None else self.new(self.kind, anchors, PREVIEW))

    def back(self) -> None:
        """Take the last point back; with none the tool is put away."""
        if not self._placed:
            self.arm(None)
            return
        last = self._placed.pop()
        if self._placed:
            self.aim(last)
        else:
            self.preview(None)

    def finish(self) -> None:
        """Make the drawing of the points placed, if they are enough."""
        kind = self.kind
        if kind is None:
            return
        anchors = completed(kind, _apart(self._placed), self.ground)
        enough = anchors is not None and len(_apart(self._placed)) >= clicks(kind)
        if kind is DrawingKind.BRUSH and anchors is not None:
            pixels = np.array([self.ground.pixel(each) for each in anchors])
            anchors = tuple(anchors[each] for each in thinned(pixels, SMOOTH))
        self.let_go()
        if not self.stays_armed:
            self.arm(None)
        if not enough or anchors is None:
            self.draw()
            return
        made = self.new(kind, anchors)
        self.edit((), (made,))
        if not self.stays_armed:
            self.choose((made.id,))
        if kind in WRITTEN:
            self.text_wanted.emit(made.id)

    # -- the pointer -------------------------------------------------------------------------

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Place a point, or take hold of a drawing."""
        if not self._inside(at):
            return False
        self._pressed = at
        if self.kind is not None:
            self.put(self._anchor(at, modifiers))
            return True
        return self._take(at, modifiers)

    def move(self, at: QPointF, buttons: Qt.MouseButton) -> bool:
        """Aim the next point, take along what is held, or show what is under the pointer."""
        modifiers = QGuiApplication.keyboardModifiers()
        if self.kind is not None:
            if self.kind is DrawingKind.BRUSH and self._pressed is not None:
                if (at - self._pressed).manhattanLength() >= APART:
                    self._pressed = at
                    self.put(self._anchor(at, modifiers))
            elif self._placed:
                self.aim(self._anchor(at, modifiers))
            return True
        if self._drag is not None:
            self._take_along(at, modifiers)
            return True
        return not buttons and self._hover(at)

    def release(self, at: QPointF) -> bool:
        """End a drag: of the pointer that makes something, or of what was moved."""
        pressed, self._pressed = self._pressed, None
        if self.kind is not None:
            if self.kind is DrawingKind.BRUSH:
                self.finish()
            elif self._placed and pressed is not None and _far(at, pressed):
                self.put(self._anchor(at, QGuiApplication.keyboardModifiers()))
            return True
        if self._drag is None:
            return False
        (before, _), moved = self._drag, self._moved
        after = tuple(self._instead.get(each.id, each) for each in before)
        self._drag, self._moved, self._instead = None, False, {}
        if moved and after != before:
            self.edit(before, after, f"Move {before[0].kind.label.lower()}")
        else:
            self.draw()
        return True

    def double(self, at: QPointF) -> bool:
        """End a path, or change what is written at a drawing."""
        if self.kind is not None:
            if self.kind.facts.is_open:
                self.finish()
            return True
        number = self.layer.hit(at) if self._inside(at) else None
        if number is None:
            return False
        self.text_wanted.emit(self._shown[number].id)
        return True

    def _take(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Choose what is under the pointer, and hold it."""
        handle, number = self._under(at)
        if number is None:
            self.choose(())
            return False
        drawing = self._shown[number]
        if modifiers & Modifier.ControlModifier and handle is None:
            others = tuple(each for each in self._chosen if each != drawing.id)
            self.choose(others if drawing.id in self._chosen else (*others, drawing.id))
        elif drawing.id not in self._chosen or handle is not None:
            self.choose((drawing.id,))
        held = (drawing,) if handle is not None else self.chosen
        held = tuple(each for each in held if not each.locked)
        self._drag = (held, handle) if held else ((drawing,), None)
        self._moved = False
        return True

    def _take_along(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        pressed = self._pressed
        if self._drag is None or pressed is None or not (self._moved or _far(at, pressed)):
            return
        held, handle = self._drag
        if any(each.locked for each in held):
            return
        self._moved = True
        if handle is not None:
            to = self._anchor(at, modifiers, held[0], handle)
            self.instead([with_handle(held[0], handle, to, self.ground)])
            return
        frame = self.ground.frame
        bars = round(frame.index_at(at.x()) - frame.index_at(pressed.x()))
        pixels = at.y() - pressed.y()
        self.instead([shifted(each, bars, pixels, self.ground) for each in held])

    def _under(self, at: QPointF) -> tuple[int | None, int | None]:
        """The handle and the number of the drawing at a point."""
        for number, drawing in enumerate(self._shown):
            if drawing.id in self._chosen:
                handle = self.layer.handle_at(number, at)
                if handle is not None:
                    return handle, number
        hit = self.layer.hit(at)
        return (None, None) if hit is None else (self.layer.handle_at(hit, at), hit)

    def _hover(self, at: QPointF) -> bool:
        handle, number = self._under(at) if self._inside(at) else (None, None)
        if number != self.layer.hovered:
            self.layer.hovered = number
            self.chart.viewport().update()
            if number is None:
                self._point(Shape.ArrowCursor)
        if number is None:
            return False
        self._point(Shape.SizeAllCursor if handle is not None else Shape.PointingHandCursor)
        return True

    def _anchor(
        self,
        at: QPointF,
        modifiers: Qt.KeyboardModifier,
        drawing: Drawing | None = None,
        handle: int = 0,
    ) -> Anchor:
        """The anchor under a point: drawn to prices by the magnet, with Shift kept straight."""
        if modifiers & Modifier.ShiftModifier:
            if drawing is not None and len(drawing.anchors) > 1:
                fixed = self.ground.pixel(drawing.anchors[handle - 1 if handle else 1])
                at = QPointF(*straightened(fixed, (at.x(), at.y())))
            elif self._placed and self.kind is not DrawingKind.BRUSH:
                fixed = self.ground.pixel(self._placed[-1])
                at = QPointF(*straightened(fixed, (at.x(), at.y())))
        loose = self.kind is DrawingKind.BRUSH
        return self.ground.anchor(at, snaps=self.snaps(modifiers) and not loose, loose=loose)

    def snaps(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a point is drawn to prices now."""
        return self._magnet != bool(modifiers & Modifier.ControlModifier)

    def _inside(self, at: QPointF) -> bool:
        frame = self.ground.frame
        return (
            self.chart.count > 0
            and self.chart.pane in self.chart.seen_panes
            and frame.left <= at.x() < frame.right
            and frame.top <= at.y() < frame.bottom
        )

    def _point(self, shape: Qt.CursorShape) -> None:
        self.chart.viewport().setCursor(shape)


def _far(at: QPointF, from_: QPointF) -> bool:
    return (at - from_).manhattanLength() > STILL


def _apart(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Anchors without those that repeat the one before."""
    return [
        each for number, each in enumerate(anchors) if not number or each != anchors[number - 1]
    ]
