"""Plain descriptions of strategies, read by a grammar of our own; nothing is ever executed.

    buy when RSI 14 below 30 and close above SMA 200, sell when RSI above 55, stop 3 %

What no rule came of is told, word by word. Nothing is guessed: a condition that is understood only
in part makes no rule at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from puffin.errors import ParameterError
from puffin.strategies.rules import RuleSet
from puffin.strategies.spoken_conditions import condition
from puffin.strategies.spoken_hints import hints, never
from puffin.strategies.spoken_words import FILLERS, LONGEST, NEGATIONS, WHEN, Reader

if TYPE_CHECKING:
    from puffin.strategies.terms import Term

ENTRIES: Final = {
    "entry_short": (("sell", "short"), ("go", "short"), ("short",), ("enter", "short")),
    "entry_long": (
        *(("buy",), ("purchase",), ("go", "long"), ("enter", "long"), ("open", "long")),
        *(("enter",), ("long",)),
    ),
}
EXITS: Final = {
    "exit_short": (("cover",), ("buy", "back"), ("buy", "to", "cover"), ("exit", "short")),
    "exit_long": (("sell",), ("exit", "long"), ("close", "long")),
    "exit": (("exit",), ("get", "out"), ("close", "the", "position"), ("close", "it"), ("leave",)),
}
STOPS: Final = {
    "trailing": (("trailing", "stop", "loss"), ("trailing", "stop"), ("trail",)),
    "stop_loss": (("stop", "loss"), ("stoploss",), ("stop",)),
    "take_profit": (*(("take", "profit"), ("take", "profits"), ("profit", "target"), ("target",)),),
    "share": (("invest",), ("position", "size"), ("size",)),
}
HOLDS: Final = (
    *(("hold", "for"), ("hold", "at", "most"), ("hold",), ("for", "at", "most"), ("exit", "after")),
    *(("sell", "after"), ("close", "after"), ("for", "no", "more", "than")),
)
WHOLE: Final = tuple(
    ("of", *article, word)
    for article in ((), ("the",), ("my",))
    for word in ("equity", "capital", "account", "size", "money")
)
ENDS: Final = {
    "stop_loss": (("down",), ("loses",), ("lost",), ("losing",), ("falls",), ("drops",)),
    "take_profit": (("up",), ("gains",), ("gained",), ("made",), ("rises",)),
}
MOVING: Final = frozenset({"falls", "drops", "rises", "gains"})  # since when has to be said
FROM_ENTRY: Final = tuple(
    (*first, "entry", *more)
    for first in (("below",), ("above",), ("from",), ("from", "the"), ("since",), ("below", "my"))
    for more in (("price",), ())
)
OPENING: Final = frozenset({"after", "when", "if", "once", "on"})
RISKED: Final = frozenset({"risk", "risking", "lose", "losing"})
LONG_ONLY: Final = (
    *(("never", "short"), ("no", "shorting"), ("no", "short", "sales"), ("no", "shorts")),
    *(("long", "only"), ("never", "sell", "short"), ("do", "not", "short"), ("don't", "short")),
)
SYMBOL: Final = re.compile(r"[A-Z]{1,5}")
PARTLY: Final = "The rules leave out what was not understood, so they are not all you said."
LENGTHS: Final = frozenset({"day", "days", "bar", "bars", "session", "sessions"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a description came to.

    Attributes:
        rules: The rules; None if there is none for entering, or they do not fit together.
        not_understood: The words that no rule came of, as they were said.
        notes: What was assumed, and what is missing, in sentences.
    """

    rules: RuleSet | None
    not_understood: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass
class _Found:
    rules: dict[str, Any] = field(default_factory=dict)
    lost: list[tuple[int, int]] = field(default_factory=list)  # first word and the one after
    gap: bool = True  # whether the last word was understood: lost words in a row belong together
    last: str = "entry_long"


def from_words(text: str, name: str = "") -> Spoken:
    """Return the rules that a plain description stands for.

    Raises:
        ParameterError: It is too long.
    """
    if len(text) > LONGEST:
        raise ParameterError(f"This is {len(text):,} characters long; {LONGEST:,} are the most.")
    reader, found = Reader.of(text), _Found()
    while not reader.done:
        start, notes, windows = reader.at, len(reader.notes), dict(reader.windows)
        if _negated(reader) or not _statement(reader, found):
            reader.at, reader.windows = start, windows
            del reader.notes[notes:]
            if not _harmless(reader):
                _lose(reader, found)
        else:
            found.gap = True
    told = list(dict.fromkeys(reader.notes))
    lost = tuple(_said(reader, *each) for each in found.lost)
    rules = _made(found, name or _named(text), told)
    if lost:
        if rules is not None:
            told.append(PARTLY)
        told += reader.hints or hints(lost)
    for entry in () if rules is None else (rules.entry_long, rules.entry_short):
        told += [] if entry is None else never(entry)
    return Spoken(rules, lost, tuple(told))


