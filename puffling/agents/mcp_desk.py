"""The desk's side of MCP: what another program asks for, done as far as a model may."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from puffin.ai.base import ToolCall
from puffin.ai.strict import strict_object
from puffling.agents.catalogue import FIND, OWN, Catalogue
from puffling.agents.fencing import line
from puffling.agents.mcp_server import Offer, Said, check_served
from puffling.agents.reaches import Reach
from puffling.agents.tools import Toolbox
from puffling.core.errors import BadValueError, NotConfirmedError, PufflingError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from puffling.agents.handles import Handles
    from puffling.agents.previews import Preview
    from puffling.commands.context import Context
    from puffling.commands.registry import Registry

    Gone = Callable[[], Awaitable[bool]]

TOOLS, CALL, END = "mcp.tools", "mcp.call", "mcp.end"  # what is asked through the table
ACTOR = "mcp"
USE = "use_tool"
HOW_TO_USE = "Call a tool that find_tools found and that is not listed here."
USED: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 64, "description": "As find_tools says it."},
        "arguments": {"type": "object", "description": "What its schema asks for."},
    },
    "required": ["name"],
    "additionalProperties": False,
}
USED_NAMES = frozenset(USED["properties"])
MOST_LISTED = 30
CLICK_WITHIN = 60.0  # seconds in which a change must be allowed
LOOK_EACH = 0.5  # seconds between two looks whether the one who asked is still there
MOST_NOES = 3  # before a program is not listened to any more
MOST_IN_A_ROW = 6  # of all programs: one may come back under another name
QUIET = 600.0  # seconds without a question after that
MOST_NAME = 40
LARGEST = 200_000  # characters of a call's arguments, before anybody reads them


class McpDesk:
    """Offers the tools of one desk to other programs, each in a session of its own.

    `handles` are the long tables that sessions page through; they may outlast a desk.
    """

    def __init__(
        self, registry: Registry, context: Context, *, handles: Handles | None = None
    ) -> None:
        self._context = context
        self._catalogue = Catalogue(registry)
        self._toolbox = Toolbox(registry, context, handles=handles, shows_cards=False)
        self._asking = asyncio.Lock()
        self._noes: Counter[str] = Counter()  # in a row, by session
        self._in_a_row = 0
        self._quiet_until = float("-inf")

    async def run(self, request: str, values: Mapping[str, Any], gone: Gone) -> object:
        """Do what a process asks through the table of requests.

        Raises:
            PufflingError: Other programs are not served, or this is nothing they can ask.
        """
        if request == TOOLS:
            return await self.tools()
        session = str(values.get("session", ""))
        if request == END:
            self.end(session)
            return None
        if request == CALL:
            name, written = str(values.get("name", "")), str(values.get("arguments", ""))
            return await self.call(session, name, written, gone)
        raise PufflingError(f"{line(request, MOST_NAME)} is nothing that can be asked for.")

    async def tools(self) -> list[Offer]:
        """Return the tools that are listed, always the same: many programs ask only once.

        Raises:
            PufflingError: Other programs are not served.
        """
        check_served(self._context.settings.current)
        return await asyncio.to_thread(self._offers)

    async def call(self, session: str, name: str, written: str, gone: Gone) -> Said:
        """Carry out one call; `written` are its arguments as JSON.

        Raises:
            PufflingError: Other programs are not served.
        """
        try:
            check_served(self._context.settings.current)
            name, arguments = _read(name, written)
        except PufflingError as error:
            self._toolbox.note_refused(session, name, written, str(error))
            raise
        call = ToolCall(f"{ACTOR}_{secrets.token_hex(12)}", name, arguments)
        outcome = await self._toolbox.call(session, call, _Click(self, session, gone))
        found = outcome.facts["tools"] if name == FIND and not outcome.is_error else ()
        schemas = [self._catalogue.tools[each].spec for each in found]
        more = [f"{each.name} takes {json.dumps(dict(each.schema))}" for each in schemas]
        return Said("\n".join((outcome.text, *more)), outcome.is_error)

    def end(self, session: str) -> None:
        """End what a session may ask for."""
        self._toolbox.lock(session)

    async def ask(self, preview: Preview, session: str, gone: Gone) -> bool:
        """Ask the person in the window; silence means no.

        Raises:
            NotConfirmedError: There is no window, it asks something already, or the person said
                no too often.
        """
        desk = self._context.desk
        if not desk.has_window:
            raise NotConfirmedError(
                "Puffling's window is not open, so nobody can allow this change.",
                hint="The person opens Puffling; then it can be asked for again.",
            )
        if self._noes[session] >= MOST_NOES:
            raise NotConfirmedError(
                f"The person said no {MOST_NOES} times: no change is asked for any more."
            )
        now = self._context.clock.monotonic
        if now() < self._quiet_until:
            raise NotConfirmedError(
                "The person said no again and again: no change is asked for, for a while."
            )
        if self._asking.locked():
            raise NotConfirmedError("Another change waits for the person's answer already.")
        async with self._asking:
            click = asyncio.ensure_future(
                desk.ask_change(preview.title, program(session), preview.lines)
            )
            try:
                for _ in range(round(CLICK_WITHIN / LOOK_EACH)):
                    done, _ = await asyncio.wait({click}, timeout=LOOK_EACH)
                    if done or await gone():
                        break
                allowed = click.done() and click.result()
            finally:
                click.cancel()
                await asyncio.wait({click})
        self._noes[session] = 0 if allowed else self._noes[session] + 1
        self._in_a_row = 0 if allowed else self._in_a_row + 1
        if self._in_a_row >= MOST_IN_A_ROW:
            self._in_a_row, self._quiet_until = 0, now() + QUIET
        return allowed

    def _offers(self) -> list[Offer]:
        tools = self._catalogue.tools

        def looks(name: str) -> bool:
            return name in OWN or tools[name].reach is Reach.LOOK

        specs = self._toolbox.specs("", most=MOST_LISTED)
        listed = [
            Offer(each.name, each.description, each.schema, looks(each.name)) for each in specs
        ]
        return [*listed, Offer(USE, HOW_TO_USE, USED, looks=False)]


def _read(name: str, written: str) -> tuple[str, dict[str, Any]]:
    """Return which tool is called, and with what.

    Raises:
        BadValueError: It cannot be read.
    """
    if len(written) >= LARGEST:
        raise BadValueError("That is more than a tool takes at once.")
    try:
        arguments = strict_object(written)
    except ValueError as error:
        raise BadValueError(f"The arguments cannot be read: {error}") from None
    return _meant(arguments) if name == USE else (name, arguments)


def _meant(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the tool that is called by another one, and what it is given."""
    name, arguments = given.get("name"), given.get("arguments", {})
    if not isinstance(name, str) or not isinstance(arguments, dict) or given.keys() - USED_NAMES:
        raise BadValueError(f"{USE} takes a name and its arguments.")
    return name, arguments


@dataclass(frozen=True, slots=True)
class _Click:
    """A yes in the window, for one call of one session."""

    desk: McpDesk
    session: str
    gone: Gone

    async def ask(self, preview: Preview) -> bool:
        return await self.desk.ask(preview, self.session, self.gone)


def session_of(program_name: str) -> str:
    """Return a name for a session that no other one has."""
    return f"{ACTOR} {secrets.token_hex(4)} {line(program_name[:MOST_NAME])}".strip()


def program(session: str) -> str:
    """Return the name that the program of a session gives itself."""
    return session.partition(" ")[2].partition(" ")[2] or "A program without a name"
