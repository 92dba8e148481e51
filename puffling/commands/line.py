"""The command line: one grammar for what traders type, read into commands and nothing else.

`AAPL` · `AAPL 5m` · `AAPL BT momentum 20 50` · `B 100 AAPL L 182.5` · `ALERT MSFT > 30` · `RISK` ·
`LAYOUT quant` · or a command's own name with `name=value`. An order is written on the ticket; a
line never sends one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from puffin.data.bars import Interval
from puffin.types import SYMBOL
from puffling.commands.line_orders import FOLLOWING, NEEDS_PRICE, SIDES, USAGE, order_of, told
from puffling.commands.line_words import (
    LineError,
    as_symbol,
    number_of,
    parted,
    price_of,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from puffling.commands.line_words import Word

_INTERVALS = {each.value.upper(): each for each in Interval}
_MONTH = "1M"  # as the buttons of a chart write it; 1m is a minute
_SIGNS = {">": "above", "<": "below", "ABOVE": "above", "BELOW": "below"}
_VERBS = ("B", "S", "ALERT", "BT", "LAYOUT")


@dataclass(frozen=True, slots=True)
class Step:
    """One command and its values."""

    command: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line comes to: a sentence that says so, and the commands, in order."""

    words: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What lines may name.

    Args:
        commands: Names of the parameters of every command, by its id.
        panels: Titles of the panels, by id.
        layouts: Names of the layouts that can be opened, built-in ones first.
        strategies: Names of the parameters of every strategy, by its id.
        symbols: What starts with these letters, best first.
        is_symbol: Whether somebody lists it.
    """

    commands: Mapping[str, tuple[str, ...]]
    panels: Mapping[str, str]
    layouts: tuple[str, ...]
    strategies: Mapping[str, tuple[str, ...]]
    symbols: Callable[[str], Iterable[str]]
    is_symbol: Callable[[str], bool]


def is_meant(text: str) -> bool:
    """Whether a text begins as only a line does, so that what is wrong with it should be said."""
    words = words_of(text)
    return bool(words) and len(words) > 1 and words[0].upper in {*SIDES, *_VERBS}


def read(text: str, known: Known) -> Line | None:
    """Return what a line comes to; None if it is no line, but words to search for.

    Raises:
        LineError: It begins as a line, and a word of it means nothing or is missing.
    """
    words = words_of(text)
    if not words:
        return None
    first = words[0]
    if first.text in known.commands:
        return _command(words, known)
    words = parted(words)
    first = words[0]
    if len(words) > 1 and first.upper in _READERS:
        return _READERS[first.upper](words, known)
    panel = _panel(first, known) if len(words) == 1 else None
    if panel is None and SYMBOL.match(first.upper) and _is_about(words, known):
        return _about_symbol(words, known)
    return panel


def complete(text: str, known: Known) -> list[str]:
    """Return the words that may stand where the last one is being typed, best first."""
    words = words_of(text)
    fresh = not text or text[-1].isspace()
    before = words if fresh else words[:-1]
    begun = "" if fresh else words[-1].text
    if not before:
        panels = (each.upper() for each in known.panels)
        found: Iterable[str] = [*known.symbols(begun.upper()), *_VERBS, *panels, *known.commands]
    elif before[0].text in known.commands:
        found = [f"{each}=" for each in known.commands[before[0].text]]
    else:
        found = _following(before, begun, known)
    low = begun.casefold()
    return [each for each in dict.fromkeys(found) if each.casefold().startswith(low)][:12]


def _following(before: list[Word], begun: str, known: Known) -> list[str]:
    """Return what may follow the words of a line that is no command's name."""
    said = [each.upper for each in before]
    if said[0] == "LAYOUT":
        found = [_quoted(each) for each in known.layouts] if len(said) == 1 else []
    elif "BT" in said[:2]:
        found = _about_backtest(before, known)
    elif said == ["ALERT"]:
        found = list(known.symbols(begun.upper()))
    elif "ALERT" in said[:2] or said[1:2] in (["<"], [">"]):
        found = [">", "<"] if len(said) == 2 and "ALERT" in said else []  # noqa: PLR2004 - and a symbol
    elif not SIDES.keys().isdisjoint(said[:2]):
        symbols = known.symbols(begun.upper()) if begun else ()
        found = [] if said[-1] in NEEDS_PRICE else [*symbols, *FOLLOWING]
    elif len(said) == 1:
        panels = (each.upper() for each in known.panels)
        found = [*(each.value for each in Interval), *_VERBS[:4], ">", "<", *panels]
    else:
        found = []
    return found


