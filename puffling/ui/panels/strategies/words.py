"""Terms of a draft in words, also of those that are not right yet."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from puffling.ui.panels.strategies.draft import Document

TITLES: Final = {
    "entry_long": "Entry long",
    "exit_long": "Exit long",
    "entry_short": "Entry short",
    "exit_short": "Exit short",
}
DOES: Final = {
    "entry_long": "When to buy.",
    "exit_long": "When to sell what was bought.",
    "entry_short": "When to sell short.",
    "exit_short": "When to buy back what was sold short.",
}
GROUPS: Final = {"all": "All of these", "any": "Any of these", "not": "It is not so that"}
PROTECTION: Final = "Stops, size and note"
NOTHING: Final = "never"
_SHOWN = {
    "stop_loss": "stop {:g} %",
    "take_profit": "target {:g} %",
    "trailing": "trailing {:g} %",
    "hold": "at most {:g} bars",
    "share": "{:g} % of the size",
}


def comparison(term: Document) -> str:
    """Return a comparison in words; what is missing in it is a gap."""
    from puffin.strategies.terms import Compare
    from puffin.strategies.wording import words

    try:
        return _capital(words(Compare.model_validate_json(json.dumps(term))))
    except ValidationError:
        return _capital(
            f"{operand(term.get('left'))} {term.get('op', '…')} {operand(term.get('right'))}"
        )


def operand(value: Any) -> str:  # noqa: ANN401 - whatever stands there
    """Return one side of a comparison in words; three dots if it is not right yet."""
    from puffin.strategies.wording import operand as said

    try:
        return said(_operands().validate_json(json.dumps(value)))
    except ValidationError:
        return "…"


@cache
def _operands() -> TypeAdapter[Any]:
    from puffin.strategies.terms import Operand

    return TypeAdapter(Operand)


def protection(document: Document) -> str:
    """Return stops and size in a line."""
    said = [
        words.format(document[name])
        for name, words in _SHOWN.items()
        if document.get(name) and not (name == "share" and document[name] == 100)  # noqa: PLR2004
    ]
    return ", ".join(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
