"""Parameters that many commands share, each with the words a form and the help show."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from puffin.data.names import our_name
from puffling.core.typed_numbers import plain_number


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _symbol(value: object) -> object:
    """Read a symbol as brokers write it: BRK-B, as Yahoo has it, is BRK.B."""
    return our_name(value.strip().upper()) if isinstance(value, str) else value


def _list(value: object) -> object:
    """Let people write several symbols with commas or spaces between."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    return [_symbol(each) for each in value] if isinstance(value, list | tuple) else value


def _plain_number(value: object) -> object:
    """Read a number as the fields on the screen do: "1,234.5", "1.234,5" and "12,5"."""
    if not isinstance(value, str):
        return value
    plain = plain_number(value)
    if plain is None and "," in value:
        raise ValueError("write it as 1,234.5 or 1234.5")
    return value.strip() if plain is None else plain


Symbol: TypeAlias = Annotated[
    str,
    BeforeValidator(_symbol),
    Field(min_length=1, max_length=15, title="Symbol", description="Such as AAPL."),
]
Traded: TypeAlias = Annotated[
    str,
    BeforeValidator(_symbol),
    Field(
        min_length=1,
        max_length=21,
        title="Symbol",
        description="Such as AAPL, BTC/USD, or an option: AAPL260116C00250000.",
    ),
]
AnySymbol: TypeAlias = Annotated[
    str,
    BeforeValidator(_symbol),
    Field(max_length=15, title="Symbol", description="Such as AAPL; empty for the one in view."),
]
Symbols: TypeAlias = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=15)], ...],
    BeforeValidator(_list),
    Field(max_length=500, title="Symbols", description="Several, with commas: AAPL,GOOG,IBM."),
]
ImportAs: TypeAlias = Annotated[
    str,
    BeforeValidator(_upper),
    Field(max_length=15, title="Symbol", description="Such as MINE; empty for the file's name."),
]
Quantity: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_plain_number),
    Field(title="Quantity", description="How many shares; more than zero."),
]
Price: TypeAlias = Annotated[
    Decimal, BeforeValidator(_plain_number), Field(title="Price", description="In dollars.")
]
Id: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=64, title="Id", description="As the list shows it.")
]
Name: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=60, title="Name", description="What it is called.")
]
Limit: TypeAlias = Annotated[
    int, Field(ge=1, le=5_000, title="Most lines", description="How many of the newest to show.")
]
