"""Facts about one symbol: worked out from its prices, each with where it comes from and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin import measures
from puffin.errors import NoDataError
from puffin.ideas.momentum import Alignment, alignment
from puffin.ideas.readings import TITLES, price_text, reading_text, readings_of
from puffling.core import formats
from puffling.services.analysis_facts import Analysis, Chapter, Fact, missing, sentences_of
from puffling.services.news import sentiment_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.data.bars import Bars
    from puffin.ideas.readings import Snapshot
    from puffin.types import Quote
    from puffling.services.news_cards import News
    from puffling.services.positions import PositionRow

YEAR: Final = 252
LEVEL_DAYS: Final = 60  # in which turning points are looked for
TURN: Final = 3  # days on either side that a turning point stands out from
SPANS: Final = ((5, "5 days"), (20, "20 days"), (60, "60 days"), (252, "252 days"))
ALIGNED: Final = {
    Alignment.UP: "up: the close is above SMA 20, 50 and 200, in this order",
    Alignment.MIXED_UP: "up, mixed: the close is above SMA 20 and 50, SMA 200 does not agree",
    Alignment.NEITHER: "neither: the close and its averages are not in order",
    Alignment.MIXED_DOWN: "down, mixed: the close is below SMA 20 and 50, SMA 200 does not agree",
    Alignment.DOWN: "down: the close is below SMA 20, 50 and 200, in this order",
}


SETTLED: Final = 201  # days from which every number is known, unless the prices stood still
STILL: Final = {
    "rsi": "the close has not moved",
    "volume_ratio": "nothing was traded in the 20 days before",
}
STILL_NOT: Final = "these prices do not tell"


@dataclass(frozen=True, slots=True)
class SymbolAsked:
    """What the desk knows of a symbol; read on the loop's thread."""

    symbol: str
    at: datetime
    quote: Quote | None
    row: PositionRow | None
    alerts: tuple[str, ...]


def analyse(asked: SymbolAsked, raw: Bars, source: str, news: News) -> Analysis:
    """Return the facts about a symbol at its last close, and the sentences they make."""
    told = _Told(source, raw.last)
    readings = readings_of(raw)
    now, bars = readings.at(-1), readings.bars
    chapters = (
        _price(asked, now, bars, told),
        _trend(now, told),
        _momentum(now, bars, told),
        _volatility(now, bars, told),
        _levels(now, bars, told),
        _volume(now, told),
        _position(asked),
        _news(news),
    )
    return Analysis(
        asked.symbol,
        asked.at,
        sentences_of(chapters, SENTENCES),
        chapters,
        (
            _made_from(raw),
            "Facts and fixed rules, not advice.",
        ),
        tuple(f"{each.title} ({each.source or 'unnamed source'})" for each in news.headlines),
    )


def _made_from(raw: Bars) -> str:
    days = f"{len(raw):,} {'day' if len(raw) == 1 else 'days'} of prices"
    if raw.adjusted_close is None and not raw.adjusted:
        return f"Worked out from {days} as they are: no splits and dividends are known."
    return f"Worked out from {days}, adjusted for splits and dividends."


@dataclass(frozen=True, slots=True)
class _Told:
    """Makes facts that share a source and a time."""

    source: str
    at: datetime

    def __call__(self, id_: str, title: str, value: float | str | None, text: str) -> Fact:
        if value is None or (isinstance(value, float) and not np.isfinite(value)):
            return missing(id_, title, text if value is None else "not enough days", self.source)
        return Fact(id_, title, value, text, self.source, self.at)

    def reading(self, now: Snapshot, name: str) -> Fact:
        value = now[name]
        if not np.isfinite(value) and now.bars >= SETTLED:
            return missing(name, TITLES[name][0], STILL.get(name, STILL_NOT), self.source)
        return self(name, TITLES[name][0], value, reading_text(name, value))


