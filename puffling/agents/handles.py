"""Long tables, kept for a conversation while it lasts, so that a model can page through them."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_TABLES = 12  # of one conversation
MOST_CONVERSATIONS = 20
MOST_ROWS = 5_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values under names; `count` is how many there were at all."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    count: int


class Handles:
    """Tables by handle; the oldest ones are let go of."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, OrderedDict[str, Table]] = OrderedDict()

    def keep(self, conversation: str, table: Table) -> str:
        """Keep a table; return the handle by which it is read on."""
        tables = self._kept.setdefault(conversation, OrderedDict())
        self._kept.move_to_end(conversation)
        handle = f"t-{secrets.token_hex(3)}"
        tables[handle] = Table(table.columns, table.rows[:MOST_ROWS], table.count)
        while len(tables) > MOST_TABLES:
            tables.popitem(last=False)
        while len(self._kept) > MOST_CONVERSATIONS:
            self._kept.popitem(last=False)
        return handle

    def page(self, conversation: str, handle: str, page: int) -> dict[str, Any]:
        """Return one page of a table; the first is 1.

        Raises:
            BadValueError: This conversation has no such table, or it has no such page.
        """
        tables = self._kept.get(conversation)
        table = None if tables is None else tables.get(handle)
        if table is None:
            raise BadValueError(
                f"This conversation has no table {handle!r} any more.", hint="Ask for it again."
            )
        pages = max(1, -(-len(table.rows) // PAGE))
        if not 1 <= page <= pages:
            raise BadValueError(f"The table has {pages} pages.")
        return {
            "handle": handle,
            "page": page,
            "pages": pages,
            "count": table.count,
            "columns": list(table.columns),
            "rows": [list(each) for each in table.rows[(page - 1) * PAGE : page * PAGE]],
        }

    def drop(self, conversation: str) -> None:
        """Let go of everything of a conversation."""
        self._kept.pop(conversation, None)
