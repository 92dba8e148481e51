"""The leaderboard's columns, and those of the folds of a walk-forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.panels.backtest.metrics import METRICS, tone_of
from puffling.ui.panels.backtest.words import parameter_words
from puffling.ui.tables.columns import Column, number
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.backtest.trials import Objective
    from puffin.backtest.walked import FoldResult
    from puffling.ui.panels.backtest.digest import TrialRow

_FIGURES = ("sharpe", "total_return", "max_drawdown", "trades", "sortino", "calmar", "win_rate")


_WIDTHS = {"sharpe": 66, "total_return": 104, "max_drawdown": 90, "trades": 62}


def _figure(name: str) -> Column[TrialRow]:
    metric = METRICS[name]
    return number(
        name,
        metric.title,
        lambda row: metric.write(row.figure(name)),
        lambda row: row.figure(name),
        tone=lambda row: tone_of(metric, row.figure(name)),
        help_=metric.meaning,
        width=_WIDTHS.get(name, 84),
        hidden=name in {"sortino", "calmar", "win_rate"},
    )


LEADERBOARD: tuple[Column[TrialRow], ...] = (
    number("rank", "#", lambda row: f"{row.rank:,}", lambda row: row.rank, width=46, hidden=True),
    Column(
        "parameters",
        "Parameters",
        lambda row: row.words,
        tip=lambda row: row.trial.error or parameter_words(row.trial.parameters),
        width=190,
    ),
    *(_figure(each) for each in _FIGURES),
    Column(
        "error",
        "Why not",
        lambda row: row.trial.error,
        tone=lambda _: Tone.WARNING,
        tip=lambda row: row.trial.error,
        width=120,
        hidden=True,
    ),
)


def folds(objective: Objective) -> tuple[Column[FoldResult], ...]:
    """Return the columns of a walk-forward's folds."""
    metric = METRICS[objective.value]

    def part(id_: str, title: str, which: str) -> Column[FoldResult]:
        def value(row: FoldResult) -> float | None:
            return objective.of(row.chosen if which == "train" else row.found)

        return number(
            id_,
            f"{objective.label} in {title}",
            lambda row: metric.write(value(row)),
            value,
            tone=lambda row: tone_of(metric, value(row)),
            width=116,
        )

    return (
        number("number", "#", lambda row: str(row.number), lambda row: row.number, width=36),
        Column("test", "Tried in", lambda row: _days(row.test), width=160),
        part("train_value", "train", "train"),
        part("test_value", "test", "test"),
        number(
            "trades",
            "Trades",
            lambda row: formats.number(row.found.get("trades"), places=0),
            lambda row: row.found.get("trades"),
            width=66,
        ),
        Column("train", "Chosen in", lambda row: _days(row.train), width=160),
        Column(
            "parameters",
            "Parameters",
            lambda row: row.reason if row.parameters is None else parameter_words(row.parameters),
            tone=lambda row: Tone.WARNING if row.parameters is None else Tone.MUTED,
            tip=lambda row: row.reason or parameter_words(row.parameters or {}),
            stretch=True,
        ),
    )


def _days(part: tuple[datetime, datetime]) -> str:
    return f"{part[0]:%b %Y} to {part[1]:%b %Y}"