def _about_backtest(before: list[Word], known: Known) -> list[str]:
    """Return the strategies after BT, and after one its parameters that are not given yet."""
    if before[-1].upper == "BT":
        return list(known.strategies)
    given = {each.text.partition("=")[0] for each in before}
    named = next(
        (each.text.casefold() for each in before if each.text.casefold() in known.strategies), ""
    )
    return [f"{each}=" for each in known.strategies.get(named, ()) if each not in given]


def _order(words: list[Word], known: Known, symbol: str = "") -> Line:
    del known  # the ticket knows what can be traded
    values = order_of(words, symbol)
    return Line(told(values), (Step("ticket.write", values),))


def _alert(words: list[Word], known: Known) -> Line:
    del known  # any symbol may be watched that a provider lists
    return _alert_of(words[1], words[2:])


def _alert_of(about: Word, rest: list[Word]) -> Line:
    symbol = as_symbol(about)
    if len(rest) != 2 or rest[0].upper not in _SIGNS:  # noqa: PLR2004 - a sign and a price
        at = rest[0].at if rest else about.end
        raise LineError("An alert is written as: ALERT MSFT > 30", at)
    price = price_of(rest[1])
    kind = _SIGNS[rest[0].upper]
    values = {"symbol": symbol, "kind": kind, "price": price}
    side = "rises above" if kind == "above" else "falls below"
    return Line(f"Tell me when {symbol} {side} {price}", (Step("alert.add", values),))


def _layout(words: list[Word], known: Known) -> Line:
    wanted = " ".join(each.text for each in words[1:]).strip('"')
    names = {each.casefold(): each for each in known.layouts}
    if wanted.casefold() not in names:
        near = get_close_matches(wanted.casefold(), names, n=1)
        hint = f" Did you mean {names[near[0]]}?" if near else ""
        raise LineError(f"There is no layout {wanted!r}.{hint}", words[1].at)
    name = names[wanted.casefold()]
    return Line(f"Open the layout {name}", (Step("layout.open", {"name": name}),))


def _panel(word: Word, known: Known) -> Line | None:
    ids = {each.casefold(): id_ for id_, each in known.panels.items()} | {
        each: each for each in known.panels
    }
    id_ = ids.get(word.text.casefold())
    if id_ is None:
        return None
    return Line(f"Go to {known.panels[id_]}", (Step(f"panel.{id_}"),))


def _command(words: list[Word], known: Known) -> Line:
    id_ = words[0].text
    values: dict[str, Any] = {}
    for word in words[1:]:
        name, equals, value = word.text.partition("=")
        if not equals or name not in known.commands[id_]:
            takes = ", ".join(known.commands[id_]) or "nothing"
            raise LineError(f"{id_} takes {takes}; write name=value.", word.at)
        values[name] = value.strip('"')
    return Line(f"Run {id_}", (Step(id_, values),))


def _is_about(words: list[Word], known: Known) -> bool:
    """Whether a line is about a symbol: it is listed, or acted on.

    In small letters it may be a word to search for, so that it must be both.
    """
    listed = known.is_symbol(as_symbol(words[0]))
    in_capitals = words[0].upper == words[0].text
    if len(words) == 1:
        return listed and in_capitals
    second = words[1]
    acted = (
        _interval(second) is not None
        or second.upper in {*SIDES, "BT", "ALERT"}
        or second.upper in _SIGNS
    )
    if in_capitals:
        return acted or listed
    return listed and (acted or _panel(second, known) is not None)


