"""What a card may ask for: ordinary commands, as the person, through whatever they ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from puffling.agents.errands import why_not
from puffling.core import formats
from puffling.core.errors import BadValueError, PufflingError
from puffling.store.inbox import ItemState
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.types import Order
    from puffling.ui.panel import Parts

_TONES = {
    ItemState.WAITING: Tone.INFO,
    ItemState.APPROVED: Tone.SUCCESS,
    ItemState.REJECTED: Tone.MUTED,
    ItemState.FAILED: Tone.DANGER,
}
_WORDS = {
    ItemState.APPROVED: "Approved, and sent.",
    ItemState.REJECTED: "Declined; nothing was sent.",
    ItemState.EXPIRED: "It ran out; nothing was sent.",
    ItemState.WITHDRAWN: "It was withdrawn; nothing was sent.",
    ItemState.FAILED: "It failed; see the Inbox.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a proposal stands: a word, its tone, a sentence, and whether it can be decided."""

    word: str
    tone: str
    text: str
    waits: bool
    locked: str = ""


class Deeds:
    """Does what the buttons of cards say; nothing here decides anything."""

    def __init__(self, parts: Parts, choose: Callable[[str], None]) -> None:
        self._parts = parts
        self.choose_symbol = choose

    def run(self, command: str, values: Mapping[str, Any] | None = None) -> None:
        """Run a command as the person; what it asks, it asks."""
        self._parts.runner.command(command, **dict(values or {}))

    def errand(self, data: Mapping[str, Any]) -> None:
        """Run what a button of a model's card is for, while it counts."""
        if why := why_not(self._parts.context, data):
            self._parts.runner.report(BadValueError(why))
            return
        self.run(str(data.get("command") or ""), data.get("values") or {})

    def open_panel(self, panel: str) -> None:
        """Bring a panel to the front."""
        self._parts.context.desk.open_panel(panel)

    def show_chart(self, symbol: str) -> None:
        """Show a symbol in the linked panels, and the chart in front."""
        self.choose_symbol(symbol)
        self.open_panel("chart")

    def show_backtest(self, id_: str) -> None:
        """Open a stored backtest in its panel."""
        self._parts.context.desk.show_backtest(id_)

    def answer(self, call: str, *, yes: bool) -> None:
        """Say yes or no to a change that waits."""
        try:
            self._parts.context.assistant.answer(call, yes=yes)
        except PufflingError as error:
            self._parts.runner.report(error)

    def standing(self, proposal: str) -> Standing:
        """Return how a proposal of the inbox stands."""
        inbox = self._parts.context.inbox
        try:
            item = inbox.get(proposal)
        except PufflingError:
            return Standing("gone", Tone.FAINT, "It is not in the Inbox any more.", waits=False)
        waits = item.state is ItemState.WAITING
        if waits:
            left = (item.expires_at - self._parts.context.clock.now()).total_seconds()
            if left <= 0:
                return Standing("expired", Tone.FAINT, _WORDS[ItemState.EXPIRED], waits=False)
            text = f"Waits for your decision until {formats.time_of_day(item.expires_at)}."
            return Standing("waiting", Tone.INFO, text, waits=True, locked=inbox.locked())
        text = _WORDS.get(item.state, "")
        orders = [x for x in map(self._parts.context.orders.get, item.order_ids) if x is not None]
        if item.note and not orders:
            text = f"{text} {item.note}"
        text = " ".join((text, *map(_how_it_goes, orders)))
        return Standing(item.state.value, _TONES.get(item.state, Tone.FAINT), text, waits=False)


def _how_it_goes(order: Order) -> str:
    """Return how an order that was sent goes on, in a sentence."""
    filled = "nothing filled"
    if order.filled_quantity:
        at = formats.UNKNOWN if order.average_price is None else formats.price(order.average_price)
        filled = f"{formats.quantity(order.filled_quantity)} filled at {at}"
    return f"The order is {order.status.value}: {filled}."
