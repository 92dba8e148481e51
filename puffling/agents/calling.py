"""One call of a tool, by how far it reaches: run, asked about, proposed, or handed over."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, cast

from puffling.agents.carding import card_of
from puffling.agents.cards import preview_card
from puffling.agents.errands import errand
from puffling.agents.fencing import plain
from puffling.agents.permissions import check_size, check_values
from puffling.agents.previews import preview, way_back
from puffling.agents.proposing import propose
from puffling.agents.reaches import ADDS, MOST_ADDED, Reach
from puffling.agents.results import Told, tell
from puffling.core.errors import BadValueError, HaltedError, NotConfirmedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.ai.base import ToolCall
    from puffling.agents.cards import Card
    from puffling.agents.catalogue import Tool
    from puffling.agents.handles import Handles, Table
    from puffling.agents.previews import Consent
    from puffling.commands.context import Context
    from puffling.commands.registry import Registry
    from puffling.services.orders import Proposal

HALTED = "Trading is halted: the assistant only looks until a person resumes."
DECLINED = "The person said no. Nothing was changed; do not ask for it again."
STALE = "What it would change has changed meanwhile. Nothing was done; ask again."
WAITS = (
    "It waits in the inbox for the person to confirm. Nothing is ordered, and nothing may be said "
    "to be bought or sold before that."
)
HOUR = 3_600.0
BY_HAND = "Only the person does that, at the desk. Nothing was done."
BUTTON = "The person was given a button for it. Nothing is done until it is pressed."


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call, before it is fenced."""

    effect: str
    body: str
    is_error: bool = False
    card: Card | None = None
    snapshot: str = ""
    heading: str = ""
    facts: Any = None


