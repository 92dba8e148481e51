"""What helps where words of a description came to nothing, and rules that can never be so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from puffin.strategies.terms import All, Compare, Indicator, Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from puffin.strategies.terms import Term

UNDERSTOOD: Final = (
    "Understood are comparisons of prices, volume and numbers with SMA, EMA, WMA, RSI, MACD, "
    "Bollinger bands, 20-day highs and lows, ATR, ADX, CCI, ROC, stochastic, MFI, Supertrend and "
    "VWAP; stop, target and trailing stop in percent; hold for days."
)
# Words that were lost, and what to do instead; the first that fits is told.
HINTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), sentence)
    for pattern, sentence in (
        (
            r"\b(tomorrow|next (day|bar|week|month)|will (rise|fall|be))\b",
            "Rules know only what has happened by the close that decides, nothing of days to come.",
        ),
        (
            r"\b(kaufe|verkaufe|wenn|acheter|vendre|quand|comprar|vender|cuando)\b|[^\x00-\u206f]",
            "Descriptions are read in English only.",
        ),
        (
            r"__\w+__|\b(import|eval|exec|drop table|system)\b|rm -|[{}]",
            "A description is only read; nothing in it is ever carried out.",
        ),
        (
            r"\b(place|submit|send)\b.*\border\b|\bignore\b.*\binstructions\b",
            "Only rules are made of a description: no orders and no instructions.",
        ),
        (
            r"\b(weekly|monthly|hourly|minute|intraday)\b",
            "Rules are decided on the bars they are tried on; choose those when you try them.",
        ),
        (r"\batr\b.*\bstop\b|\bstop\b.*\batr\b", "A stop is in percent, such as: stop 3 %."),
        (
            r"\brisk\b|\b\d[\d,]* shares\b|\bper trade\b|\$ ?\d+ (of|worth)",
            "How much to trade is a share of the equity, such as: invest 20 % of equity.",
        ),
        (
            r"\bunless\b|\bexcept\b|\botherwise\b",
            "Say it the other way round, such as: and close above SMA 200.",
        ),
        (
            r"\bat (the )?(\$?\d|middle|upper|lower)|\brsi \d+,? (short|and|$)",
            "Say whether it is above or below, such as: sell when close above 170.",
        ),
        (
            r"\bstop",
            "A stop is more than 0 and less than 100 percent, and there is one of each kind.",
        ),
    )
)
# Indicators that never leave these bounds.
BOUNDED: Final = {
    "rsi": (0.0, 100.0),
    "stochastic": (0.0, 100.0),
    "money_flow": (0.0, 100.0),
    "adx": (0.0, 100.0),
    "plus_di": (0.0, 100.0),
    "minus_di": (0.0, 100.0),
    "williams": (-100.0, 0.0),
}


def hints(lost: Sequence[str]) -> list[str]:
    """Return what would help with words that came to nothing, each sentence once."""
    found = []
    for words in lost:
        fits = (sentence for pattern, sentence in HINTS if pattern.search(words))
        found.append(next(fits, UNDERSTOOD))
    return list(dict.fromkeys(found))


def never(term: Term) -> list[str]:
    """Return which parts of a condition can never be so, or always are, in sentences."""
    found = []
    limits: dict[str, tuple[float, float]] = {}
    for each in _together(term):
        if not isinstance(each.right, Number) or each.op not in {">", ">=", "<", "<="}:
            continue
        level, above = each.right.value, each.op.startswith(">")
        key = each.left.model_dump_json()
        low, high = limits.get(key, (float("-inf"), float("inf")))
        limits[key] = (max(low, level), high) if above else (low, min(high, level))
        if isinstance(each.left, Indicator) and each.left.id in BOUNDED:
            found += _bounded(each.left.id, level, above=above)
    if any(low > high for low, high in limits.values()):
        found.append("It asks for something above one number and below a smaller one: never so.")
    return list(dict.fromkeys(found))


def _bounded(id_: str, level: float, *, above: bool) -> list[str]:
    from puffin.factors.catalogue import indicator

    low, high = BOUNDED[id_]
    if low < level < high:
        return []
    always = level <= low if above else level >= high
    title = indicator(id_).title
    said = "always so" if always else "never so"
    side = "above" if above else "below"
    return [f"{title} is between {low:g} and {high:g}: {side} {level:g} is {said}."]


def _together(term: Term) -> Iterator[Compare]:
    """Yield the comparisons that all have to be so."""
    if isinstance(term, Compare):
        yield term
    elif isinstance(term, All):
        for each in term.terms:
            yield from _together(each)
