"""The rule of technical signals: six signs speak for or against, and the points are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from puffin.ideas.base import Grade, Method, NoIdea, Point
from puffin.ideas.levels import Wanted, idea_or_not
from puffin.ideas.momentum import alignment
from puffin.types import Side

if TYPE_CHECKING:
    from puffin.ideas.base import Idea
    from puffin.ideas.readings import Snapshot

INPUTS: Final = (
    *("close", "rsi", "macd", "upper", "lower", "sma20", "sma50", "sma200", "trend", "fit"),
    *("high10", "low10", "volume_ratio", "atr_percent", "width"),
)
NEEDED: Final = (*INPUTS, "atr")
OVERSOLD, OVERBOUGHT = 30.0, 70.0
LEANING: Final = 2.0  # percent that a trend of 20 days must have made to count
TREND_POINTS: Final = 2.0
POSSIBLE: Final = 8.0  # points, if every sign speaks for one side
ENTRY: Final = 0.002  # away from the close, as a share of it
LEAST: Final = 60.0  # confidence from which there is an idea
SURE, MIDDLING = 80.0, 65.0
MOST: Final = 95.0


def signals(now: Snapshot) -> Idea | NoIdea:
    """Return the idea of the technical signals at one close, or why there is none."""
    inputs = now.inputs(INPUTS)
    missing = now.missing(NEEDED)
    if missing:
        return NoIdea(now.symbol, Method.SIGNALS, missing, inputs)
    points = signs(now)
    balance = sum(each.points for each in points)
    confidence = min(50 + abs(balance) / POSSIBLE * 50, MOST)
    if confidence < LEAST:
        reason = (
            f"The signs come to {balance:+.1f} of {POSSIBLE:g} points, a confidence of "
            f"{confidence:.0f}; {LEAST:.0f} is the least."
        )
        return NoIdea(now.symbol, Method.SIGNALS, reason, inputs)
    side = Side.BUY if balance > 0 else Side.SELL
    close, sign = now["close"], side.sign
    if side is Side.BUY:
        stop = max(now["lower"], now["low10"])
        target = min(now["upper"], now["high10"])
    else:
        stop = min(now["upper"], now["high10"])
        target = max(now["lower"], now["low10"])
    return idea_or_not(
        now,
        Wanted(
            Method.SIGNALS,
            side,
            entry=close * (1 - sign * ENTRY),
            stop=stop,
            target=target,
            confidence=confidence,
            risk=_risk(confidence),
            with_trend=alignment(now).points(side),
            reason=(
                f"The signs come to {balance:+.1f} of {POSSIBLE:g} points: "
                + "; ".join(each.text for each in points if each.points * sign > 0)
                + "."
            ),
            inputs=inputs,
            points=points,
        ),
    )


def signs(now: Snapshot) -> tuple[Point, ...]:
    """Return what each sign says at one close, in points: above zero for buying."""
    close, index = now["close"], now["rsi"]
    return (
        Point(
            "RSI 14",
            2.0 * (index < OVERSOLD) - 2.0 * (index > OVERBOUGHT),
            f"RSI {index:.1f} ({OVERSOLD:g} is oversold, {OVERBOUGHT:g} overbought)",
        ),
        _either("MACD", now["macd"], f"MACD is {_beyond(now['macd'])} its signal"),
        Point(
            "Bollinger bands",
            1.0 * (close <= now["lower"]) - 1.0 * (close >= now["upper"]),
            f"the close is {_in_bands(now)}",
        ),
        _either(
            "SMA 50 and 200",
            now["sma50"] - now["sma200"],
            f"SMA 50 is {_beyond(now['sma50'] - now['sma200'])} SMA 200",
        ),
        _either(
            "SMA 20",
            close - now["sma20"],
            f"the close is {_beyond(close - now['sma20'])} SMA 20",
        ),
        _trend(now),
    )


def _trend(now: Snapshot) -> Point:
    """Return what the trend says: up to two points, the straighter the more."""
    way = (now["trend"] > LEANING) - (now["trend"] < -LEANING)
    text = f"20 days made {now['trend']:+.1f} %, straight by {now['fit']:.2f}"
    return Point("Trend of 20 days", round(way * TREND_POINTS * now["fit"], 2), text)


def _either(title: str, value: float, text: str) -> Point:
    return Point(title, float((value > 0) - (value < 0)), text)


def _beyond(value: float) -> str:
    return "above" if value > 0 else "below" if value < 0 else "at"


def _in_bands(now: Snapshot) -> str:
    if now["close"] <= now["lower"]:
        return "at or below the lower band"
    return "at or above the upper band" if now["close"] >= now["upper"] else "between the bands"


def _risk(confidence: float) -> Grade:
    if confidence >= SURE:
        return Grade.LOW
    return Grade.MEDIUM if confidence >= MIDDLING else Grade.HIGH
