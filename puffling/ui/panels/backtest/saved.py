"""The tables of runs and searches that were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.panels.backtest.metrics import METRICS, tone_of
from puffling.ui.panels.backtest.words import parameter_words, title_of
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.store.backtests import SavedBacktest
    from puffling.store.searches import SavedSearch


GRADES = {
    "red": ("Fails", Tone.DANGER),
    "amber": ("With care", Tone.WARNING),
    "green": ("Believable", Tone.SUCCESS),
    "grey": ("No verdict", Tone.FAINT),
}


def title(run: SavedBacktest) -> str:
    """Return the strategy's title, as it was when it ran."""
    plan = run.plan or {}
    return str(plan.get("spec", {}).get("title") or title_of(run.strategy_id))


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
    Column("strategy", "Strategy", title, width=150),
    Column("symbol", "Symbols", lambda run: run.symbol, draw=Draw.STRONG, width=80),
    Column(
        "grade",
        "Verdict",
        lambda run: GRADES.get(run.grade, ("Not checked", Tone.FAINT))[0],
        tone=lambda run: GRADES.get(run.grade, ("", Tone.FAINT))[1],
        help="What the checks say of it: open the result for their reasons",
        draw=Draw.DOT,
        width=104,
    ),
    *(_saved_metric(each) for each in ("total_return", "sharpe", "max_drawdown", "trades")),
    Column(
        "parameters",
        "Parameters",
        lambda run: parameter_words(run.parameters),
        tone=lambda _: Tone.MUTED,
        tip=lambda run: parameter_words(run.parameters),
        width=230,
    ),
    Column("note", "Note", lambda run: run.note, tip=lambda run: run.note, width=140, own=True),
    Column(
        "config",
        "Settings",
        lambda run: run.config_hash[:12],
        tone=lambda _: Tone.FAINT,
        help="Fingerprint of strategy and assumptions: the same one is the same question",
        width=110,
    ),
    Column(
        "data",
        "Prices",
        lambda run: run.data_hash[:12],
        tone=lambda _: Tone.FAINT,
        help="Fingerprint of the prices: the same one is the same data",
        width=110,
        hidden=True,
    ),
)


def _best(run: SavedSearch) -> str:
    if run.best is None:
        return ""
    return parameter_words(run.best.get("parameters", {}))


STATES = {
    "running": ("Running", Tone.ACCENT),
    "done": ("Done", Tone.SUCCESS),
    "stopped": ("Stopped", Tone.WARNING),
    "failed": ("Failed", Tone.DANGER),
    "interrupted": ("Interrupted", Tone.WARNING),
}
SEARCHES: tuple[Column[SavedSearch], ...] = (
    Column(
        "created",
        "Started",
        lambda run: formats.moment(run.created_at),
        sort=lambda run: run.created_at,
        width=168,
    ),
    Column("title", "Search", lambda run: run.title, draw=Draw.STRONG, width=240),
    Column(
        "state",
        "State",
        lambda run: STATES[run.state.value][0],
        tone=lambda run: STATES[run.state.value][1],
        tip=lambda run: run.message,
        draw=Draw.DOT,
        width=104,
    ),
    number("done", "Tried", lambda run: f"{run.done:,}", lambda run: run.done, width=72),
    Column("best", "Best so far", _best, tone=lambda _: Tone.MUTED, tip=_best, stretch=True),
)
