"""Strategies, parameters and times in words."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffin.strategies.registry import STRATEGIES
from puffling.core import formats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_TITLES = {each.id: each.title for each in STRATEGIES}


def bar_time(at: datetime | None, *, intraday: bool) -> str:
    """Return a bar's time: a date for daily bars, which lie at midnight UTC."""
    if intraday:
        return formats.moment(at, zone=EXCHANGE)
    return formats.day(at, zone=UTC)


def title_of(strategy_id: str) -> str:
    """Return a strategy's title; its id if it is not there any more."""
    return _TITLES.get(strategy_id, strategy_id)


def parameter_title(name: str) -> str:
    """Return a parameter's name as words: "Long", "Average" for "ma"."""
    return "Average" if name == "ma" else name.replace("_", " ").capitalize()


def parameter_words(parameters: Mapping[str, object]) -> str:
    """Return parameters in one line: "short 20, long 50, SMA, long only"."""
    words = []
    for name, value in parameters.items():
        title = name.replace("_", " ")
        if isinstance(value, bool):
            words.append(title if value else f"not {title}")
        elif name == "ma":
            words.append(str(value).upper())
        elif isinstance(value, float):
            words.append(f"{title} {value:g}")
        else:
            words.append(f"{title} {value}")
    return ", ".join(words)