class Caller:
    """Runs tools in the context of a model."""

    def __init__(
        self, registry: Registry, context: Context, handles: Handles, *, shows_cards: bool
    ) -> None:
        self._shows_cards = shows_cards
        self._registry = registry
        self._context = context
        self._handles = handles
        self._added: deque[float] = deque()  # when results were added, within the last hour

    async def run(
        self,
        conversation: str,
        call: ToolCall,
        tool: Tool,
        consent: Consent,
        *,
        is_open: Callable[[], bool],
    ) -> Reply:
        """Carry out a call as far as its tool reaches; `is_open` is whether the talk goes on.

        Raises:
            PufflingError: It is refused; the message says why.
            PuffinError: The engine refuses it.
        """

        def mind() -> None:
            if self._context.risk.halted() is not None:
                raise HaltedError(HALTED)
            if not is_open():
                raise NotConfirmedError("This conversation has ended. Nothing was done.")

        # What is given is looked at as it came, before an alias or a command makes more of it.
        check_size(call.arguments)
        arguments = cast("dict[str, Any]", plain(dict(call.arguments)))
        check_values("", arguments)
        values, reason = tool.values(arguments)
        check_values(tool.command.id, values)
        match tool.reach:
            case Reach.LOOK:
                return await self._look(conversation, arguments, tool, values)
            case Reach.CHANGE:
                return await self._change(conversation, call.id, tool, values, consent, mind)
            case Reach.PROPOSE:
                return await self._propose(tool, values, reason, mind)
            case Reach.ERRAND:
                mind()
                return self._button(tool, values)

    async def told(self, conversation: str, result: object) -> Reply:
        """Return a result in words."""
        told, heading = await self._in_words(conversation, result)
        return Reply("look", told.body, snapshot=told.snapshot, heading=heading, facts=told.value)

    async def _look(
        self, talk: str, arguments: Mapping[str, Any], tool: Tool, values: Mapping[str, Any]
    ) -> Reply:
        if tool.command.id in ADDS:
            self._count_added()
        result = await tool.command.run_with(self._context, values)
        narrowed = tool.narrowed(arguments, result)
        told, heading = await self._in_words(talk, narrowed)
        card = await card_of(self._context, tool.command, told)
        return Reply("look", told.body, False, card, told.snapshot, heading, told.value)  # noqa: FBT003 - what came of it, in a row

    def _count_added(self) -> None:
        """Count one more result that stays; raise when there were too many."""
        now = self._context.clock.monotonic()
        while self._added and now - self._added[0] > HOUR:
            self._added.popleft()
        if len(self._added) >= MOST_ADDED:
            raise BadValueError(
                f"{MOST_ADDED} results were added within an hour: no more for a while.",
                hint="The person can run it in its panel.",
            )
        self._added.append(now)

    async def _change(
        self,
        conversation: str,
        call_id: str,
        tool: Tool,
        values: Mapping[str, Any],
        consent: Consent,
        mind: Callable[[], None],
    ) -> Reply:
        """Ask with a preview, then do exactly that, if it still is what was shown."""
        mind()
        asked = preview(self._context, tool.command, values, call_id)
        if all(before == after for _, before, after in asked.lines):
            raise BadValueError("That is so already: nothing would change.")
        if not await consent.ask(asked):
            return Reply("refused", DECLINED, is_error=True, card=preview_card(asked, "refused"))
        mind()
        if preview(self._context, tool.command, values, call_id) != asked:
            return Reply("refused", STALE, is_error=True, card=preview_card(asked, "stale"))
        result = await tool.command.run_with(self._context, values)
        back = way_back(tool.command.id)
        said = {
            "done": asked.title,
            "taken back by": back or "nothing: it stays until it is changed again",
            "result": result,
        }
        told, heading = self._in_words_now(conversation, said)
        card = await card_of(self._context, tool.command, told, changed="result")
        shown = card or preview_card(asked, "done")
        return Reply("change", told.body, False, shown, told.snapshot, heading, told.value)  # noqa: FBT003 - as above

    async def _propose(
        self, tool: Tool, values: Mapping[str, Any], reason: str, mind: Callable[[], None]
    ) -> Reply:
        made = await propose(self._context, self._registry, tool.command, values, reason, mind)
        if made.item is None:
            return self._button(tool, values, made.order)
        facts = {
            "proposal": made.item.id,
            "order": made.card.data["order"],
            "says": WAITS,
            "expires": made.item.expires_at.isoformat(),
            "figures": made.card.data["lines"],
        }
        told, heading = self._in_words_now("", facts)
        return Reply("proposal", told.body, False, made.card, told.snapshot, heading, told.value)  # noqa: FBT003 - as above

    def _button(
        self, tool: Tool, values: Mapping[str, Any], order: Proposal | None = None
    ) -> Reply:
        """Hand it over to the person, where they can see the button for it."""
        if not self._shows_cards:
            raise NotConfirmedError(BY_HAND)
        return Reply("errand", BUTTON, card=errand(self._context, tool.command, values, order))

    async def _in_words(self, conversation: str, result: object) -> tuple[Told, str]:
        """Return a result in words, and the market time and the mode that it is of."""
        at, tables = self._at(), _Tables()
        # Thousands of bars take a while to put into words: not on the loop's thread.
        told = await asyncio.to_thread(tell, result, at, tables.keep)
        return self._whole(conversation, told, at, tables)

    def _in_words_now(self, conversation: str, result: object) -> tuple[Told, str]:
        """Return the same of what is done: no stop may come between that and its words."""
        at, tables = self._at(), _Tables()
        return self._whole(conversation, tell(result, at, tables.keep), at, tables)

    def _at(self) -> str:
        return self._context.market.now().astimezone(UTC).isoformat(timespec="seconds")

    def _whole(self, conversation: str, told: Told, at: str, tables: _Tables) -> tuple[Told, str]:
        """Return words with the handles of the tables in them, and their heading."""
        body, market = told.body, self._context.market
        for mark, table in tables.kept.items():
            if f'"{mark}"' in body:
                handle = self._handles.keep(conversation, table)
                body = body.replace(f'"{mark}"', f'"{handle}"')
        source = market.source or market.mode.value
        heading = f", as of {at} ({market.mode.value}, {source}), snapshot {told.snapshot}"
        return Told(body, told.value, told.snapshot), heading


class _Tables:
    """Tables of one result, by marks that stand in its words until they have handles."""

    def __init__(self) -> None:
        self.kept: dict[str, Table] = {}

    def keep(self, table: Table) -> str:
        mark = f"#{len(self.kept)}#"
        self.kept[mark] = table
        return mark