def _named(text: str) -> str:
    words = " ".join(text.split())
    short = words if len(words) <= 60 else f"{words[:57].rsplit(' ', 1)[0]} …"  # noqa: PLR2004 - a name's length
    return short[:1].upper() + short[1:] or "From words"


def _made(found: _Found, name: str, notes: list[str]) -> RuleSet | None:
    rules = dict(found.rules)
    for side in ("long", "short"):
        if f"exit_{side}" in rules and f"entry_{side}" not in rules:
            word = "buy" if side == "long" else "sell short"
            notes.append(f"There is a rule for leaving, but none that says when to {word}.")
            del rules[f"exit_{side}"]
    if "entry_long" not in rules and "entry_short" not in rules:
        notes.append("No rule for entering was understood. Say, such as: buy when RSI 14 below 30.")
        return None
    try:
        return RuleSet(name=name, **rules)
    except ValueError as error:
        notes.append(f"The rules do not fit together: {str(error).splitlines()[-1].strip()}")
        return None


def _lose(reader: Reader, found: _Found) -> None:
    """Step over a word that nothing came of."""
    at = reader.at
    reader.at += 1
    if reader.words[at] in FILLERS:
        return
    if found.gap:
        found.lost.append((at, at + 1))
    else:
        found.lost[-1] = (found.lost[-1][0], at + 1)
    found.gap = False


def _said(reader: Reader, first: int, after: int) -> str:
    """Return words as they were said."""
    return reader.text[reader.places[first][0] : reader.places[after - 1][1]]


def _harmless(reader: Reader) -> bool:
    """Step over "never short" and "long only": nothing is sold short that was not asked for."""
    return reader.take_any(LONG_ONLY)


def _negated(reader: Reader) -> bool:
    """Whether what comes is to be left alone: "do not buy when" is no rule to buy."""
    if reader.peek() in NEGATIONS:
        return True
    return any(reader.peek(-back) in NEGATIONS for back in (1, 2) if reader.at >= back)


def _statement(reader: Reader, found: _Found) -> bool:
    """Read one thing that is to be done; say whether there was one."""
    return (
        _held(reader, found)
        or _amount(reader, found)
        or _protected(reader, found)
        or _ruled(reader, found)
        or _turned(reader, found)
    )


def _held(reader: Reader, found: _Found) -> bool:
    start = reader.at
    if reader.take_any(HOLDS):
        bars = reader.number()
        if bars is not None and bars >= 1 and bars == int(bars) and reader.peek() in LENGTHS:
            if reader.peek().startswith(("day", "session")):
                reader.notes.append(
                    "Days are bars after that of the entry, closed at the next open."
                )
            reader.at += 1
            return _keep(reader, found, "hold", int(bars))
    reader.at = start
    return False


def _amount(reader: Reader, found: _Found) -> bool:
    """Read a percentage that stands before its word: "3 % stop"."""
    start = reader.at
    percent = reader.percent()
    if percent is not None:
        for name, phrases in STOPS.items():
            if reader.take_any(phrases):
                return _keep(reader, found, name, percent)
        # What is risked on a trade is not what is put into it.
        if reader.words[max(start - 1, 0)] not in RISKED and reader.take_any(WHOLE):
            return _keep(reader, found, "share", percent)
    reader.at = start
    return False


def _protected(reader: Reader, found: _Found) -> bool:
    start = reader.at
    for name, phrases in STOPS.items():
        if reader.take_any(phrases):
            reader.skip("of", "at", "is", ":", "a", "to", "by", "loss", "-")
            percent = reader.percent()
            if percent is not None:
                reader.take_any(WHOLE)
                return _keep(reader, found, name, percent)
            reader.at = start
    return False


