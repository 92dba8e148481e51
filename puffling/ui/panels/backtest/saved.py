"""The table of runs that were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.panels.backtest.metrics import METRICS, tone_of
from puffling.ui.panels.backtest.words import parameter_words, title_of
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.store.backtests import SavedBacktest


def _saved_metric(id_: str) -> Column[SavedBacktest]:
    metric = METRICS[id_]
    return number(
        id_,
        metric.title,
        lambda run: metric.write(run.metrics.get(id_)),
        lambda run: run.metrics.get(id_),
        tone=lambda run: tone_of(metric, run.metrics.get(id_)),
        help_=metric.meaning,
        width=84,
    )


HISTORY: tuple[Column[SavedBacktest], ...] = (
    Column(
        "created",
        "Run at",
        lambda run: formats.moment(run.created_at),
        sort=lambda run: run.created_at,
        width=168,
    ),
    Column("strategy", "Strategy", lambda run: title_of(run.strategy_id), width=130),
    Column("symbol", "Symbol", lambda run: run.symbol, draw=Draw.STRONG, width=72),
    *(_saved_metric(each) for each in ("total_return", "sharpe", "max_drawdown", "trades")),
    Column(
        "parameters",
        "Parameters",
        lambda run: parameter_words(run.parameters),
        tone=lambda _: Tone.MUTED,
        tip=lambda run: parameter_words(run.parameters),
        stretch=True,
    ),
    Column("note", "Note", lambda run: run.note, width=120, hidden=True),
)
