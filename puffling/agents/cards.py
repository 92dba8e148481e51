"""What a tool's outcome looks like in a conversation: cards, by kind, as plain values to be kept.

Every card has `title` and, where prices were read, `as_of` and `source`. Numbers are text as they
were said; `None` is unknown. By kind, `data` has besides:

* text: `text`.
* table: `columns` (names), `rows` (lists of text or None), `count` of all rows, `numeric` (one
  flag for each column), `handle` to page through the rest by, or empty.
* chart: `symbol`, `interval`, `times` (ISO), `closes` (text), `first` and `last` of them, `change`
  (a ratio, or None).
* backtest: `id` of the stored result, `name`, `symbols`, `period`, `metrics` (pairs of a name and
  its value), `verdict` (`grade`, `words`, and `checks`: name, state, words), `curve` (numbers), or
  an empty list when it is too short.
* proposal: `proposal` (its id in the inbox), `symbol`, `side`, `quantity`, `order` (the parsed
  order in words), `reason`, `expires` (ISO), `price` then, `lines` (pairs of a name and its value).
* alert: `lines` (pairs of a name and its value).
* draft: `name`, `rules` (the strict form), `lines` (name, before, after), `saved` or not, `trial`
  (`symbol`, `period`, `metrics`, `grade`, `words`, `curve`; None if there is none: `why` says why).
* preview: `call` (its id: the answer goes by it), `command`, `lines` (name, before, after),
  `undoable`, and `state`: asked, done, refused or stale.
* errand: `command`, `values` for it, `lines` (pairs), `button` (the words on its button), `asks`
  (whether the command asks by itself), `account` and `until` (ISO): for another account, or later,
  it does not count. The click runs that command as the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.agents.previews import Preview


class Kind(StrEnum):
    """How a card is drawn."""

    TEXT = "text"
    TABLE = "table"
    CHART = "chart"
    BACKTEST = "backtest"
    PROPOSAL = "proposal"
    ALERT = "alert"
    DRAFT = "draft"
    PREVIEW = "preview"
    ERRAND = "errand"


@dataclass(frozen=True, slots=True)
class Card:
    """A card; `data` is plain JSON, as the module says for each kind."""

    kind: Kind
    data: Mapping[str, Any]


def preview_card(asked: Preview, state: str) -> Card:
    """Return a preview as the conversation shows it; `state` is asked, done, refused or stale."""
    return Card(
        Kind.PREVIEW,
        {
            "title": asked.title,
            "call": asked.call_id,
            "command": asked.command,
            "lines": [list(each) for each in asked.lines],
            "undoable": asked.undoable,
            "state": state,
        },
    )