def _interval(word: Word) -> Interval | None:
    return Interval.MO1 if word.text == _MONTH else _INTERVALS.get(word.upper)


def _about_symbol(words: list[Word], known: Known) -> Line:
    symbol = as_symbol(words[0])
    show = Step("desk.symbol", {"symbol": symbol})
    if len(words) == 1:
        return Line(f"Show {symbol}", (show,))
    second = words[1]
    acted = _acted_on(symbol, words, known)
    if acted is not None:
        return acted
    interval, panel = _interval(second), _panel(second, known)
    if interval is not None:
        step = Step("chart.timeframe", {"interval": interval})
        found = Line(f"Show {symbol} in bars of {interval.label}", (show, step))
    elif panel is not None:
        found = Line(f"{panel.words} with {symbol}", (show, *panel.steps))
    else:
        raise LineError(
            f"{second.text!r} means nothing after a symbol. Try 5m, BT, B, S, > or a panel.",
            second.at,
        )
    if len(words) > 2:  # noqa: PLR2004 - a symbol, and an interval or a panel
        raise LineError(f"{words[2].text!r} is one word too many.", words[2].at)
    return found


def _acted_on(symbol: str, words: list[Word], known: Known) -> Line | None:
    """Read what is to be done with a symbol that stands first; None if it is only to be shown."""
    second = words[1]
    if second.upper in SIDES:
        return _order(words[1:], known, symbol)
    if second.upper == "BT":
        return _backtest_of(words[2:], symbol, known, at=second.end)
    if second.upper == "ALERT" or second.upper in _SIGNS:
        return _alert_of(words[0], words[2 if second.upper == "ALERT" else 1 :])
    return None


def _backtest(words: list[Word], known: Known) -> Line:
    return _backtest_of(words[1:], "", known, at=words[0].end)


def _backtest_of(words: list[Word], symbol: str, known: Known, *, at: int) -> Line:
    """A strategy, its numbers in the order its form has them, and a symbol if none was before."""
    if not words:
        raise LineError(f"Which strategy? {', '.join(known.strategies)}", at)
    strategy = words[0].text.casefold()
    if strategy not in known.strategies:
        near = get_close_matches(strategy, known.strategies, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise LineError(f"There is no strategy {words[0].text!r}.{hint}", words[0].at)
    names = known.strategies[strategy]
    parameters: dict[str, Any] = {}
    for word in words[1:]:
        name, equals, value = word.text.partition("=")
        if equals:
            parameters[_named(name, strategy, names, word)] = value.strip('"')
        elif (number := number_of(word.text)) is not None:
            free = [each for each in names if each not in parameters]
            if not free:
                takes = ", ".join(names) or "no numbers"
                raise LineError(f"{strategy} takes {takes}; {word.text} is too many.", word.at)
            whole = number.as_tuple().exponent == 0
            parameters[free[0]] = int(number) if whole else float(number)
        elif not symbol:
            symbol = as_symbol(word)
        else:
            raise LineError(f"{word.text!r} is no number of {strategy}.", word.at)
    values = {"strategy": strategy, "symbol": symbol, "parameters": parameters, "run": True}
    numbers = " ".join(f"{name} {value}" for name, value in parameters.items())
    said = f"Backtest {strategy} {numbers}".rstrip()
    return Line(f"{said} on {symbol or 'the symbol in view'}", (Step("backtest.write", values),))


def _named(name: str, strategy: str, names: tuple[str, ...], word: Word) -> str:
    """Return a parameter's name, which the strategy must have."""
    if name not in names:
        near = get_close_matches(name.casefold(), names, n=1)
        takes = f"{strategy} takes {', '.join(names) or 'nothing'}."
        raise LineError(f"{takes} Did you mean {near[0]}?" if near else takes, word.at)
    return name


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


_READERS = {
    "ALERT": _alert,
    "BT": _backtest,
    "LAYOUT": _layout,
    **dict.fromkeys(SIDES, _order),
}
__all__ = ["USAGE", "Known", "Line", "LineError", "Step", "complete", "is_meant", "read"]
