"""The drawings of a chart as they are shown and chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal

from puffin.data.bars import Interval
from puffling.core.drawing_kinds import DrawingKind
from puffling.ui.charts.drawings.ground import ChartGround
from puffling.ui.charts.drawings.layer import DrawingLayer
from puffling.ui.charts.drawings.shapes import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from puffling.core.drawing_kinds import Style
    from puffling.core.drawings import Drawing
    from puffling.ui.charts.drawings.plan import Plan
    from puffling.ui.charts.price_view import PriceView
    from puffling.ui.theme.theme import Theme

PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change a person made: what there was, what there is now, and what it is called."""

    before: tuple[Drawing, ...]
    after: tuple[Drawing, ...]
    words: str = ""


class Showing(QObject):
    """Shows drawings on a chart; it keeps nothing: whoever hears `changed` does.

    Signals:
        changed: A person changed something (an `Edit`); it is shown already.
        armed: Another tool is in the hand (its kind, or None).
        chosen_changed: Other drawings are chosen.
        magnet_changed: Points are drawn to the prices of a bar from now on, or not any more.
        tools_wanted: The list of tools is asked for.
        menu_wanted: The menu of what is chosen is asked for (a point of the chart).
        text_wanted: What is written at a drawing is to be changed (its id).
        undo_wanted: The last change is to be taken back (False), or done again (True).
        copy_wanted: What is chosen is to be copied.
        paste_wanted: What was copied is to be drawn.
    """

    changed = Signal(object)
    armed = Signal(object)
    chosen_changed = Signal()
    magnet_changed = Signal(bool)
    tools_wanted = Signal()
    menu_wanted = Signal(QPointF)
    text_wanted = Signal(str)
    undo_wanted = Signal(bool)
    copy_wanted = Signal()
    paste_wanted = Signal()

    def __init__(
        self, chart: PriceView, theme: Theme, usual: Callable[[DrawingKind], Style] | None = None
    ) -> None:
        super().__init__(chart)
        self.chart = chart
        self.ground = ChartGround(chart)
        self.layer = DrawingLayer(chart.pane, theme)
        self.symbol = ""
        self.interval = Interval.D1
        self.usual = usual or (lambda kind: kind.facts.style)
        self.risk: Callable[[], float | None] = lambda: None  # money a new position may lose
        self._all: tuple[Drawing, ...] = ()
        self._shown: list[Drawing] = []
        self._chosen: tuple[str, ...] = ()
        self._preview: Drawing | None = None
        self._alerted: frozenset[str] = frozenset()
        self._instead: dict[str, Drawing] = {}  # shown in the place of those with their ids
        self._plans: dict[str, tuple[Drawing, Plan]] = {}
        self._count = 0
        chart.bars_replaced.connect(self._renew)
        chart.bar_updated.connect(self._follow)

    # -- what is shown -----------------------------------------------------------------------

    def show(self, symbol: str, interval: Interval, drawings: Iterable[Drawing]) -> None:
        """Show the drawings of a symbol on bars of this length; another one lets go of all."""
        if symbol != self.symbol:
            self.let_go()
            self._chosen = ()
        self.symbol, self.interval = symbol, interval
        self.set_drawings(drawings)

    def set_drawings(self, drawings: Iterable[Drawing]) -> None:
        """Show these, as far as they are shown on such bars."""
        self._all = tuple(drawings)
        self._instead = {}
        known = {each.id for each in self._all}
        chosen = tuple(each for each in self._chosen if each in known)
        if chosen != self._chosen:
            self.choose(chosen)
        self.draw()

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """All drawings of the symbol, the lowest first, the hidden ones too."""
        return self._all

    @property
    def shown(self) -> Sequence[Drawing]:
        """The drawings in view, the lowest first; the numbers of the layer count them."""
        return self._shown

    def draw(self) -> None:
        """Lay out what is shown, and paint it."""
        shown = [
            self._instead.get(each.id, each) for each in self._all if each.shows_on(self.interval)
        ]
        self._shown = shown
        if self._preview is not None:
            shown = [*shown, self._preview]
        plans = [self._plan(each) for each in shown]
        kept = {each.id for each in shown}
        for gone in self._plans.keys() - kept:
            del self._plans[gone]
        self.layer.show_plans(plans)
        self.layer.hint = self.hint()
        self._mark()
        self.chart.viewport().update()

    def hint(self) -> str:
        """What a person may do next, or where what is moved is now; nothing where that is plain."""
        moved = next(iter(self._instead.values()), None)
        if moved is None:
            return ""
        at = moved.anchors[min(self.layer.handle or 0, len(moved.anchors) - 1)]
        when = self.chart.calendar.text(at.time)
        return f"{moved.kind.label}: {self.ground.price(at.price)} · {when}"

    def _plan(self, drawing: Drawing) -> Plan:
        known = self._plans.get(drawing.id)
        if known is None or known[0] is not drawing:
            known = drawing, plan_of(drawing, self.ground)
            self._plans[drawing.id] = known
        return known[1]

    def _renew(self) -> None:
        """Other bars: every moment has another place."""
        self._plans.clear()
        self._count = self.chart.count
        self.draw()

    def _follow(self) -> None:
        """A live bar: what reaches beyond it moves when one is added, what counts it changes."""
        if self.chart.count != self._count:
            self._renew()
            return
        last = self.chart.count - 1
        live = [
            id_
            for id_, (drawing, plan) in self._plans.items()
            if drawing.kind is DrawingKind.REGRESSION
            and max(index for index, _ in plan.points[:2]) >= last
        ]
        for each in live:
            del self._plans[each]
        if live:
            self.draw()

    def preview(self, drawing: Drawing | None) -> None:
        """Show a drawing that is being made."""
        self._preview = drawing
        self.draw()

    def instead(self, drawings: Iterable[Drawing]) -> None:
        """Show these in the place of those with their ids, while they are being moved."""
        self._instead = {each.id: each for each in drawings}
        self.draw()

    def edit(self, before: Sequence[Drawing], after: Sequence[Drawing], words: str = "") -> None:
        """Show a change at once, and say that it was made."""
        gone = {each.id for each in (*before, *after)}
        left = [each for each in self._all if each.id not in gone] + list(after)
        self.set_drawings(sorted(left, key=lambda each: (each.height, each.id)))
        self.changed.emit(Edit(tuple(before), tuple(after), words))

    def let_go(self) -> None:
        """Put back what is being made or moved."""
        self._preview, self._instead = None, {}

    # -- what is chosen ----------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[Drawing, ...]:
        """The drawings that keys and menus act on; the first one's handles are in reach."""
        known = {each.id: each for each in self._all}
        return tuple(known[each] for each in self._chosen if each in known)

    def choose(self, ids: Iterable[str]) -> None:
        """Choose these."""
        chosen = tuple(dict.fromkeys(ids))
        if chosen != self._chosen:
            self._chosen = chosen
            self.layer.handle = None
            self.draw()
            self.chosen_changed.emit()

    def set_alerted(self, ids: Iterable[str]) -> None:
        """Mark the drawings that have an alert."""
        alerted = frozenset(ids)
        if alerted != self._alerted:
            self._alerted = alerted
            self._mark()
            self.chart.viewport().update()

    def _mark(self) -> None:
        numbers = {each.id: number for number, each in enumerate(self._shown)}
        chosen = [numbers[each] for each in self._chosen if each in numbers]
        if self._preview is not None:
            chosen = [len(self._shown)]
        self.layer.chosen = tuple(chosen)
        self.layer.belled = tuple(at for id_, at in numbers.items() if id_ in self._alerted)
        if self.layer.hovered is not None and self.layer.hovered >= len(self._shown):
            self.layer.hovered = None
