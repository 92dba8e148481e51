"""Commands from a terminal: values in, the same gates, an answer as text or JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import nullcontext, suppress
from datetime import timedelta
from getpass import getpass
from typing import TYPE_CHECKING, Any, NoReturn, cast

from puffin.types import Order, OrderType
from puffling.core.errors import BadValueError, PufflingError
from puffling.core.events import OrderChanged
from puffling.core.modes import LIVE_WORD
from puffling.services.orders import Approval
from puffling.work.requests import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from decimal import Decimal
    from pathlib import Path

    from puffin.types import Side
    from puffling.commands.context import Context
    from puffling.commands.registry import Command, Registry
    from puffling.core.clock import Clock
    from puffling.services.baskets import BasketProposal
    from puffling.services.orders import Proposal

PLAY_MONEY = frozenset({"demo", "sim"})
ANSWER_WITHIN = timedelta(seconds=60)
SETTLE_SECONDS = 5.0


def parse_values(words: Iterable[str]) -> dict[str, object]:
    """Return `name=value` words as values; text that is JSON (`{…}`, `[…]`) is read as such.

    Raises:
        BadValueError: If a word is not of the form, or a name comes twice.
    """
    values: dict[str, object] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.isidentifier():
            raise BadValueError(f"{word!r} is not of the form name=value.")
        if name in values:
            raise BadValueError(f"{name} is given twice.")
        values[name] = _value(text)
    return values


def _value(text: str) -> object:
    if not text.startswith(("{", "[")):
        return text
    try:
        return cast("object", json.loads(text, object_pairs_hook=_each_once))
    except ValueError as error:
        raise BadValueError(f"{text!r} is not proper JSON: {error}.") from None


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a name that stands twice: the last one would win in silence."""
    made = dict(pairs)
    for name in made:
        if sum(each == name for each, _ in pairs) > 1:
            raise BadValueError(f"{name} stands twice.", hint="Name each of them once.")
    return made


def render(value: object) -> str:
    """Return a result as lines for a person."""
    return "\n".join(_lines(plain(value), ""))


def _lines(value: object, indent: str) -> Iterable[str]:
    if isinstance(value, dict):
        width = max((len(str(key)) for key in value), default=0)
        for key, each in value.items():
            if isinstance(each, dict | list) and each:
                yield f"{indent}{key}"
                yield from _lines(each, indent + "  ")
            else:
                yield f"{indent}{key:<{width}}  {_text(each)}"
    elif isinstance(value, list):
        for number, each in enumerate(value):
            if isinstance(each, dict) and number:
                yield ""
            yield from _lines(each, indent)
    else:
        yield f"{indent}{_text(value)}"


def _text(value: object) -> str:
    return "—" if value in (None, [], {}) else str(value)


