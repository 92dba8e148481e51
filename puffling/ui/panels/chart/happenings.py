"""What a chart tells of besides trades: splits, dividends, earnings, alerts on its price."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from puffin.data.times import nanoseconds
from puffin.errors import DataError
from puffin.monitor.conditions import PriceLevel
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.ui.charts.marks import Happening, PriceLine
from puffling.ui.panels.chart.ordering import in_ticks
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from puffin.types import EarningsDate
    from puffling.services.replay import ReplayPlace
    from puffling.store.alerts import Alert
    from puffling.ui.panel import PanelWidget
    from puffling.ui.widgets.ask_bar import AskBar

ALERT = "alert "  # begins the key of an alert's line
EARNINGS = "E"


class Happenings:
    """Keeps both up to date.

    Args:
        panel: The panel whose symbol is meant.
        ask: Asks before an alert is changed.
        past: Says where a replay of these charts stands; None while they show the present.
        renew: Called when there is something else to show.
    """

    def __init__(
        self,
        panel: PanelWidget,
        ask: AskBar,
        past: Callable[[], ReplayPlace | None],
        renew: Callable[[], object],
    ) -> None:
        self._panel, self._ask, self._past, self._renew = panel, ask, past, renew
        self._context = panel.parts.context
        self.alerts, self.events = True, True
        self._splits: tuple[str, tuple[Happening, ...]] = ("", ())
        self._read = Reading(panel.spawn, self._find, self._take, panel.parts.runner.report)
        panel.listen(panel.parts.signals.alerts_changed, self._on_alerts)
        panel.listen(panel.parts.signals.alert_fired, self._on_alerts)

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember."""
        return {"alerts": self.alerts, "events": self.events}

    def restore(self, state: object) -> None:
        """Take up what a layout remembered; what does not fit is passed over."""
        if isinstance(state, dict):
            self.alerts = state.get("alerts") is not False
            self.events = state.get("events") is not False
            self._renew()

    def show(self, *, alerts: bool | None = None, events: bool | None = None) -> None:
        """Show them, or not; None leaves it."""
        self.alerts = self.alerts if alerts is None else alerts
        self.events = self.events if events is None else events
        self._renew()

    def ask(self) -> None:
        """Read anew, after the symbol changed."""
        if self._splits[0] != self._panel.symbol:
            self._read.ask()

    @property
    def known(self) -> tuple[Happening, ...]:
        """What happened to the symbol in view, as far as the time shown knows it."""
        symbol, found = self._splits
        if not self.events or symbol != self._panel.symbol:
            return ()
        past = self._past()
        return tuple(each for each in found if past is None or each.time < past.until)

    @property
    def knows_earnings(self) -> bool:
        """Whether there is a date of earnings among them."""
        return any(each.letter == EARNINGS for each in self.known)

    @property
    def lines(self) -> tuple[PriceLine, ...]:
        """A line for each alert on the price; none in the past, which alerts do not watch."""
        if not self.alerts or self._past() is not None:
            return ()
        mine = (each for each in self._context.alerts.all() if each.symbol == self._panel.symbol)
        return tuple(_line(each, each.price) for each in mine if each.price is not None)

    def moved(self, key: str, price: float) -> bool:
        """Ask whether an alert is to wait for another price; False for what is no alert's line."""
        if not key.startswith(ALERT):
            return False
        alert = self._context.alerts.get(key.removeprefix(ALERT))
        to = in_ticks(price)
        condition = alert.condition
        if isinstance(condition, PriceLevel) and to != condition.price:
            before = formats.price(condition.price)
            words = f"Move the alert of {alert.symbol} from {before} to {formats.price(to)}?"
            changed = replace(alert, condition=condition.model_copy(update={"price": to}))
            self._ask.ask_yes(words, "Move alert", lambda: self._change(changed))
        return True

    def _change(self, alert: Alert) -> None:
        try:
            self._context.alerts.edit(alert)
        except PufflingError as error:
            self._panel.parts.runner.report(error)

    def _on_alerts(self, *_: object) -> None:
        self._renew()

    def _find(self) -> tuple[str, tuple[Happening, ...]]:
        """Read the splits, dividends and earnings of the symbol; blocks."""
        symbol = self._panel.symbol
        try:
            splits = self._context.bars.splits(symbol) if symbol else []
            paid = self._context.bars.dividends(symbol) if symbol else []
        except DataError:
            return symbol, ()  # whoever has the prices cannot tell now; asked again next time
        found = [
            Happening(nanoseconds(each.date), "S", "Split", split_words(each.ratio))
            for each in splits
        ]
        for each in paid:
            words = f"{each.per_share.normalize():f} a share of today"
            found.append(Happening(nanoseconds(each.date), "D", "Dividend", words))
        return symbol, (*found, *self._earnings(symbol))

    def _earnings(self, symbol: str) -> list[Happening]:
        try:
            known = self._context.bars.earnings(symbol) if symbol else []
        except DataError:
            return []
        now = self._context.clock.now()
        return [
            Happening(
                nanoseconds(each.date), EARNINGS, "Earnings", earnings_words(each), each.date > now
            )
            for each in known
        ]

    def _take(self, found: tuple[str, tuple[Happening, ...]]) -> None:
        self._splits = found
        self._renew()


def earnings_words(known: EarningsDate) -> str:
    """Say when earnings are told and what is expected of them."""
    words = formats.day(known.date, zone=known.date.tzinfo)
    if known.until != known.date:
        words = f"{words} to {formats.day(known.until, zone=known.until.tzinfo)}"
    if known.expected is None:
        return words
    return f"{words}, {formats.price(known.expected)} a share expected"


def split_words(ratio: Decimal) -> str:
    """Say how many new shares there are for how many old ones."""
    if ratio >= 1:
        return f"{formats.quantity(ratio)} for 1"
    return f"1 for {formats.quantity(1 / ratio)}, fewer shares"


def _line(alert: Alert, price: Decimal) -> PriceLine:
    live = "" if alert.enabled else ", off"
    tone = "info" if alert.enabled else "muted"
    way = alert.condition.when if isinstance(alert.condition, PriceLevel) else ""
    return PriceLine(float(price), f"{way.capitalize()}{live}", tone, f"{ALERT}{alert.id}", "bell")
