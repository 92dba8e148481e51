"""Price alerts: kept, watched on every quote, fired once for each crossing."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from puffin.data.sessions import EXCHANGE
from puffin.types import LARGEST_PRICE, SYMBOL
from puffling.core.errors import BadValueError
from puffling.core.events import AlertFired, AlertsChanged, Level, NoticePosted
from puffling.core.formats import price as price_text
from puffling.store.alerts import Alert, AlertFiring

if TYPE_CHECKING:
    from puffin.types import Quote, Split
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.quotes import QuoteService
    from puffling.store.alerts import AlertStore

Kind = Literal["above", "below"]
Repeat = Literal["once", "every", "daily"]

COOLDOWN = timedelta(minutes=15)  # of market time, between two firings of an "every" alert
FINEST = Decimal("0.0001")


class AlertService:
    """Watches prices for you.

    An alert fires when the price crosses its level: it must have been on the near side first. One
    that is added beyond its level is not armed; it arms when the price comes back.
    """

    def __init__(
        self, store: AlertStore, quotes: QuoteService, bus: EventBus, clock: Clock
    ) -> None:
        self._store = store
        self._quotes = quotes
        self._bus = bus
        self._clock = clock
        self._alerts: dict[str, Alert] = {each.id: each for each in store.all()}
        self._watched: dict[str, list[Alert]] = {}
        self._sort()

    def all(self) -> list[Alert]:
        """Return every alert, oldest first."""
        return sorted(self._alerts.values(), key=lambda each: (each.created_at, each.id))

    def get(self, id_: str) -> Alert:
        """Return an alert.

        Raises:
            BadValueError: No alert has that id.
        """
        if id_ not in self._alerts:
            near = get_close_matches(id_, self._alerts, n=1)
            hint = f"Did you mean {near[0]}?" if near else "alert.list shows them."
            raise BadValueError(f"There is no alert {id_!r}.", hint=hint)
        return self._alerts[id_]

    def history(self, limit: int = 200) -> list[AlertFiring]:
        """Return what fired, newest first, also of alerts that are gone."""
        return self._store.firings(limit)

    def add(
        self, symbol: str, kind: Kind, price: Decimal, repeat: Repeat = "once", note: str = ""
    ) -> Alert:
        """Watch `symbol` for its price crossing `price`.

        Raises:
            BadValueError: The symbol or the price makes no sense.
        """
        if not SYMBOL.match(symbol):
            raise BadValueError(f"{symbol[:20]!r} is not a symbol.")
        if not price.is_finite() or not 0 < price <= LARGEST_PRICE:
            raise BadValueError(f"The price must be more than zero and at most {LARGEST_PRICE:,}.")
        alert = Alert(
            id=secrets.token_hex(4),
            symbol=symbol,
            kind=kind,
            price=price,
            repeat=repeat,
            created_at=self._clock.now(),
            note=note,
            armed=self._is_near(symbol, kind, price),
        )
        self._keep(alert)
        return alert

    def enable(self, id_: str, *, enabled: bool) -> Alert:
        """Turn an alert on or off; turned on again, it waits for a fresh crossing."""
        alert = self.get(id_)
        armed = self._is_near(alert.symbol, alert.kind, alert.price)
        changed = replace(alert, enabled=enabled, armed=armed)
        self._keep(changed)
        return changed

    def remove(self, id_: str) -> None:
        """Forget an alert; what it fired stays in the history."""
        alert = self.get(id_)
        self._store.remove(alert.id)
        del self._alerts[alert.id]
        self._sort()
        self._bus.publish(AlertsChanged())

    def take_quote(self, quote: Quote) -> None:
        """Compare every quote with the alerts on its symbol; nothing in between is missed."""
        watched = self._watched.get(quote.symbol)
        if watched is None:
            return
        for alert in tuple(watched):
            if self._alerts.get(alert.id) is alert:  # who heard of one may have removed another
                self._compare(alert, quote)

    def split(self, split: Split, done: str) -> bool:
        """Restate levels in new shares, so that a split is not taken for a fall.

        `done` names the split in the store: one that was taken in before changes nothing.

        Raises:
            StoreError: The new levels hold until Puffling closes, and are not stored.
        """
        changed = [
            replace(each, price=(each.price / split.ratio).quantize(FINEST, ROUND_HALF_EVEN))
            for each in self.all()
            if each.symbol == split.symbol
        ]
        fresh = True
        try:
            fresh = self._store.restate(changed, done)
        finally:
            if fresh:
                self._take(changed)
        return fresh

    def start_afresh(self) -> None:
        """Forget what another market's prices did: its time and its level are not this one's.

        Raises:
            StoreError: It is forgotten until Puffling closes, and not stored.
        """
        changed = [
            replace(
                each, armed=self._is_near(each.symbol, each.kind, each.price), last_fired_at=None
            )
            for each in self.all()
        ]
        self._take(changed)
        self._store.save_all(changed)

    def _compare(self, alert: Alert, quote: Quote) -> None:
        beyond = quote.last >= alert.price if alert.kind == "above" else quote.last <= alert.price
        if not beyond:
            if not alert.armed:
                self._keep(replace(alert, armed=True), announce=False)
            return
        if not alert.armed:
            return
        if self._is_resting(alert, quote):
            self._keep(replace(alert, armed=False), announce=False)
            return
        self._fire(alert, quote)

    def _is_resting(self, alert: Alert, quote: Quote) -> bool:
        last = alert.last_fired_at
        if last is None:
            return False
        if alert.repeat == "daily":
            return last.astimezone(EXCHANGE).date() >= quote.at.astimezone(EXCHANGE).date()
        return alert.repeat == "every" and quote.at - last < COOLDOWN

    def _fire(self, alert: Alert, quote: Quote) -> None:
        fired = replace(
            alert,
            armed=False,
            enabled=alert.repeat != "once",
            last_fired_at=quote.at,
        )
        message = (
            f"{alert.symbol} went {alert.kind} {price_text(alert.price)}: "
            f"it is at {price_text(quote.last)}"
        )
        firing = AlertFiring(
            id=secrets.token_hex(8),
            alert_id=alert.id,
            symbol=alert.symbol,
            message=message,
            at=self._clock.now(),
            market_time=quote.at,
        )
        self._store.fire(fired, firing)
        self._alerts[alert.id] = fired
        self._sort()
        self._bus.publish(AlertFired(alert.id, alert.symbol, message, quote.at))
        self._bus.publish(
            NoticePosted(Level.INFO, message, alert.note, panel="automation", desktop=True)
        )
        self._bus.publish(AlertsChanged())

    def _is_near(self, symbol: str, kind: Kind, price: Decimal) -> bool:
        """Whether the price is on the side from which it can cross; unknown counts as no."""
        quote = self._quotes.last(symbol)
        if quote is None:
            return False
        return quote.last < price if kind == "above" else quote.last > price

    def _take(self, changed: list[Alert]) -> None:
        self._alerts |= {each.id: each for each in changed}
        self._sort()
        self._bus.publish(AlertsChanged())

    def _keep(self, alert: Alert, *, announce: bool = True) -> None:
        self._store.save(alert)
        self._alerts[alert.id] = alert
        self._sort()
        if announce:
            self._bus.publish(AlertsChanged())

    def _sort(self) -> None:
        self._watched = {}
        for each in self._alerts.values():
            if each.enabled:
                self._watched.setdefault(each.symbol, []).append(each)
