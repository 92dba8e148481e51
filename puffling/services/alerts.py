"""Alerts: kept, compared with what is known now, told once for each time they come true."""

from __future__ import annotations

import secrets
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from puffin.errors import ParameterError
from puffin.monitor.conditions import (
    MAY_HAVE_SYMBOL,
    NEEDS_SYMBOL,
    PriceLevel,
    read_condition,
)
from puffin.monitor.watch import COOLDOWN, Manner, Memory, step, told
from puffin.types import LARGEST_PRICE, SYMBOL
from puffling.core.errors import BadValueError
from puffling.core.events import AlertFired, AlertsChanged, Level, NoticePosted
from puffling.services.alert_snoozing import Snoozing
from puffling.services.alert_views import PRICED, AlertViews
from puffling.services.alert_words import message
from puffling.store.alerts import Alert, AlertFiring

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.monitor.conditions import Condition, Crossing
    from puffin.monitor.watch import Reading, Repeat
    from puffin.types import Quote, Split
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.alert_snoozing import Snooze
    from puffling.services.positions import Portfolio
    from puffling.services.quotes import QuoteService
    from puffling.store.alerts import AlertStore
    from puffling.store.state import StateStore

__all__ = ["COOLDOWN", "AlertService"]

FINEST = Decimal("0.0001")


