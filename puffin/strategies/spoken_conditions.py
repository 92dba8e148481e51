"""Conditions of plain descriptions: comparisons of prices, volume, indicators and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pydantic import ValidationError

from puffin.strategies.spoken_operands import days_of, extreme, matched, operand, times
from puffin.strategies.spoken_words import COMPARED, DAYS, OPPOSITE, UNSAID
from puffin.strategies.terms import (
    CROSSINGS,
    All,
    Combined,
    Compare,
    Indicator,
    Number,
    Price,
    TimeOf,
    Volume,
)
from puffin.strategies.terms import Any as AnyOf

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.strategies.spoken_words import Reader
    from puffin.strategies.terms import Comparison, Operand, Term

WAYS: Final = {"down": "below", "up": "above", "lower": "below", "higher": "above"}
MOVED: Final = {
    **dict.fromkeys(("rises", "rose", "gains", "gained", "jumps", "climbs", "up"), 1),
    **dict.fromkeys(("falls", "fell", "drops", "dropped", "loses", "lost", "down"), -1),
}
MOST_IN_A_ROW: Final = 10
CROSSES: Final[dict[tuple[str, str], Comparison]] = {
    ("golden", "cross"): "crosses above",
    ("death", "cross"): "crosses below",
}


def condition(reader: Reader) -> Term | None:
    """Read comparisons joined by "and" and "or", of which "and" binds first; None if none comes."""
    groups: list[list[Term]] = [[]]
    left: Operand | None = None
    while True:
        start = reader.at
        read = _comparison(reader, left)
        if read is None:
            reader.at = start
            return None if not groups[-1] else _joined(groups)
        groups[-1].append(read)
        left = read.left if isinstance(read, Compare) else None
        before = reader.at
        reader.skip(",")
        if reader.take("or"):
            after = reader.at
            if _comparison(reader, left) is None:
                reader.at = before
                return _joined(groups)
            reader.at = after
            groups.append([])
            continue
        joined = reader.take("and") or reader.peek() == "on"
        after = reader.at
        if not joined or _comparison(reader, left) is None:
            reader.at = before
            return _joined(groups)
        reader.at = after


def _joined(groups: list[list[Term]]) -> Term:
    parts: list[Term] = [
        each[0] if len(each) == 1 else All(terms=tuple(each)) for each in groups if each
    ]
    return parts[0] if len(parts) == 1 else AnyOf(terms=tuple(parts))


def _comparison(reader: Reader, left: Operand | None) -> Term | None:
    """Read one comparison; one that begins with its sign goes on about `left`."""
    for shape in SHAPES:
        start, notes, windows = reader.at, len(reader.notes), dict(reader.windows)
        try:
            found = shape(reader, left)
        except ValidationError:  # the strict form says no: it is not understood
            found = None
        if found is not None:
            return found
        reader.at, reader.windows = start, windows
        del reader.notes[notes:]
    return None


def _crossing(reader: Reader, _left: Operand | None) -> Term | None:
    start = reader.at
    reader.skip("there", "is", "a", "the")
    for words, op in CROSSES.items():
        if reader.take(*words):
            reader.notes.append(f"A {' '.join(words)} is taken as SMA 50 that {op} SMA 200.")
            fast, slow = (Indicator(id="sma", parameters={"window": each}) for each in (50, 200))
            return Compare(left=fast, op=op, right=slow)
    reader.at = start
    return None


def _weekday(reader: Reader, _left: Operand | None) -> Term | None:
    start = reader.at
    reader.skip("it", "is", "a", "on")
    word = reader.peek().removesuffix("s")
    if word not in DAYS:
        reader.at = start
        return None
    reader.at += 1
    day = Number(value=float(DAYS.index(word) + 1))
    return Compare(left=TimeOf(part="weekday"), op="is", right=day)


def _level(reader: Reader, _left: Operand | None) -> Term | None:
    """Read "RSI is oversold": the usual levels of that index."""
    start = reader.at
    left = operand(reader)
    if isinstance(left, Indicator) and left.id == "rsi":
        reader.skip("is", "gets", "becomes")
        for word, op, level in (("oversold", "<", 30.0), ("overbought", ">", 70.0)):
            if reader.take(word):
                reader.notes.append(f"RSI is {word} {'below' if op == '<' else 'above'} {level:g}.")
                comparison: Comparison = "<" if op == "<" else ">"
                return Compare(left=left, op=comparison, right=Number(value=level))
    reader.at = start
    return None


def _busy(reader: Reader, _left: Operand | None) -> Term | None:
    """Read "on twice the average volume"."""
    start = reader.at
    if reader.take("on") and (much := times(reader)) is not None:
        return Compare(left=Volume(), op=">=", right=much)
    reader.at = start
    return None


def _compared(reader: Reader, left: Operand | None) -> Term | None:
    start = reader.at
    first = operand(reader)
    if first is None:
        reader.at = start
        referred = reader.peek() in {"it", "they"}
        reader.skip("it", "they")
        first = left
        if first is None and referred and isinstance(reader.last, Compare):
            first = _meant(reader, reader.last)
    op = _comparing(reader)
    if op is None:
        return None
    second = operand(reader)
    last = reader.last
    if second is None and first is None and op in CROSSINGS and isinstance(last, Compare):
        first, second = last.left, last.right  # "when it crosses below": what crossed before
    if first is None or second is None:
        return None
    second = matched(first, second, reader)
    if second is None:
        return None
    reader.last = Compare(left=first, op=op, right=second)
    return reader.last


def _meant(reader: Reader, before: Compare) -> Operand | None:
    """Return what "it" is in "buy when RSI is below 30, sell when it rises above 70"."""
    start = reader.at
    op = _comparing(reader)
    number = None if op is None else operand(reader)
    reader.at = start
    if not isinstance(number, Number):
        return None  # two lines that cross again
    reader.notes.append("“It” is taken as what was compared before.")
    return before.left


def _comparing(reader: Reader) -> Comparison | None:
    reader.skip("is", "are", "was", "closes", "close", "closed", "trades", "stays", "gets", "has")
    turned = reader.take_any(UNSAID)
    for words, op in COMPARED:
        if reader.take(*words.split()):
            return OPPOSITE.get(op) if turned else op
    return None


def _in_a_row(reader: Reader, _left: Operand | None) -> Term | None:
    """Read "three down days in a row" and "3 consecutive up closes"."""
    start = reader.at
    reader.take("after")
    count = reader.number()
    consecutive = reader.take_any((("consecutive",), ("straight",)))
    way = reader.peek() if reader.peek() in WAYS else ""
    reader.at += bool(way)
    named = reader.take_any((("days",), ("closes",), ("bars",), ("sessions",)))
    consecutive = reader.take("in", "a", "row") or consecutive
    if not (count and way and named and consecutive) or not 1 <= count <= MOST_IN_A_ROW:
        reader.at = start
        return None
    op = WAYS[way]
    reader.notes.append(f"{'A' if way != 'up' else 'An'} {way} day closes {op} the close before.")
    sign: Comparison = "<" if op == "below" else ">"
    days = tuple(
        Compare(left=Price(ago=back), op=sign, right=Price(ago=back + 1))
        for back in range(int(count))
    )
    return days[0] if len(days) == 1 else All(terms=days)


def _extended(reader: Reader, _left: Operand | None) -> Term | None:
    """Read "a new 20-day high" and "a 55-day breakout": a close beyond the bars before."""
    start, notes = reader.at, len(reader.notes)
    reader.skip("a", "the", "it", "price", "close", "makes", "hits", "sets", "at", "new", "reaches")
    before = reader.at
    level = extreme(reader)
    if level is None:
        days = days_of(reader)
        if days is not None and reader.take("breakout"):
            reader.at = before
            reader.notes.append(f"A breakout is a close above the high of the {days} bars before.")
            values: dict[str, float | int | str] = {"window": days}
            level = Indicator(id="donchian", parameters=dict(values), output="upper", ago=1)
            days_of(reader)
            reader.take("breakout")
    if level is None or (_comparing_next(reader)):
        reader.at = start
        del reader.notes[notes:]
        return None
    reader.notes.append("It is the close that has to get there.")
    return Compare(left=Price(), op=">" if level.output == "upper" else "<", right=level)


def _comparing_next(reader: Reader) -> bool:
    start = reader.at
    found = _comparing(reader) is not None
    reader.at = start
    return found


def _between(reader: Reader, left: Operand | None) -> Term | None:
    """Read "RSI is between 40 and 60"."""
    start = reader.at
    first = operand(reader) or left
    reader.skip("is", "are", "stays", "it")
    if first is not None and reader.take("between"):
        low = operand(reader)
        high = operand(reader) if reader.take("and") else None
        low = None if low is None else matched(first, low, reader)
        high = None if high is None else matched(first, high, reader)
        if low is not None and high is not None:
            reader.last = Compare(left=first, op=">=", right=low)
            return All(
                terms=(
                    reader.last,
                    Compare(left=first, op="<=", right=high),
                )
            )
    reader.at = start
    return None


def _away(reader: Reader, _left: Operand | None) -> Term | None:
    """Read "the price is 10 % below its 52-week high"."""
    start = reader.at
    first = operand(reader)
    reader.skip("is", "closes", "trades", "at", "least", "more", "than")
    share = reader.percent() if first is not None else None
    if first is not None and share is not None:
        for word, sign in (("below", -1), ("under", -1), ("above", 1), ("over", 1)):
            if reader.take(word):
                second = operand(reader)
                second = None if second is None else matched(first, second, reader)
                if second is None or isinstance(second, Number | Combined):
                    break
                factor = Number(value=round(1 + sign * share / 100, 10))
                level = Combined(sum="*", left=second, right=factor)
                return Compare(left=first, op="<=" if sign < 0 else ">=", right=level)
    reader.at = start
    return None


def _moved(reader: Reader, _left: Operand | None) -> Term | None:
    """Read "the price rises 5 % in a day": the rate of change over those bars."""
    start = reader.at
    reader.skip("the", "it")
    if not reader.take_any((("price",), ("close",), ("stock",))):
        reader.at = start
    reader.skip("has", "is")
    sign = next((sign for words, sign in MOVED.items() if reader.take(words)), 0)
    reader.skip("by", "more", "than", "at", "least")
    share = reader.percent() if sign else None
    if share is not None and reader.take_any((("in",), ("over",), ("within",), ("during",))):
        reader.skip("the", "last", "past")
        days = 1 if reader.take_any((("a", "day"), ("one", "day"))) else days_of(reader)
        if days is not None:
            change = Indicator(id="roc", parameters={"window": days})
            return Compare(
                left=change, op=">=" if sign > 0 else "<=", right=Number(value=sign * share)
            )
    reader.at = start
    return None


def _touched(reader: Reader, _left: Operand | None) -> Term | None:
    """Read "touches the lower Bollinger band": the low of the bar is there, or the high."""
    start = reader.at
    reader.skip("the", "it")
    reader.take_any((("price",), ("close",), ("market",)))
    if reader.take_any((("touches",), ("reaches",), ("hits",), ("tags",))):
        level = operand(reader)
        if isinstance(level, Indicator) and level.output in {"upper", "lower"}:
            low = level.output == "lower"
            reader.notes.append(f"It is touched by the {'low' if low else 'high'} of the bar.")
            field: Literal["low", "high"] = "low" if low else "high"
            return Compare(left=Price(field=field), op="<=" if low else ">=", right=level)
    reader.at = start
    return None


# Every way to say a comparison; the first that fits is taken.
SHAPES: Final[tuple[Callable[[Reader, Operand | None], Term | None], ...]] = (
    *(_crossing, _weekday, _level, _busy, _in_a_row, _extended, _between, _moved, _away, _touched),
    _compared,
)