class TerminalGate:
    """A person at this terminal says yes or no to an order.

    `ask` shows a question and returns the answer. `always_yes` is `--yes`: it answers for play
    money only, whatever was typed.
    """

    def __init__(
        self, ask: Callable[[str], Awaitable[bool]], clock: Clock, mode: str, *, always_yes: bool
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._mode = mode
        self._always_yes = always_yes

    async def confirm(self, proposal: Proposal | BasketProposal) -> Approval | None:
        """Show the parsed order and return an approval of exactly it; None means no."""
        if self._always_yes and self._mode not in PLAY_MONEY:
            raise BadValueError(
                f"--yes is not accepted in {self._mode.upper()}.", hint="Answer the question."
            )
        if not self._always_yes and not await self._ask(f"{proposal.text}\nSend it? [y/N] "):
            return None
        now = self._clock.now()
        return Approval(
            proposal_id=proposal.id,
            digest=proposal.digest,
            by="terminal",
            at=now,
            expires_at=now + ANSWER_WITHIN,
        )


def _refusal(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise PufflingError(
            f"{name.replace('_', ' ').capitalize()} needs the window.",
            hint="Start Puffling and ask again.",
        )

    return refuse


class _Refusing:
    """A part of the window that is not there."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        return _refusal(name)


class NoDesk:
    """The desk of a process without a window: whatever needs one says so."""

    has_window = False
    symbol = ""

    def __init__(self) -> None:
        # What the window has in parts refuses part by part.
        self.panels: Any = _Refusing()
        self.layout_moves: Any = _Refusing()
        self.studies: Any = _Refusing()
        self.charts: Any = _Refusing()

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        return _refusal(name)

    def fill_ticket(self, side: Side, symbol: str = "", quantity: Decimal | None = None) -> None:
        """Say which command does it here."""
        raise PufflingError(
            "The ticket needs the window.",
            hint=f"Use: puffling run order.place symbol={symbol or 'AAPL'} side={side} "
            f"quantity={quantity or 1}",
        )

    def keyboard_kept(self) -> AbstractContextManager[None]:
        """Nothing is opened here."""
        return nullcontext()

    async def write_pdf(self, html: str, pictures: Mapping[str, str], path: Path) -> None:
        """Say what can be written here."""
        del html, pictures
        raise PufflingError(
            f"A PDF needs the window: {path.name} was not written.",
            hint="Give the file the ending .html, or start Puffling and ask again.",
        )

    async def ask_word(self, title: str, text: str, word: str) -> bool:
        """Say that the word belongs on the command line."""
        raise PufflingError(f"{title}: {text}", hint=f"Add word={word} to the command.")

    async def ask_unlock(self, facts: Sequence[tuple[str, str]]) -> bool:
        """Say what is in force, and that the word belongs on the command line."""
        said = "; ".join(f"{name} {value}" for name, value in facts)
        raise PufflingError(f"In force: {said}.", hint=f"Add word={LIVE_WORD} to the command.")

    async def ask_keys(self, title: str, text: str) -> tuple[str, str] | None:
        """Read a key and its secret from this terminal, without showing them."""
        if not sys.stdin.isatty():
            raise PufflingError(f"{title} needs a terminal to type at.", hint=text)
        key = await asyncio.to_thread(getpass, f"{title}. {text}\nKey (not shown): ")
        secret = await asyncio.to_thread(getpass, "Secret (not shown): ") if key else ""
        return (key, secret) if key and secret else None

    async def ask_key(self, title: str, text: str) -> str | None:
        """Read a key from this terminal, without showing it."""
        if not sys.stdin.isatty():
            raise PufflingError(f"{title} needs a terminal to type at.", hint=text)
        return await asyncio.to_thread(getpass, f"{title}. {text}\nKey (not shown): ") or None


async def run_here(
    context: Context, chosen: Command[..., Any], values: Mapping[str, object]
) -> object:
    """Run a command in this process and wait a moment for what it set off.

    Raises:
        PufflingError: If the command needs a window, or refuses.
    """
    if chosen.window_only:
        raise PufflingError(
            f"{chosen.title.rstrip('…')} needs the window.", hint="Start Puffling and ask again."
        )
    result = await chosen.run_with(context, values)
    if isinstance(result, Order) and result.ticket.type is OrderType.MARKET:
        return await settled(context, result)
    return result


async def settled(context: Context, order: Order) -> Order:
    """Return `order` once it has ended, or as it is after a few seconds."""
    ended = asyncio.Event()

    def heard(event: OrderChanged) -> None:
        if event.order.id == order.id and event.order.status.is_terminal:
            ended.set()

    stop = context.bus.subscribe(OrderChanged, heard)
    try:
        now = context.orders.get(order.id)
        if now is None or not now.status.is_terminal:
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), SETTLE_SECONDS)
        return context.orders.get(order.id) or order
    finally:
        stop()


def overview(registry: Registry) -> str:
    """Return a line per command, for `puffling commands`."""
    width = max(len(each.id) for each in registry)
    return "\n".join(f"{each.id:<{width}}  {each.help.splitlines()[0]}" for each in registry)