class AlertService:
    """Watches for you.

    An alert tells when its condition comes true after it was clearly not: it must have been on the
    near side first. One that is added beyond its level is not armed; it arms when that is over.
    """

    def __init__(
        self,
        store: AlertStore,
        quotes: QuoteService,
        bus: EventBus,
        clock: Clock,
        *,
        views: AlertViews | None = None,
        state: StateStore | None = None,
    ) -> None:
        self._store = store
        self._quotes = quotes
        self._bus = bus
        self._clock = clock
        self.views = views or AlertViews(quotes)
        self._alerts: dict[str, Alert] = {each.id: each for each in store.all()}
        self._watched: dict[str, list[Alert]] = {}
        self._snoozing = Snoozing(state, clock)
        self._sort()

    def all(self) -> list[Alert]:
        """Return every alert, oldest first."""
        return sorted(self._alerts.values(), key=lambda each: (each.created_at, each.id))

    def watching(self, *kinds: str) -> list[Alert]:
        """Return the alerts of these kinds that are turned on, oldest first."""
        return [each for each in self.all() if each.kind in kinds and each.enabled]

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

    def reading(self, alert: Alert) -> Reading | None:
        """Return what an alert reads now; None while that is not known or it has no level."""
        return self.views.reading(alert)

    def add(
        self, symbol: str, kind: Crossing, price: Decimal, repeat: Repeat = "once", note: str = ""
    ) -> Alert:
        """Watch `symbol` for its price crossing `price`.

        Raises:
            BadValueError: The symbol or the price makes no sense.
        """
        if not price.is_finite() or not 0 < price <= LARGEST_PRICE:
            raise BadValueError(f"The price must be more than zero and at most {LARGEST_PRICE:,}.")
        return self.create(
            PriceLevel(when=kind, price=price), symbol, Manner(repeat=repeat), note=note
        )

    def create(
        self,
        condition: Condition,
        symbol: str = "",
        manner: Manner | None = None,
        *,
        note: str = "",
        sound: bool = False,
    ) -> Alert:
        """Watch for `condition`.

        Raises:
            BadValueError: The symbol makes no sense, or the alert expires before it begins.
        """
        manner = manner or Manner()
        self._check(condition, symbol, manner)
        made = Alert(
            id=secrets.token_hex(4),
            symbol=symbol,
            condition=condition,
            manner=manner,
            created_at=self._clock.now(),
            note=note,
            sound=sound,
        )
        made = replace(made, memory=Memory(armed=self._is_near(made)))
        self._keep(made)
        return made

    def edit(self, changed: Alert) -> Alert:
        """Put `changed` in place of the alert of its id; it waits afresh and is turned on.

        Raises:
            BadValueError: There is no such alert, or the new one makes no sense.
        """
        before = self.get(changed.id)
        self._check(changed.condition, changed.symbol, changed.manner)
        last = before.last_fired_at if changed.condition == before.condition else None
        self.views.problems.pop(changed.id, None)
        changed = replace(changed, memory=Memory(self._is_near(changed), last))
        self._keep(changed)
        return changed

    def enable(self, id_: str, *, enabled: bool) -> Alert:
        """Turn an alert on or off; turned on again, it waits for a fresh crossing.

        Raises:
            BadValueError: There is no such alert, or it has expired.
        """
        alert = self.get(id_)
        if enabled:
            self._check(alert.condition, alert.symbol, alert.manner)
        memory = replace(alert.memory, enabled=enabled, armed=self._is_near(alert))
        changed = replace(alert, memory=memory)
        self._keep(changed)
        return changed

    def remove(self, id_: str) -> None:
        """Forget an alert; what it fired stays in the history."""
        alert = self.get(id_)
        self._store.remove(alert.id)
        del self._alerts[alert.id]
        self.views.problems.pop(alert.id, None)
        self._sort()
        self._bus.publish(AlertsChanged())

    def try_out(self, id_: str) -> None:
        """Say what an alert would say, to see and hear it; it is not in the history."""
        alert = self.get(id_)
        self._bus.publish(
            NoticePosted(
                Level.INFO,
                f"Test: {alert.text}",
                alert.note or "This is how this alert tells you.",
                panel="automation",
                desktop=True,
                sound=alert.sound,
            )
        )

    # -- what it is told ---------------------------------------------------------------------

    def take_quote(self, quote: Quote) -> None:
        """Compare every quote with the alerts on its symbol; nothing in between is missed."""
        watched = self._watched.get(quote.symbol)
        if watched is None:
            return
        for alert in tuple(watched):
            self.compare(alert, quote.at, quote=quote)

    def compare(
        self,
        alert: Alert,
        at: datetime,
        *,
        portfolio: Portfolio | None = None,
        quote: Quote | None = None,
    ) -> None:
        """Compare an alert with what is known at market time `at`."""
        if not self._is_live(alert):
            return
        reading = self.views.reading(alert, portfolio, quote)
        if reading is None:
            return
        memory, speaks = step(alert.memory, reading, alert.manner, at)
        if speaks:
            quote = quote or self._quotes.last(alert.symbol)
            words = message(alert.condition, alert.symbol, reading.value, quote)
            self._fire(replace(alert, memory=memory), words, at, reading.value)
        elif memory != alert.memory:
            self._keep(replace(alert, memory=memory), announce=False)

    def happened(
        self, alert: Alert, words: str, at: datetime, value: Decimal | None = None
    ) -> None:
        """Take in that what an alert waits for has just happened, at market time `at`."""
        if not self._is_live(alert):
            return
        memory, speaks = told(alert.memory, alert.manner, at)
        if speaks:
            self._fire(replace(alert, memory=memory), words, at, value)

    def expire(self) -> None:
        """Turn off what has expired."""
        for each in self.all():
            if each.enabled and self._is_over(each.manner):
                self._keep(replace(each, memory=replace(each.memory, enabled=False)))

    def split(self, split: Split, done: str, *, late: bool = False) -> bool:
        """Restate levels in new shares, so that a split is not taken for a fall.

        `done` names the split in the store: one that was taken in before changes nothing. One that
        is found `late` changes no alert made since: its level is of new shares.

        Raises:
            StoreError: The new levels hold until Puffling closes, and are not stored.
        """
        changed = [
            replace(each, condition=_restated(each.condition, split.ratio))
            for each in self.all()
            if each.symbol == split.symbol
            and isinstance(each.condition, PriceLevel)
            and not (late and each.created_at >= split.date)
        ]
        fresh = True
        try:
            fresh = self._store.restate(changed, done)
        finally:
            if fresh:
                for key in [each for each in self.views.extremes if each[0] == split.symbol]:
                    del self.views.extremes[key]
                self._take(changed)
        return fresh

    def start_afresh(self) -> None:
        """Forget what another market's prices did: its time and its level are not this one's.

        Raises:
            StoreError: It is forgotten until Puffling closes, and not stored.
        """
        self.views.extremes.clear()
        changed = [
            replace(each, memory=Memory(self._is_near(each), None, each.enabled))
            for each in self.all()
        ]
        self._take(changed)
        self._store.save_all(changed)

    # -- snoozing ----------------------------------------------------------------------------

    @property
    def quiet_until(self) -> datetime | None:
        """Until when alerts are kept off the desktop; None when they are not."""
        return self._snoozing.until

    def snooze(self, span: Snooze) -> datetime:
        """Keep alerts off the desktop and silent for a while; the history has them all the same."""
        until = self._snoozing.begin(span)
        self._bus.publish(AlertsChanged())
        return until

    def wake(self) -> None:
        """End the snooze."""
        self._snoozing.end()
        self._bus.publish(AlertsChanged())

    # -- keeping -----------------------------------------------------------------------------

    def _fire(self, fired: Alert, words: str, at: datetime, value: Decimal | None) -> None:
        firing = AlertFiring(
            id=secrets.token_hex(8),
            alert_id=fired.id,
            symbol=fired.symbol,
            message=words,
            at=self._clock.now(),
            market_time=at,
            value=value,
        )
        self._store.fire(fired, firing)
        self._alerts[fired.id] = fired
        self._sort()
        loud = self.quiet_until is None
        self._bus.publish(AlertFired(fired.id, fired.symbol, words, at))
        self._bus.publish(
            NoticePosted(
                Level.INFO,
                words,
                fired.note,
                panel="automation",
                desktop=loud,
                sound=loud and fired.sound,
            )
        )
        self._bus.publish(AlertsChanged())

    def _check(self, condition: Condition, symbol: str, manner: Manner) -> None:
        kind = condition.kind
        if symbol and kind not in NEEDS_SYMBOL | MAY_HAVE_SYMBOL:
            raise BadValueError("Such an alert is about the account, so it has no symbol.")
        if (symbol or kind in NEEDS_SYMBOL) and not SYMBOL.match(symbol):
            raise BadValueError(f"{symbol[:20]!r} is not a symbol.", hint="Name one: symbol=AAPL")
        if why := self.views.why_not(condition):
            raise BadValueError(why, hint="The Risk panel, at Goals, keeps them.")
        if self._is_over(manner):
            raise BadValueError("It expires before it begins.", hint="Choose a later time.")

    def _is_live(self, alert: Alert) -> bool:
        """Whether it still watches: whoever heard of one may have changed or removed another."""
        known = self._alerts.get(alert.id) is alert
        return known and alert.enabled and not self._is_over(alert.manner)

    def _is_over(self, manner: Manner) -> bool:
        return manner.expires_at is not None and manner.expires_at <= self._clock.now()

    def _is_near(self, alert: Alert) -> bool:
        """Whether it is on the side from which it can come true; unknown counts as no."""
        reading = self.views.reading(alert)
        return reading is not None and reading.clear

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
            if each.enabled and isinstance(each.condition, PRICED):
                self._watched.setdefault(each.symbol, []).append(each)


def condition_of(document: object) -> Condition:
    """Read a condition from plain values.

    Raises:
        BadValueError: Something in it does not fit; says where.
    """
    try:
        return read_condition(document)
    except ParameterError as error:
        raise BadValueError(str(error)) from None


def _restated(condition: PriceLevel, ratio: Decimal) -> PriceLevel:
    price = (condition.price / ratio).quantize(FINEST, ROUND_HALF_EVEN)
    return PriceLevel(when=condition.when, price=price)
