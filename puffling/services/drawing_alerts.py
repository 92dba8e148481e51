"""Alerts on lines of drawings: they follow the drawing, and go off when it is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.monitor.conditions import OnDrawing
from puffin.monitor.watch import Manner
from puffling.core.drawing_lines import lines_of
from puffling.core.errors import BadValueError, NoPriceError
from puffling.core.events import DrawingsChanged, Level, NoticePosted
from puffling.services.drawing_levels import DrawingLevels
from puffling.services.drawing_styles import DrawingStyles
from puffling.services.drawings import DrawingService
from puffling.services.watched_splits import WatchedSplits
from puffling.store.drawings import DrawingStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffin.data.bars import Interval
    from puffin.monitor.conditions import Crossing
    from puffin.monitor.watch import Repeat
    from puffin.types import Split
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.alerts import AlertService
    from puffling.services.market import MarketService
    from puffling.services.quotes import QuoteService
    from puffling.store.alerts import Alert
    from puffling.store.database import Database
    from puffling.store.state import StateStore


class DrawingAlerts:
    """Watches for prices that cross what is drawn. Lives on the loop's thread."""

    def __init__(
        self,
        drawings: DrawingService,
        alerts: AlertService,
        quotes: QuoteService,
        market: MarketService,
        bus: EventBus,
    ) -> None:
        self._drawings = drawings
        self._alerts = alerts
        self._quotes = quotes
        self._bus = bus
        self._levels = DrawingLevels(drawings, market)
        alerts.views.level = self._levels.level
        bus.subscribe(DrawingsChanged, self._on_changed)

    def add(
        self,
        id_: str,
        *,
        line: str = "",
        when: Crossing | None = None,
        interval: Interval | None = None,
        log: bool = False,
        repeat: Repeat = "once",
    ) -> Alert:
        """Tell when the price of its symbol crosses a line of a drawing.

        Args:
            id_: The drawing.
            line: Which of its lines; its only one if it has but one.
            when: To which side it crosses; unless given, to the other side than it is on now.
            interval: Of the chart it is seen on, whose bars are counted; that it was drawn on.
            log: Whether that chart is logarithmic.
            repeat: How often it tells.

        Raises:
            BadValueError: There is no such drawing or line, or the line is not there now.
            NoPriceError: It is not known on which side the price is.
        """
        drawing = self._drawings.get(id_)
        lines = {each.name: each for each in lines_of(drawing, is_log=log)}
        if not lines:
            raise BadValueError(f"A {drawing.kind.label.lower()} has no line to cross.")
        found = lines.get(line or next(iter(lines)))
        if found is None or (not line and len(lines) > 1):
            raise BadValueError("Name the line.", hint=f"One of {', '.join(lines)}.")
        name = f"{found.label} “{drawing.text}”" if drawing.text else found.label
        condition = OnDrawing(
            when=when or "above",
            drawing=drawing.id,
            line=found.name,
            interval=interval or drawing.interval,
            log=log,
            name=name[:200],
        )
        level = self._levels.level(condition, drawing.symbol)
        if level is None:
            hint = "A ray or an extended line goes on."
            raise BadValueError(f"Now there is nothing to cross: {name} is not here.", hint=hint)
        if when is None:
            quote = self._quotes.last(drawing.symbol)
            if quote is None:
                self._quotes.want(drawing.symbol)
                raise NoPriceError(f"There is no price of {drawing.symbol} to compare with yet.")
            side: Crossing = "above" if quote.last < level else "below"
            condition = condition.model_copy(update={"when": side})
        return self._alerts.create(condition, drawing.symbol, Manner(repeat=repeat))

    def on(self, id_: str) -> list[Alert]:
        """Return the alerts on a drawing."""
        return [
            each
            for each in self._alerts.all()
            if isinstance(each.condition, OnDrawing) and each.condition.drawing == id_
        ]

    def watched(self) -> frozenset[str]:
        """Return the drawings with an alert that watches."""
        return frozenset(
            each.condition.drawing
            for each in self._alerts.watching("drawing")
            if isinstance(each.condition, OnDrawing)
        )

    def _on_changed(self, event: DrawingsChanged) -> None:
        before = {
            alert.id: self._levels.line(alert.condition)
            for id_ in event.changed | event.gone
            for alert in self.on(id_)
            if isinstance(alert.condition, OnDrawing)
        }
        self._levels.forget(event.changed | event.gone)
        if event.restated:
            return  # as far from the price as before
        for id_, line in before.items():
            alert = self._alerts.get(id_)
            condition = alert.condition
            if not alert.enabled or not isinstance(condition, OnDrawing):
                continue
            if condition.drawing in event.gone:
                self._alerts.enable(id_, enabled=False)
                self._tell(alert)
            elif self._levels.line(condition) != line:
                # The line moved, not the price: it waits for a fresh crossing.
                self._alerts.enable(id_, enabled=True)

    def _tell(self, alert: Alert) -> None:
        title = f"An alert on {alert.symbol} is off: its drawing was removed"
        text = f"It was to tell when {alert.text}. Draw the line again and set a new one."
        self._bus.publish(NoticePosted(Level.WARNING, title, text, panel="automation"))


class DrawingDesk:
    """What is drawn, how it looks, what watches it, and what a split makes of it."""

    def __init__(  # noqa: PLR0913 - each is a part it works with
        self,
        user: Database,
        state: StateStore,
        alerts: AlertService,
        quotes: QuoteService,
        market: MarketService,
        *,
        splits: Callable[[str], Sequence[Split]],
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self.drawings = DrawingService(DrawingStore(user), bus)
        self.styles = DrawingStyles(state)
        self.alerts = DrawingAlerts(self.drawings, alerts, quotes, market, bus)
        self.splits = WatchedSplits(self.drawings, alerts, market, splits, bus=bus, clock=clock)