def _price(asked: SymbolAsked, now: Snapshot, bars: Bars, told: _Told) -> Chapter:
    close, year = bars.close, bars.tail(YEAR)
    high, low = float(np.max(year.high)), float(np.min(year.low))
    span = (now["close"] - low) / (high - low) if high > low else None
    facts = [
        told("close", "Close", now["close"], f"{price_text(now['close'])} on {now.day}"),
        told.reading(now, "day"),
        told("high_year", f"Highest of {len(year)} days", high, price_text(high)),
        told("low_year", f"Lowest of {len(year)} days", low, price_text(low)),
        told(
            "place_in_range",
            "Place between the two",
            span,
            "they are the same" if span is None else f"{span:.0%} of the way up",
        ),
        told("drawdown", "Below the highest close", _below(close), f"{_below(close):.1%}"),
        told("max_drawdown", f"Deepest fall in {len(year)} days", *_deepest(year.close)),
    ]
    if asked.quote is None:
        facts.append(missing("quote", "Price now", "no quote", "quotes"))
    else:
        last = float(asked.quote.last)
        facts.append(Fact("quote", "Price now", last, price_text(last), "quotes", asked.quote.at))
    return Chapter("price", "Price", tuple(facts))


def _below(close: measures.Floats) -> float:
    return float(close[-1] / np.max(close) - 1)


def _deepest(close: measures.Floats) -> tuple[float | None, str]:
    found = measures.max_drawdown(close)
    return found, "not known" if found is None else f"{found:.1%}"


def _trend(now: Snapshot, told: _Told) -> Chapter:
    known = not now.missing(("sma20", "sma50", "sma200"))
    stand = ALIGNED[alignment(now)] if known else None
    why = "the averages are not all known yet"
    return Chapter(
        "trend",
        "Trend",
        (
            told("alignment", "Averages", stand, stand or why),
            *(told.reading(now, each) for each in ("sma20", "sma50", "sma200", "d20")),
            told.reading(now, "trend"),
            told.reading(now, "fit"),
        ),
    )


def _momentum(now: Snapshot, bars: Bars, told: _Told) -> Chapter:
    facts = [told.reading(now, "rsi"), told.reading(now, "macd")]
    for days, words in SPANS:
        made = float(bars.close[-1] / bars.close[-1 - days] - 1) if len(bars) > days else None
        why = _there_are(len(bars))
        facts.append(
            told(
                f"return_{days}",
                f"Return of {words}",
                made,
                why if made is None else f"{made:+.1%}",
            )
        )
    return Chapter("momentum", "Momentum", tuple(facts))


def _volatility(now: Snapshot, bars: Bars, told: _Told) -> Chapter:
    from puffin.factors.regimes import regimes

    facts = [told.reading(now, each) for each in ("atr", "atr_percent", "width")]
    for days in (20, 60):
        moves = np.diff(np.log(bars.close[-days - 1 :]))
        yearly = float(np.std(moves, ddof=1) * np.sqrt(YEAR)) if len(moves) == days else None
        text = _there_are(len(bars)) if yearly is None else f"{yearly:.1%} a year"
        facts.append(told(f"volatility_{days}", f"Volatility of {days} days", yearly, text))
    known = not now.missing(("width", "atr_percent"))
    grade = now.volatility.value if known else None
    facts.append(told("class", "How much it moves", grade, grade or "not known yet"))
    try:
        found = regimes(bars)
    except NoDataError as error:
        facts.append(missing("regime", "Regime", str(error), told.source))
    else:
        wild, lean = found.volatility_now, found.trend_now
        words = f"{wild or 'volatility not known'}, trend {lean or 'not known'}"
        known = wild is not None or lean is not None
        facts.append(told("regime", "Regime", words if known else None, words))
    return Chapter("volatility", "Volatility", tuple(facts))


def _there_are(days: int) -> str:
    return f"there {'is 1 day' if days == 1 else f'are {days:,} days'}"


def _levels(now: Snapshot, bars: Bars, told: _Told) -> Chapter:
    recent = bars.tail(LEVEL_DAYS)
    close = now["close"]
    lows = [each for each in _turns(recent.low, np.min) if each < close]
    highs = [each for each in _turns(recent.high, np.max) if each > close]
    return Chapter(
        "levels",
        "Support and resistance",
        (
            _level("support", "Support", max(lows, default=None), (lows, now, told)),
            _level("resistance", "Resistance", min(highs, default=None), (highs, now, told)),
        ),
    )


