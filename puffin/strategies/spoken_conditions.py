"""Conditions of plain descriptions: comparisons of prices, volume, indicators and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from puffin.strategies.spoken_words import COMPARED, DAYS, OPPOSITE, TIMES
from puffin.strategies.terms import (
    CROSSINGS,
    MOST_AGO,
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
    from puffin.strategies.parts import Setting
    from puffin.strategies.spoken_words import Reader
    from puffin.strategies.terms import Comparison, Operand, Term

SIMPLE: Final = "A moving average whose kind is not said is a simple one."
CLOSES: Final = "The price is the close of the bar."
# What people call indicators: words, the id, and the output where it is not the main one.
STUDIES: Final[tuple[tuple[str, str, str], ...]] = (
    ("simple moving average", "sma", ""),
    ("exponential moving average", "ema", ""),
    ("weighted moving average", "wma", ""),
    ("hull moving average", "hull", ""),
    ("moving average", "sma", ""),
    ("average true range", "atr", ""),
    ("relative strength index", "rsi", ""),
    ("average directional index", "adx", ""),
    ("money flow index", "money_flow", ""),
    ("rate of change", "roc", ""),
    ("macd signal line", "macd", "signal"),
    ("macd signal", "macd", "signal"),
    ("macd histogram", "macd", "bars"),
    ("signal line", "macd", "signal"),
    ("upper bollinger band", "bollinger", "upper"),
    ("lower bollinger band", "bollinger", "lower"),
    ("middle bollinger band", "bollinger", "middle"),
    ("upper bollinger", "bollinger", "upper"),
    ("lower bollinger", "bollinger", "lower"),
    ("upper band", "bollinger", "upper"),
    ("lower band", "bollinger", "lower"),
    ("average volume", "volume_average", ""),
    ("sma", "sma", ""),
    ("ema", "ema", ""),
    ("wma", "wma", ""),
    ("ma", "sma", ""),
    ("average", "sma", ""),
    ("rsi", "rsi", ""),
    ("atr", "atr", ""),
    ("adx", "adx", ""),
    ("cci", "cci", ""),
    ("mfi", "money_flow", ""),
    ("roc", "roc", ""),
    ("macd", "macd", "value"),
    ("supertrend", "supertrend", ""),
    ("stochastic", "stochastic", ""),
    ("williams", "williams", ""),
    ("vwap", "vwap", ""),
)
CROSSES: Final[dict[tuple[str, str], Comparison]] = {
    ("golden", "cross"): "crosses above",
    ("death", "cross"): "crosses below",
}
UNITS: Final = (("days",), ("day",), ("bars",), ("bar",), ("period",), ("sessions",), ("session",))


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
    start = reader.at
    try:
        found = (
            _crossing(reader)
            or _weekday(reader)
            or _level(reader)
            or _busy(reader)
            or _compared(reader, left)
        )
    except ValidationError:  # the strict form says no: it is not understood
        found = None
    if found is None:
        reader.at = start
    return found


def _crossing(reader: Reader) -> Term | None:
    start = reader.at
    reader.skip("there", "is", "a", "the")
    for words, op in CROSSES.items():
        if reader.take(*words):
            reader.notes.append(f"A {' '.join(words)} is taken as SMA 50 that {op} SMA 200.")
            fast, slow = (Indicator(id="sma", parameters={"window": each}) for each in (50, 200))
            return Compare(left=fast, op=op, right=slow)
    reader.at = start
    return None


def _weekday(reader: Reader) -> Term | None:
    start = reader.at
    reader.skip("it", "is", "a", "on")
    word = reader.peek().removesuffix("s")
    if word not in DAYS:
        reader.at = start
        return None
    reader.at += 1
    day = Number(value=float(DAYS.index(word) + 1))
    return Compare(left=TimeOf(part="weekday"), op="is", right=day)


def _level(reader: Reader) -> Term | None:
    """Read "RSI is oversold": the usual levels of that index."""
    start = reader.at
    left = _operand(reader)
    if isinstance(left, Indicator) and left.id == "rsi":
        reader.skip("is", "gets", "becomes")
        for word, op, level in (("oversold", "<", 30.0), ("overbought", ">", 70.0)):
            if reader.take(word):
                reader.notes.append(f"RSI is {word} {'below' if op == '<' else 'above'} {level:g}.")
                comparison: Comparison = "<" if op == "<" else ">"
                return Compare(left=left, op=comparison, right=Number(value=level))
    reader.at = start
    return None


def _busy(reader: Reader) -> Term | None:
    """Read "on twice the average volume"."""
    start = reader.at
    if reader.take("on") and (much := _times(reader)) is not None:
        return Compare(left=Volume(), op=">=", right=much)
    reader.at = start
    return None


def _compared(reader: Reader, left: Operand | None) -> Term | None:
    start = reader.at
    first = _operand(reader)
    if first is None:
        reader.at = start
        reader.skip("it", "they")
        first = left
    op = _comparing(reader)
    if op is None:
        return None
    second = _operand(reader)
    last = reader.last
    if second is None and first is None and op in CROSSINGS and isinstance(last, Compare):
        first, second = last.left, last.right  # "when it crosses below": what crossed before
    if first is None or second is None:
        return None
    reader.last = Compare(left=first, op=op, right=second)
    return reader.last


def _comparing(reader: Reader) -> Comparison | None:
    reader.skip("is", "are", "was", "closes", "trades", "stays", "gets")
    turned = reader.take("not")
    for words, op in COMPARED:
        if reader.take(*words.split()):
            return OPPOSITE.get(op) if turned else op
    return None


def _operand(reader: Reader) -> Operand | None:
    """Read a number, a price, the volume or an indicator, with how long ago it is meant."""
    reader.skip("the", "its", "a", "an", "today's", "current", "daily")
    start = reader.at
    ago = 1 if reader.take_any((("yesterday's",), ("previous", "day's"), ("previous",))) else 0
    found = _times(reader) or _extreme(reader) or _thing(reader)
    if found is None:
        reader.at = start
        number = None if ago else reader.number()
        reader.take("%") if number is not None and reader.peek() == "%" else None
        return None if number is None else Number(value=number)
    ago = _ago(reader) or ago
    if ago and not isinstance(found, Number | Combined):
        if ago > MOST_AGO or found.ago:
            return None
        found = found.model_copy(update={"ago": ago})
    return found


def _ago(reader: Reader) -> int:
    start = reader.at
    number = reader.number()
    if number is not None and reader.take_any(UNITS) and reader.take("ago"):
        return int(number)
    reader.at = start
    return 0


def _times(reader: Reader) -> Operand | None:
    """Read "twice the average volume" and "1.5 times the average volume"."""
    start = reader.at
    factor = TIMES.get(reader.peek())
    if factor is not None:
        reader.at += 1
    else:
        factor = reader.number()
        if factor is None or not reader.take_any((("times",), ("x",))):
            reader.at = start
            return None
    reader.skip("the", "its", "of")
    thing = _extreme(reader) or _thing(reader)
    if thing is None:
        reader.at = start
        return None
    return Combined(sum="*", left=thing, right=Number(value=factor))


def _extreme(reader: Reader) -> Operand | None:
    """Read "20-day high": the highest of the bars before this one."""
    start = reader.at
    number = reader.number()
    if number is not None and number == int(number):
        reader.skip("-")
        if reader.take_any(UNITS):
            for word, output in (("high", "upper"), ("low", "lower")):
                if reader.take(word):
                    days = int(number)
                    reader.notes.append(f"The {days}-day {word} is that of the {days} bars before.")
                    values: dict[str, Any] = {"window": days}
                    return Indicator(id="donchian", parameters=values, output=output, ago=1)
    reader.at = start
    return None


def _thing(reader: Reader) -> Price | Volume | Indicator | None:
    """Read a price, the volume, or an indicator with its numbers before or after it."""
    study = _study(reader)
    if study is not None:
        return study
    if reader.take("volume"):
        return Volume()
    for word in ("close", "open", "high", "low"):
        if reader.take(word):
            return Price.model_validate({"field": word})
    if reader.take("price"):
        reader.notes.append(CLOSES)
        return Price()
    return None


def _study(reader: Reader) -> Indicator | None:
    start = reader.at
    before = _window(reader)
    for words, id_, output in STUDIES:
        if reader.take(*words.split()):
            values = [before] if before is not None else _numbers(reader)
            made = _indicator(reader, id_, output, values)
            if made is not None and words in {"moving average", "ma", "average"}:
                reader.notes.append(SIMPLE)
            if made is not None:
                return made
            break
    reader.at = start
    return None


def _window(reader: Reader) -> float | None:
    """Read the number of "200-day SMA" and "14 period RSI"; None without one."""
    start = reader.at
    number = reader.number()
    if number is not None:
        reader.skip("-")
        reader.take_any(UNITS)
        reader.skip("-")
        return number
    reader.at = start
    return None


def _numbers(reader: Reader) -> list[float]:
    """Read the numbers of "SMA 200", "SMA(200)" and "MACD 12/26/9"."""
    brackets = reader.take("(")
    found: list[float] = []
    while (number := reader.number()) is not None:
        found.append(number)
        if not reader.take_any((("/",), (",",)) if brackets else (("/",),)):
            break
    if brackets:
        reader.take(")")
    return found


def _indicator(reader: Reader, id_: str, output: str, values: list[float]) -> Indicator | None:
    """Return an indicator; without numbers of its own it has those that were said before."""
    from puffin.factors.catalogue import indicator

    found = indicator(id_)
    names = list(found.Parameters.model_fields)
    if len(values) > len(names):
        return None
    if values:
        settings = dict(zip(names, values, strict=False))
        reader.windows[id_] = settings
    else:
        settings = reader.windows.get(id_, {})
        if settings:
            said = "/".join(f"{each:g}" for each in settings.values())
            reader.notes.append(f"{found.title} without numbers is that with {said}, as before.")
    whole = found.parameters().model_dump()
    parameters: dict[str, Setting] = {
        name: int(value) if isinstance(whole[name], int) and value == int(value) else value
        for name, value in settings.items()
    }
    return Indicator(id=id_, parameters=parameters, output=output)
