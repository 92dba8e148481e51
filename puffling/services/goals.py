"""Goals: how far the account is from them, what brings it there, and the basket that would."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.types import ZERO, Ticket
from puffling.core import formats
from puffling.core.errors import BadValueError, NoPriceError
from puffling.core.events import GoalsChanged, Level, NoticePosted
from puffling.services.goal_targets import (
    CASH,
    FINEST,
    ONE,
    DriftRow,
    GoalState,
    check_targets,
    exact_targets,
    targets_beside,
)
from puffling.store.goals import Foreign, Goal, Manner

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from puffin.portfolio.rebalance import Preview
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.inbox import InboxService
    from puffling.services.market import MarketService
    from puffling.services.positions import Portfolio, PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.risk import RiskService
    from puffling.store.allocations import AllocationStore
    from puffling.store.goals import GoalStore

SOURCE = "rebalance"
_LONGEST = 60
_MET_AGAIN = Decimal("0.8")  # of the band: a share that hovers at its edge is told of once


class GoalService:
    """Keeps goals and compares; what it proposes goes to the inbox. Lives on the loop's thread."""

    def __init__(  # noqa: PLR0913 - each is a part it works with
        self,
        store: GoalStore,
        allocations: AllocationStore,
        portfolio: PortfolioService,
        quotes: QuoteService,
        market: MarketService,
        risk: RiskService,
        *,
        inbox: InboxService,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._allocations = allocations
        self._portfolio = portfolio
        self._quotes = quotes
        self._market = market
        self._risk = risk
        self._inbox = inbox
        self._bus = bus
        self._clock = clock
        self._goals: dict[str, Goal] | None = None

    def all(self) -> list[Goal]:
        """Return every goal, by name."""
        return list(self._known.values())

    def get(self, name: str) -> Goal:
        """Return a goal.

        Raises:
            BadValueError: No goal has that name.
        """
        found = self._known.get(name)
        if found is None:
            raise BadValueError(f"There is no goal {name!r}.", hint="goal.list shows them.")
        return found

    def save(
        self,
        name: str,
        targets: Mapping[str, Decimal],
        *,
        band: Decimal = Decimal("0.05"),
        manner: Manner = Manner.ALERT,
        foreign: Foreign = Foreign.KEEP,
        whole: bool = True,
    ) -> Goal:
        """Keep a goal under a name, in the place of the one that had it.

        Raises:
            BadValueError: It has no name, or its shares make no sense.
        """
        words = name.strip()
        if not words or len(words) > _LONGEST:
            raise BadValueError(f"A goal has a name of at most {_LONGEST} letters.")
        if not ZERO < band <= ONE:
            raise BadValueError("The band lies between 0 % and 100 % of the account.")
        goal = Goal(words, self._clock.now(), check_targets(targets), band, manner, foreign, whole)
        self._keep(goal)
        return goal

    def remove(self, name: str) -> None:
        """Forget a goal.

        Raises:
            BadValueError: No goal has that name.
        """
        self._store.remove(self.get(name).name)
        self._goals = None
        self._bus.publish(GoalsChanged(name))

    # -- where targets come from -------------------------------------------------------------

    def as_held(self) -> dict[str, Decimal]:
        """Return the shares that the account's holdings are now.

        Raises:
            BadValueError: Nothing is held, or it cannot be a goal.
            NoPriceError: A holding has no price.
        """
        shares = {
            symbol: weight.quantize(FINEST)
            for symbol, weight in self._weights(self._portfolio.snapshot()).items()
        }
        if not shares:
            raise BadValueError("Nothing is held.")
        return check_targets(shares)

    def as_equal(self, symbols: Collection[str]) -> dict[str, Decimal]:
        """Return equal shares of all the money.

        Raises:
            BadValueError: There are no symbols.
        """
        names = list(dict.fromkeys(each.strip().upper() for each in symbols if each.strip()))
        if not names:
            raise BadValueError("Name at least one symbol.")
        share = (ONE / len(names)).quantize(FINEST)
        shares = dict.fromkeys(names, share)
        shares[names[0]] += ONE - share * len(names)  # what rounding left
        return check_targets(shares)

    def as_kept(self, name: str) -> dict[str, Decimal]:
        """Return weights that were kept in the Allocate tab.

        Raises:
            BadValueError: None were kept under that name, or they cannot be a goal.
        """
        kept = self._allocations.get(name)
        if kept is None:
            hint = "portfolio.saved lists them."
            raise BadValueError(f"No weights were kept as {name!r}.", hint=hint)
        return exact_targets(kept.weights)

    # -- comparing ---------------------------------------------------------------------------

    def state(self, name: str) -> GoalState:
        """Return how far the account is from a goal.

        Raises:
            BadValueError: No goal has that name.
        """
        return self.state_of(self.get(name))

    def state_of(self, goal: Goal) -> GoalState:
        """Return how far the account is from `goal`, which need not be kept."""
        try:
            weights = self._weights(self._portfolio.snapshot())
        except NoPriceError as error:
            return GoalState(goal, why_not=str(error))
        outside = [each for each in weights if each not in goal.targets]
        kept = outside if goal.foreign is Foreign.KEEP else []
        targets, _ = targets_beside(goal, weights, kept)
        rows = [
            DriftRow(symbol, targets.get(symbol, ZERO), weights.get(symbol, ZERO))
            for symbol in goal.targets
        ]
        rows += [
            DriftRow(each, targets.get(each, ZERO), weights[each], foreign=True) for each in outside
        ]
        cash = ONE - sum(weights.values(), ZERO)
        rows.append(DriftRow(CASH, ONE - sum(targets.values(), ZERO), cash))
        return GoalState(goal, tuple(rows))

    def largest_drift(self, name: str) -> Decimal | None:
        """Return the largest distance from a target of a goal; None if that is not known."""
        goal = self._known.get(name)
        return None if goal is None else self.state_of(goal).largest

    def preview(self, name: str, leave: Collection[str] | None = None) -> Preview:
        """Return the trades that would meet a goal, with what they cost; nothing is ordered.

        Args:
            name: The goal.
            leave: Symbols that are not traded; unless given, holdings that the goal leaves alone.

        Raises:
            BadValueError: No goal has that name.
            NoPriceError: A symbol has no price.
            ParameterError: There is nothing to split.
        """
        return self.preview_of(self.get(name), leave)

    def preview_of(self, goal: Goal, leave: Collection[str] | None = None) -> Preview:
        """Return the trades that would meet `goal`, which need not be kept."""
        from puffin.portfolio.rebalance import rebalance

        portfolio = self._portfolio.snapshot()
        weights = self._weights(portfolio)
        held = {each.symbol: each.position.quantity for each in portfolio.rows}
        if leave is None:
            keeps = goal.foreign is Foreign.KEEP
            leave = [each for each in held if each not in goal.targets] if keeps else []
        targets, note = targets_beside(goal, weights, leave)
        found = rebalance(
            targets,
            held,
            {each: self._price(each) for each in {*targets, *held}},
            portfolio.cash,
            cash_weight=ONE - sum(targets.values(), ZERO),
            whole=goal.whole,
        )
        alone = set(leave)
        trades = tuple(
            replace(each, quantity=ZERO, value=ZERO, cost=ZERO, why="Left alone")
            if each.symbol in alone
            else each
            for each in found.trades
        )
        return replace(found, trades=trades, notes=(*found.notes, *filter(None, (note,))))

    # -- proposing ---------------------------------------------------------------------------

    def propose(self, name: str, leave: Collection[str] | None = None) -> str:
        """Put the basket that would meet a goal into the inbox; return the proposal's id.

        Raises:
            BadValueError: No goal has that name, or nothing is to be traded.
            NoPriceError: A symbol has no price.
            ParameterError: There is nothing to split.
        """
        goal = self.get(name)
        preview = self.preview_of(goal, leave)
        tickets = [
            Ticket(each.symbol, each.side, abs(each.quantity))
            for each in preview.trades
            if each.side is not None
        ]
        if not tickets:
            raise BadValueError("There is nothing to trade: what is off is too little.")
        cost = formats.money(preview.cost)
        reason = f"{_missed(self.state_of(goal))} The trades cost about {cost}."
        return self._inbox.post(SOURCE, tickets, reason, title=_title(goal))

    def watch(self) -> None:
        """Tell, or propose, once when a goal is missed; called now and then."""
        if not self._market.is_open() or self._risk.halted() is not None:
            return
        for goal in self.all():
            state = self.state_of(goal)
            if state.largest is None:
                continue
            if goal.told and state.largest <= goal.band * _MET_AGAIN:
                self._keep(replace(goal, told=False))
            elif not goal.told and state.is_missed:
                self._keep(replace(goal, told=True))
                self._tell(state)

    def _tell(self, state: GoalState) -> None:
        goal = state.goal
        title = f"{goal.name}: the goal is missed"
        if goal.manner is Manner.PROPOSE and not self._is_proposed(goal):
            try:
                self.propose(goal.name)
            except (BadValueError, NoPriceError) as error:
                text = f"{_missed(state)} {error}"
                self._bus.publish(NoticePosted(Level.WARNING, title, text, panel="risk"))
            return
        self._bus.publish(
            NoticePosted(Level.INFO, title, _missed(state), panel="risk", desktop=True)
        )

    def _is_proposed(self, goal: Goal) -> bool:
        waiting = self._inbox.waiting()
        return any((each.source, each.title) == (SOURCE, _title(goal)) for each in waiting)

    # -- inside ------------------------------------------------------------------------------

    @property
    def _known(self) -> dict[str, Goal]:
        if self._goals is None:
            self._goals = {each.name: each for each in self._store.all()}
        return self._goals

    def _keep(self, goal: Goal) -> None:
        self._store.save(goal)
        self._goals = None
        self._bus.publish(GoalsChanged(goal.name))

    def _weights(self, portfolio: Portfolio) -> dict[str, Decimal]:
        """Return what is held as shares of the account."""
        if portfolio.equity is None:
            raise NoPriceError(portfolio.equity_text)
        if portfolio.equity <= ZERO:
            raise NoPriceError("The account is worth nothing.")
        return {
            each.symbol: each.value / portfolio.equity
            for each in portfolio.rows
            if each.value is not None
        }

    def _price(self, symbol: str) -> Decimal:
        quote = self._quotes.last(symbol)
        if quote is None:
            self._quotes.want(symbol)
            raise NoPriceError(f"There is no price of {symbol}, so it cannot be weighed.")
        return quote.last


def _missed(state: GoalState) -> str:
    if not state.rows:
        return state.why_not
    worst = max(state.rows, key=lambda each: abs(each.drift))
    name = "Cash" if worst.symbol == CASH else worst.symbol
    now, meant = (formats.percent(each, places=1) for each in (worst.weight, worst.target))
    return f"{name} is {now} of the account instead of {meant}."


def _title(goal: Goal) -> str:
    return f"Rebalance to {goal.name}"