def _keep(reader: Reader, found: _Found, name: str, value: float) -> bool:
    """Keep a number unless the rule has one already, or it makes no sense."""
    limits = {"stop_loss": 100, "trailing": 100, "take_profit": 1_000.01, "share": 100.01}
    if name in found.rules or not 0 < value < limits.get(name, 10_001):
        return False
    found.rules[name] = value
    if name == "stop_loss":
        reader.notes.append("Stop and target are percent of the close that decides the entry.")
    return True


def _ruled(reader: Reader, found: _Found) -> bool:
    """Read a rule: what to do, "when", and a condition that is understood to its end."""
    start = reader.at
    name = _action(reader, found)
    if name is None or name in found.rules:
        reader.at = start
        return False
    reader.skip("it", "the", "position", "shares", "stock", "a", "long", "market", "-")
    _named_symbol(reader)
    kept = dict(found.rules)
    while _with(reader, found):
        pass
    if reader.peek(3) in OPENING and reader.take("at", "the", "open"):
        reader.notes.append("What a close decides is traded at the next open.")
    listed = reader.peek()[:1].isdigit() or reader.peek() == "after"  # "buy a 20-day breakout"
    if reader.take_any(WHEN) or listed or name.startswith("exit"):
        if name.startswith("exit") and _ended(reader, found):
            return True
        term = _condition(reader)
        if term is not None:
            found.rules[name] = term
            if name.startswith("entry"):
                found.last = name
            return True
        found.rules = kept
    reader.at = start
    return False


def _turned(reader: Reader, found: _Found) -> bool:
    """Read a rule that begins with its condition: "if RSI falls under 30, buy"."""
    start = reader.at
    term = condition(reader) if reader.take_any(WHEN) else None
    if term is not None:
        reader.skip(",", "then", "i", "we")
        name = _action(reader, found)
        ends = reader.done or reader.peek() in {".", ";", ",", "and"}
        if name is not None and name not in found.rules and ends:
            found.rules[name] = term
            found.last = name if name.startswith("entry") else found.last
            return True
    reader.at = start
    return False


def _named_symbol(reader: Reader) -> None:
    """Step over the symbol of "buy AAPL when": rules are for whatever they are tried on."""
    if reader.done:
        return
    first, after = reader.places[reader.at]
    if SYMBOL.fullmatch(reader.text[first:after]) and (reader.peek(1),) in WHEN:
        reader.at += 1
        reader.notes.append("Rules name no symbol: choose it when they are tried.")


def _with(reader: Reader, found: _Found) -> bool:
    """Read "with a stop of 3 %" between what is to be done and when."""
    start = reader.at
    if reader.take("with") or reader.take("using"):
        reader.skip("a", "an")
        if _amount(reader, found) or _protected(reader, found):
            return True
    reader.at = start
    return False


def _ended(reader: Reader, found: _Found) -> bool:
    """Read "sell when down 7 %" and "exit if it falls 3 % below entry": a stop or a target."""
    start = reader.at
    reader.skip("it", "price", "the", "position", "is", "trade", "i", "am", "we", "are")
    for name, phrases in ENDS.items():
        word = reader.peek()
        if reader.take_any(phrases):
            reader.skip("by", "more", "than", "at", "least")
            share = reader.percent()
            since = reader.take_any(FROM_ENTRY) or word not in MOVING
            if share is not None and since and _keep(reader, found, name, share):
                return True
    reader.at = start
    return False


def _action(reader: Reader, found: _Found) -> str | None:
    for name, phrases in (*(("exit_short", EXITS["exit_short"]),), *ENTRIES.items()):
        if reader.take_any(phrases):
            return name
    for name, phrases in EXITS.items():
        if reader.take_any(phrases):
            return found.last.replace("entry", "exit") if name == "exit" else name
    return None


def _condition(reader: Reader) -> Term | None:
    """Return a condition; None unless it ends where something else begins."""
    term = condition(reader)
    if term is None:
        return None
    start = reader.at
    whole = reader.done or reader.peek() in {".", ";"}
    reader.skip(",", ".", ";", "and", "then", "or", "with", "a", "an", "using", "use", "the")
    ends = whole or _begins(reader)
    reader.at = start
    return term if ends else None


def _begins(reader: Reader) -> bool:
    """Whether a new statement begins here."""
    start = reader.at
    try:
        if _negated(reader) or reader.percent() is not None or reader.take_any(HOLDS):
            return True
        phrases = (*STOPS.values(), *ENTRIES.values(), *EXITS.values())
        return any(reader.take_any(each) for each in phrases)
    finally:
        reader.at = start
