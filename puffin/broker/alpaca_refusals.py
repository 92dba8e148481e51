"""Why Alpaca refuses, in a trader's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puffin.data.alpaca_answers import RefusedError

NOT_UNIQUE = "client_order_id must be unique"
UNKNOWN_ORDER = 40410000
SENTENCES = (
    (r"insufficient (options )?buying power|insufficient balance", "The buying power is too small"),
    (r"insufficient qty available", "Less of it is free to trade than the order needs"),
    (r"wash trade", "An opposite order of yours is open, and trading with yourself is not allowed"),
    (r"pattern day trad|day trading buying power", "It would break the pattern day trading rule"),
    (r"not allowed to short|cannot be sold short", "The account may not sell this short"),
    (r"not (found|active|tradable)|is not listed", "The symbol cannot be traded at Alpaca"),
    (r"not fractionable", "It is not traded in fractions"),
    (r"sub-penny|pricing criteria", "The price is finer than the exchange takes"),
    (r"cost basis must be|minimal amount|notional must be", "The order is too small"),
    (r"cannot replace|not replaceable", "The order cannot be changed any more"),
    (r"trading is suspended|account is restricted|blocked", "The account may not trade now"),
)


def sentence(refused: RefusedError) -> str:
    """Return why an order was refused: our words where they are known, and always Alpaca's."""
    said = refused.message.strip().rstrip(".")
    ours = next((ours for each, ours in SENTENCES if re.search(each, said, re.IGNORECASE)), "")
    return f"{ours}. Alpaca: “{said}”." if ours else f"Alpaca refused it: “{said}”."


def is_duplicate(refused: RefusedError) -> bool:
    """Whether an order of that id is there already, so that it may be alive."""
    return NOT_UNIQUE in refused.message


def is_unknown(refused: RefusedError) -> bool:
    """Whether Alpaca itself says that it has no such order."""
    return refused.code == UNKNOWN_ORDER