def _turns(values: measures.Floats, best: Callable[[measures.Floats], float]) -> list[float]:
    """Return the values that stand out from three days before and after them."""
    return [
        float(values[at])
        for at in range(TURN, len(values) - TURN)
        if values[at] == best(values[at - TURN : at + TURN + 1])
        and values[at] not in values[at - TURN : at]  # the same price again is the same turn
    ]


def _level(
    id_: str, title: str, level: float | None, known: tuple[list[float], Snapshot, _Told]
) -> Fact:
    turns, now, told = known
    if level is None:
        side = "below" if id_ == "support" else "above"
        return missing(id_, title, f"no turning point {side} in {LEVEL_DAYS} days", told.source)
    reach = now["atr"] / 2
    touched = sum(abs(each - level) <= reach for each in turns)
    times = {1: "once", 2: "twice"}.get(touched, f"{touched} times")
    return told(
        id_, title, level, f"{price_text(level)}, turned there {times} in {LEVEL_DAYS} days"
    )


def _volume(now: Snapshot, told: _Told) -> Chapter:
    known = not now.missing(("volume_ratio",))
    grade = now.volume.value if known else None
    return Chapter(
        "volume",
        "Volume",
        (
            told.reading(now, "volume_ratio"),
            told("busy", "How busy the day was", grade, grade or "not known"),
        ),
    )


def _position(asked: SymbolAsked) -> Chapter:
    row, source = asked.row, "your account"
    if row is None:
        facts = [Fact("held", "Held", 0.0, "none", source, asked.at)]
    else:
        held = row.position
        facts = [
            Fact("held", "Held", float(held.quantity), f"{held.quantity:,f}", source, asked.at),
            Fact(
                "cost",
                "Average cost",
                float(held.average_cost),
                formats.price(held.average_cost),
                source,
                asked.at,
            ),
        ]
        for id_, title, value, text in (
            ("profit", "Not yet taken", row.unrealised, formats.money(row.unrealised, sign=True)),
            ("weight", "Share of equity", row.weight, formats.percent(row.weight)),
        ):
            facts.append(
                missing(id_, title, _why_not(row), source)
                if value is None
                else Fact(id_, title, float(value), text, source, row.at)
            )
    alerts = "; ".join(asked.alerts) or "none"
    facts.append(Fact("alerts", "Alerts", alerts, alerts, "your alerts", asked.at))
    return Chapter("position", "Your position", tuple(facts))


def _why_not(row: PositionRow) -> str:
    return "no quote" if row.last is None else "the equity is not known, or nothing"


def _news(news: News) -> Chapter:
    if not news.headlines:
        return Chapter("news", "News", (missing("mood", "Mood", news.note, news.source),))
    mood = news.mood
    facts = [
        missing("mood", "Mood", mood.text if mood else news.note, news.source)
        if mood is None or mood.score is None
        else Fact("mood", "Mood", mood.score, mood.text, news.source, mood.newest)
    ]
    facts += [
        Fact(
            f"headline_{number}",
            f"Headline {number}",
            each.sentiment.label.value,
            sentiment_words(each.sentiment),
            each.source or news.source,
            each.published,
        )
        for number, each in enumerate(news.headlines[:5], start=1)
    ]
    return Chapter("news", "News", tuple(facts))


# What is told, with the facts it takes; a sentence is left out while one of them is not known.
SENTENCES: Final = (
    "Close {close}.",
    "Change of the day {day}.",
    "Averages: {alignment}.",
    "RSI {rsi}.",
    "Trend of 20 days {trend}.",
    "It moves by {atr_percent} a day: {class}.",
    "Regime: {regime}.",
    "Support: {support}.",
    "Resistance: {resistance}.",
    "{drawdown} from its highest close.",
    "Volume {volume_ratio}: {busy}.",
    "Held: {held}.",
    "News: {mood}",
)
