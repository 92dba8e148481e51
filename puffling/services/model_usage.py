"""What models used: tokens and money, by day and by conversation, and what may still be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffling.core.conversations import Spent
from puffling.core.events import ModelUsed, SettingsChanged

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from puffin.ai.base import Usage
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.conversations import ModelUse
    from puffling.core.settings_store import SettingsStore
    from puffling.services.writer import Writer
    from puffling.store.conversations import ConversationStore

MILLION = Decimal(1_000_000)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """One limit: how much there is and how much of it is used; `limit` None sets none.

    `held` is what calls that are under way may use yet.
    """

    name: str
    used: Decimal
    limit: Decimal | None
    is_money: bool
    held: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal | None:
        """What may still be used; None without a limit."""
        if self.limit is None:
            return None
        return max(self.limit - self.used - self.held, Decimal(0))


class ModelUsage:
    """The ledger of models. Lives on the loop's thread."""

    def __init__(
        self,
        store: ConversationStore,
        writer: Writer,
        settings: SettingsStore,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._writer = writer
        self._settings = settings
        self._bus = bus
        self._clock = clock
        self._days: dict[str, list[ModelUse]] = {}
        self._conversations: dict[str, list[ModelUse]] = {}
        self._under_way: dict[object, tuple[str, Usage]] = {}
        bus.subscribe(SettingsChanged, self._hear)

    @property
    def day(self) -> str:
        """The day of now, at the exchange."""
        return self._clock.now().astimezone(EXCHANGE).date().isoformat()

    def today(self) -> Spent:
        """Return what was used today."""
        return _sum(self._of_day())

    def of(self, conversation: str) -> Spent:
        """Return what a conversation used, on all days."""
        return _sum(self._of_conversation(conversation))

    def allowances(self, conversation: str) -> tuple[Allowance, ...]:
        """Return the four limits: tokens of the day and the conversation, then money of both.

        Money counts only where prices are set; without prices its limits cannot be kept, and
        `limit` is None. What belongs to no conversation has the limits of the day alone.
        """
        chosen, priced = self._settings.current.assistant, self.has_prices
        day, held = self.today(), [each for _, each in self._under_way.values()]
        limits = [
            _tokens("today", day, chosen.usage_per_day, held),
            _money("today", day, chosen.money_per_day if priced else ZERO, self._costs(held)),
        ]
        if conversation:
            here = self.of(conversation)
            held = [each for where, each in self._under_way.values() if where == conversation]
            most = chosen.money_per_conversation if priced else ZERO
            name = "in this conversation"
            limits.insert(1, _tokens(name, here, chosen.usage_per_conversation, held))
            limits.append(_money(name, here, most, self._costs(held)))
        return tuple(limits)

    def hold(self, conversation: str, usage: Usage) -> Callable[[], object]:
        """Keep room for a call that is under way; what is returned gives it back."""
        key = object()
        self._under_way[key] = conversation, usage
        return partial(self._under_way.pop, key, None)

    def _costs(self, held: Iterable[Usage]) -> Decimal:
        return sum((self.cost(each) or ZERO for each in held), ZERO)

    @property
    def has_prices(self) -> bool:
        """Whether money can be counted."""
        chosen = self._settings.current.assistant
        return bool(chosen.price_input and chosen.price_output)

    def cost(self, usage: Usage) -> Decimal | None:
        """Return what tokens cost in dollars; None where no prices are set."""
        if not self.has_prices:
            return None
        chosen = self._settings.current.assistant
        read = chosen.price_cache_read or chosen.price_input
        written = chosen.price_cache_written or chosen.price_input
        parts = (
            usage.input * chosen.price_input,
            usage.output * chosen.price_output,
            usage.cache_read * read,
            usage.cache_written * written,
        )
        return sum(parts, Decimal(0)) / MILLION

    def enter(self, use: ModelUse) -> asyncio.Future[None]:
        """Enter a call of a model; it counts at once."""
        self._of_day(use.day).append(use)
        self._of_conversation(use.conversation).append(use)
        told = ModelUsed(use.conversation)
        return self._writer.do(partial(self._store.use, use), partial(self._bus.publish, told))

    def _of_day(self, day: str = "") -> list[ModelUse]:
        day = day or self.day
        if day not in self._days:
            self._days[day] = self._store.uses(day=day)
        return self._days[day]

    def _of_conversation(self, id_: str) -> list[ModelUse]:
        if id_ not in self._conversations:
            self._conversations[id_] = self._store.uses(conversation=id_)
        return self._conversations[id_]

    def _hear(self, event: SettingsChanged) -> None:
        if any(name.startswith("assistant.") for name in event.names):
            self._bus.publish(ModelUsed(""))


def _sum(uses: list[ModelUse]) -> Spent:
    priced = [each.cost for each in uses if each.cost is not None]
    return Spent(
        calls=len(uses),
        tokens=sum(each.usage.total for each in uses),
        cost=sum(priced, Decimal(0)) if priced else None,
        unpriced=len(uses) - len(priced),
        estimated=sum(each.estimated for each in uses),
    )


def counted(said: Usage, sent: int, answer: int, *, whole: bool = True) -> tuple[Usage, bool]:
    """Return what is entered of a call, and whether some of it is estimated.

    What the service counted is believed; where it counted nothing, the estimate of what was
    `sent` and of the `answer` is taken, and so it is of an answer that did not come `whole`.
    """
    asked = said.input + said.cache_read + said.cache_written
    output = said.output or answer
    if not whole:
        output = max(output, answer)
    used = replace(said, input=said.input if asked else sent, output=output)
    return used, used != said


def _tokens(name: str, spent: Spent, limit: int, held: Iterable[Usage]) -> Allowance:
    most = Decimal(limit) if limit else None
    under_way = Decimal(sum(each.total for each in held))
    return Allowance(name, Decimal(spent.tokens), most, is_money=False, held=under_way)


def _money(name: str, spent: Spent, limit: Decimal, held: Decimal) -> Allowance:
    return Allowance(name, spent.cost or ZERO, limit or None, is_money=True, held=held)
