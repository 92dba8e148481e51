"""A proposal as a row: what it is worth now, how far the price has moved, what limits say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.risk.facts import value_of
from puffin.types import ZERO, OrderType, Side
from puffling.core import formats
from puffling.services import order_words
from puffling.store.baskets import LegState
from puffling.store.inbox import ItemState
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffin.risk.limits import Verdict
    from puffin.types import Order, Ticket
    from puffling.services.inbox import InboxLine
    from puffling.store.baskets import Basket, BasketLeg
    from puffling.store.inbox import InboxItem

NOTABLE, LARGE = Decimal("0.005"), Decimal("0.02")  # as the confirmation and the door judge it
SHORTLY = 120.0  # seconds before the end from which the countdown warns
# What counts as risk: how much of each of these limits the order would use.
_RISKS = frozenset(
    {"order value", "position share", "cash", "daily loss", "options premium", "options notional"}
)
_TEN = Decimal(10)
_HIGH, _MEDIUM = 7, 4
_STATES = {
    ItemState.APPROVED: Tone.SUCCESS,
    ItemState.REJECTED: Tone.MUTED,
    ItemState.EXPIRED: Tone.FAINT,
    ItemState.WITHDRAWN: Tone.FAINT,
    ItemState.FAILED: Tone.DANGER,
}


@dataclass(frozen=True, slots=True)
class LegRow:
    """One order of a proposal; `place` counts from 0."""

    place: int
    ticket: Ticket
    price_then: Decimal | None
    price_now: Decimal | None = None
    drift: Decimal | None = None
    verdicts: tuple[Verdict, ...] = ()
    leg: BasketLeg | None = None
    order: Order | None = None

    @property
    def price(self) -> Decimal | None:
        """What it is valued at: the price it names, else the market's, else the one then."""
        named = self.ticket.limit_price or self.ticket.stop_price
        return named or self.price_now or self.price_then

    @property
    def value(self) -> Decimal | None:
        """What it is worth; None without a price."""
        amount = self.ticket.notional
        return amount if self.price is None else value_of(self.ticket, self.price)

    @property
    def words(self) -> str:
        """What it does: "Buy 10 AAPL", "Buy 10 AAPL, limit 182.50"."""
        words = f"{self.ticket.side.capitalize()} {order_words.size(self.ticket)}"
        if self.ticket.type is OrderType.MARKET:
            return words
        how = order_words.how(self.ticket).split(" · ", 1)[0]
        return f"{words}, {how.lower()}"

    @property
    def state(self) -> tuple[str, str, str]:
        """How far it is: a word, its tone, and a sentence."""
        if self.leg is None:
            return verdict_words(self.verdicts)
        if self.leg.state is LegState.REFUSED:
            return "not sent", Tone.DANGER, self.leg.reason
        if self.order is not None:
            tone = Tone.SUCCESS if self.order.status == "filled" else Tone.INFO
            return self.order.status.value, tone, self.order.reason
        if self.leg.state is LegState.SENT:
            return "sent", Tone.INFO, "The order was sent."
        return "waits", Tone.MUTED, "The order was not sent yet."


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A proposal, its orders as things stand, and how many seconds are left to decide."""

    item: InboxItem
    legs: tuple[LegRow, ...]
    left: float | None = None
    basket: Basket | None = None

    @property
    def id(self) -> str:
        """The proposal's id."""
        return self.item.id

    @property
    def is_basket(self) -> bool:
        """Whether it has several orders."""
        return len(self.legs) > 1

    @property
    def has_limit(self) -> bool:
        """Whether one of its orders names a limit that can follow the price."""
        return any(each.ticket.type is OrderType.LIMIT for each in self.legs)

    @property
    def action(self) -> tuple[str, str]:
        """What is to be done, in a word, and its tone."""
        sides = {each.ticket.side for each in self.legs}
        if len(sides) > 1:
            return "Buy and sell", Tone.TEXT
        (side,) = sides
        return side.value.capitalize(), Tone.UP if side is Side.BUY else Tone.DOWN

    @property
    def size(self) -> str:
        """How much of what."""
        if self.is_basket:
            return f"{len(self.legs)} orders"
        return order_words.size(self.legs[0].ticket)

    @property
    def entry(self) -> str:
        """How the price is found."""
        if self.is_basket:
            return formats.UNKNOWN
        return order_words.how(self.legs[0].ticket).split(" · ", 1)[0]

    @property
    def value(self) -> Decimal | None:
        """What all its orders are worth; None if one of them cannot be valued."""
        total = ZERO
        for each in self.legs:
            if each.value is None:
                return None
            total += each.value
        return total

    @property
    def drift(self) -> Decimal | None:
        """How much worse the price is than it was; the worst of a basket. None if unknown."""
        known = [each.drift for each in self.legs if each.drift is not None]
        return max(known) if len(known) == len(self.legs) else None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the limits say of every order."""
        return tuple(verdict for leg in self.legs for verdict in leg.verdicts)

    @property
    def badge(self) -> tuple[str, str, str]:
        """What the limits say in a word, its tone, and the sentences behind it."""
        return verdict_words(self.verdicts)

    @property
    def score(self) -> int | None:
        """From 0 to 10, how much of a limit on money its largest order would use."""
        shares = [
            each.used / each.limit
            for each in self.verdicts
            if each.rule in _RISKS and each.limit and each.used is not None
        ]
        return int(min(_TEN, max(shares) * _TEN)) if shares else None

    @property
    def band(self) -> tuple[str, str]:
        """The score in words, and its tone."""
        score = self.score
        if score is None:
            return formats.UNKNOWN, Tone.MUTED
        if score >= _HIGH:
            return f"high, {score} of 10", Tone.DANGER
        return (
            (f"medium, {score} of 10", Tone.WARNING)
            if score >= _MEDIUM
            else (f"low, {score} of 10", Tone.SUCCESS)
        )

    @property
    def at_stake(self) -> tuple[Decimal | None, Decimal | None]:
        """What its stop would lose and its target gain; None where there is none, or no price."""
        leg = self.legs[0]
        ticket, price = leg.ticket, leg.price
        if self.is_basket or price is None or ticket.one_cancels_other:
            return None, None
        units = ticket.quantity * ticket.multiplier
        risk = None if ticket.stop_loss is None else abs(price - ticket.stop_loss) * units
        gain = None if ticket.take_profit is None else abs(ticket.take_profit - price) * units
        return risk, gain

    @property
    def state(self) -> tuple[str, str, str]:
        """What came of it: a word, its tone, and a sentence."""
        if self.basket is not None:
            whole = not self.basket.left
            tone = Tone.SUCCESS if whole else Tone.WARNING
            return self.basket.state.value, tone, self.item.note
        tone = _STATES.get(self.item.state, Tone.INFO)
        return self.item.state.value, tone, self.item.note

    @property
    def is_resumable(self) -> bool:
        """Whether a part of it was not sent."""
        return self.basket is not None and self.basket.state == "partly sent"


def verdict_words(verdicts: tuple[Verdict, ...]) -> tuple[str, str, str]:
    """Return what limits say in a word, its tone, and the sentences behind it."""
    refused = [each.text for each in verdicts if not each.allowed]
    if refused:
        return "refused", Tone.DANGER, "\n".join(refused)
    noted = [each.text for each in verdicts if each.warning]
    if noted:
        return (
            ("note" if len(noted) == 1 else f"{len(noted)} notes"),
            Tone.WARNING,
            "\n".join(noted),
        )
    return "passes", Tone.SUCCESS, "Every limit lets it pass as things stand."


def drift_tone(drift: Decimal | None) -> str:
    """Return how alarming a move since the proposal is."""
    if drift is None or drift <= NOTABLE:
        return Tone.MUTED
    return Tone.DANGER if drift > LARGE else Tone.WARNING


def waiting_row(item: InboxItem, lines: list[InboxLine], left: float) -> InboxRow:
    """Return a proposal that waits, as things stand."""
    legs = tuple(
        LegRow(
            place, line.ticket, line.price_then, line.price_now, line.drift, tuple(line.verdicts)
        )
        for place, line in enumerate(lines)
    )
    return InboxRow(item, legs, left)


def past_row(item: InboxItem, basket: Basket | None, orders: dict[str, Order]) -> InboxRow:
    """Return a proposal that was decided; a basket's orders in the order they are sent."""
    prices = dict(zip(item.tickets, item.prices, strict=True))
    if basket is None:
        legs = tuple(LegRow(place, each, prices[each]) for place, each in enumerate(item.tickets))
        return InboxRow(item, legs)
    sent = tuple(
        LegRow(place, leg.ticket, prices.get(leg.ticket), leg=leg, order=orders.get(leg.order_id))
        for place, leg in enumerate(basket.legs)
    )
    return InboxRow(item, sent, basket=basket)
