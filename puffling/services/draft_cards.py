"""A draft of a strategy: its rules in words, what it changes, and what the past made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """A backtest that is not stored.

    `equity` is what 1.00 became, thinned to a few hundred points; `times` belong to it.
    """

    symbol: str
    verdict: str  # the sentence on whether to believe it
    grade: str
    first: datetime
    last: datetime
    bars: int
    trades: int
    metrics: Mapping[str, float | None]
    assumptions: Mapping[str, Any]
    times: tuple[datetime, ...]
    equity: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules that fit the strict form, not saved.

    Attributes:
        name: What it is called.
        words: What it does, sentence by sentence.
        compared_with: The saved strategy it is compared with; empty for none.
        changes: What is different from it, sentence by sentence.
        why: Why there is no backtest.
        trial: The backtest; None if there is none, and `why` says why.
        rules: The document, as strategy.save takes it.
    """

    name: str
    words: tuple[str, ...]
    compared_with: str
    changes: tuple[str, ...]
    why: str
    trial: Trial | None
    rules: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of a description.

    Attributes:
        text: What was said.
        by: Who read it: "Grammar", or a model's name.
        not_understood: The words that no rule came of, as they were said.
        notes: What was assumed, and what is missing, in sentences.
        draft: The rules; None if there is no rule for entering among what was understood.
    """

    text: str
    by: str
    not_understood: tuple[str, ...]
    notes: tuple[str, ...]
    draft: Draft | None
