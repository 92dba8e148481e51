"""Metrics as a table shows them."""

from __future__ import annotations

from dataclasses import dataclass

from puffling.services.metric_words import KEY_METRICS, METRICS, Metric, metric_of
from puffling.ui.tables.columns import Column, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

__all__ = ["KEY_METRICS", "METRICS", "METRIC_COLUMNS", "Metric", "MetricRow", "tone_of"]


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One line of the table of metrics."""

    id: str
    value: float | None

    @property
    def metric(self) -> Metric:
        """Its words; a metric nobody described here is shown by its name."""
        return metric_of(self.id)


def tone_of(metric: Metric, value: float | None) -> str:
    """Return the colour of a metric's value."""
    return Theme.sign_tone(value) if metric.signed else Tone.TEXT


METRIC_COLUMNS: tuple[Column[MetricRow], ...] = (
    Column("name", "Metric", lambda row: row.metric.title, width=130),
    number(
        "value",
        "Value",
        lambda row: row.metric.write(row.value),
        lambda row: row.value,
        tone=lambda row: tone_of(row.metric, row.value),
        width=110,
    ),
    Column(
        "meaning",
        "What it is",
        lambda row: row.metric.meaning,
        tone=lambda _: Tone.MUTED,
        tip=lambda row: row.metric.meaning,
        stretch=True,
    ),
)
