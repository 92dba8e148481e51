"""What descriptions compare: numbers, prices, the volume and indicators with their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from puffin.strategies.spoken_words import TIMES
from puffin.strategies.terms import MOST_AGO, Combined, Indicator, Number, Price, TimeOf, Volume

if TYPE_CHECKING:
    from puffin.strategies.parts import Setting
    from puffin.strategies.spoken_words import Reader
    from puffin.strategies.terms import Operand

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
    ("middle band", "bollinger", "middle"),
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
    ("stochastic signal", "stochastic", "signal"),
    ("stochastic % k", "stochastic", "value"),
    ("stochastic % d", "stochastic", "signal"),
    ("% k", "stochastic", "value"),
    ("% d", "stochastic", "signal"),
    ("stochastic", "stochastic", ""),
    ("commodity channel index", "cci", ""),
    ("+ di", "plus_di", ""),
    ("plus di", "plus_di", ""),
    ("- di", "minus_di", ""),
    ("minus di", "minus_di", ""),
    ("williams % r", "williams", ""),
    ("williams", "williams", ""),
    ("vwap", "vwap", ""),
)
HIGHEST: Final = (
    (("highest", "high"), "high"),
    (("highest", "price"), "high"),
    (("lowest", "low"), "low"),
    (("lowest", "price"), "low"),
)
UNITS: Final = (
    *(("days",), ("day",), ("bars",), ("bar",), ("periods",), ("period",)),
    *(("sessions",), ("session",)),
)
WEEKS: Final = (("weeks",), ("week",))
YEAR: Final = (52, 252)  # weeks, and the trading days in them
WEEK: Final = 5
# Indicators that are prices: what they are compared with has to be one too.
PRICED: Final = frozenset(
    {"sma", "ema", "wma", "hull", "bollinger", "donchian", "vwap", "supertrend", "keltner"}
)
DIRECTED: Final = frozenset({"adx", "plus_di", "minus_di"})
PRICE, VOLUME = "a price", "a volume"


def matched(left: Operand, right: Operand, reader: Reader) -> Operand | None:
    """Return `right` as it can be compared with `left`; None where that makes no sense.

    The average that a volume is compared with is the volume's own.
    """
    of, to = _unit(left), _unit(right)
    if of is None or to is None or of == to:
        return right
    if of == VOLUME:
        inner = right.left if isinstance(right, Combined) else right
        if isinstance(inner, Indicator) and inner.id == "sma":
            own = inner.model_copy(update={"id": "volume_average"})
            return right.model_copy(update={"left": own}) if isinstance(right, Combined) else own
    reader.hint(f"{of[:1].upper()}{of[1:]} cannot be compared with {to}.")
    return None


def _unit(thing: Operand) -> str | None:
    """Return what a thing is measured in; None for what fits with all."""
    if isinstance(thing, Combined):
        return _unit(thing.left)
    if isinstance(thing, Number | TimeOf):
        return None
    if isinstance(thing, Volume) or (isinstance(thing, Indicator) and thing.id == "volume_average"):
        return VOLUME
    if isinstance(thing, Price) or thing.id in PRICED:
        return PRICE
    from puffin.factors.catalogue import indicator

    return "a directional index" if thing.id in DIRECTED else f"the {indicator(thing.id).title}"


def operand(reader: Reader) -> Operand | None:
    """Read a number, a price, the volume or an indicator, with how long ago it is meant."""
    reader.skip("the", "its", "a", "an", "today's", "current", "daily")
    start = reader.at
    ago = 1 if reader.take_any((("yesterday's",), ("previous", "day's"), ("previous",))) else 0
    found = times(reader) or extreme(reader) or _thing(reader)
    if found is None:
        reader.at = start
        number = None if ago else _level(reader)
        return None if number is None else Number(value=number)
    ago = _ago(reader) or ago
    if ago and not isinstance(found, Number | Combined):
        if ago > MOST_AGO or found.ago:
            return None
        found = found.model_copy(update={"ago": ago})
    return found


def _level(reader: Reader) -> float | None:
    """Read a number, one below zero too, and what people say it is of."""
    start = reader.at
    sign = -1.0 if reader.take("-") and reader.peek()[:1].isdigit() else 1.0
    reader.take("$")
    number = reader.number()
    if number is None:
        reader.at = start
        return None
    reader.take_any((("%",), ("percent",), ("dollars",), ("$",), ("shares",)))
    return sign * number


def _ago(reader: Reader) -> int:
    start = reader.at
    number = reader.number()
    if number is not None and reader.take_any(UNITS) and reader.take("ago"):
        return int(number)
    reader.at = start
    return 0


def times(reader: Reader) -> Operand | None:
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
    thing = extreme(reader) or _thing(reader)
    if thing is None:
        reader.at = start
        return None
    return Combined(sum="*", left=thing, right=Number(value=factor))


def extreme(reader: Reader) -> Indicator | None:
    """Read "20-day high" and "the lowest low of the last 20 days": of the bars before this one."""
    start = reader.at
    for words, word in HIGHEST:
        if reader.take(*words):
            reader.skip("of", "in", "over", "the", "last", "past", "previous", "prior")
            days = days_of(reader)
            if days is not None:
                return _channel(reader, days, word)
    reader.at = start
    days = days_of(reader)
    if days is not None:
        for word in ("high", "low"):
            if reader.take(word):
                return _channel(reader, days, word)
    reader.at = start
    return None


def days_of(reader: Reader) -> int | None:
    """Read "20 days" and "52-week" as a number of bars."""
    start = reader.at
    number = reader.number()
    if number is not None and number == int(number) and number >= 1:
        reader.skip("-")
        if reader.take_any(UNITS):
            return int(number)
        if reader.take_any(WEEKS):
            days = YEAR[1] if number == YEAR[0] else int(number) * WEEK
            reader.notes.append(f"{int(number)} weeks are taken as {days} bars of a day.")
            return days
    reader.at = start
    return None


def _channel(reader: Reader, days: int, word: str) -> Indicator:
    reader.notes.append(f"The {days}-day {word} is that of the {days} bars before.")
    values: dict[str, Any] = {"window": days}
    output = "upper" if word == "high" else "lower"
    return Indicator(id="donchian", parameters=values, output=output, ago=1)


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
