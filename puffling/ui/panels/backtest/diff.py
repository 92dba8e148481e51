"""Two stored runs side by side: what they were asked, what came of them, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from puffin.errors import PuffinError
from puffling.commands.backtest_words import BacktestWords, words_of
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.services.plans import Plan
from puffling.ui.panels.backtest.metrics import METRICS, MetricRow, tone_of
from puffling.ui.panels.backtest.saved import title
from puffling.ui.tables.columns import Align, Column, Draw
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from puffling.store.backtests import SavedBacktest

_ASKED, _FOUND, _PRINTS = "Asked", "Found", "Fingerprints"
_LATER = {"strategy", "parameters", "symbols", "symbol", "note"}
_SHOWN = 12  # characters of a fingerprint


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: a topic, what each run says, and for figures how far they are apart."""

    group: str
    topic: str
    first: str
    second: str
    apart: str = ""
    tone: str = Tone.MUTED

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.first == self.second


DIFFERENCES: tuple[Column[Difference], ...] = (
    Column("group", "", lambda row: row.group, tone=lambda _: Tone.FAINT, width=92),
    Column("topic", "Topic", lambda row: row.topic, draw=Draw.STRONG, width=170),
    Column("first", "Older run", lambda row: row.first, tip=lambda row: row.first, width=180),
    Column("second", "Newer run", lambda row: row.second, tip=lambda row: row.second, width=180),
    Column("apart", "Change", lambda row: row.apart, Align.RIGHT, tone=lambda row: row.tone),
)


def differences(one: SavedBacktest, other: SavedBacktest) -> list[Difference]:
    """Return what two runs differ in; the older one comes first."""
    first, second = sorted((one, other), key=lambda each: each.created_at)
    found = [
        *_asked(first, second),
        *_metrics(first, second),
        Difference(_PRINTS, "Settings", first.config_hash[:_SHOWN], second.config_hash[:_SHOWN]),
        Difference(_PRINTS, "Prices", first.data_hash[:_SHOWN], second.data_hash[:_SHOWN]),
    ]
    return [each for each in found if not each.same]


def sentence(one: SavedBacktest, other: SavedBacktest) -> str:
    """Return in a sentence how two runs relate."""
    if one.config_hash == other.config_hash and one.data_hash == other.data_hash:
        return "The same run: strategy, assumptions and prices have the same fingerprints."
    if one.data_hash == other.data_hash:
        return "The same prices, asked differently."
    if one.config_hash == other.config_hash:
        return "The same question, asked of other prices."
    return "Both the question and the prices differ."


def _asked(first: SavedBacktest, second: SavedBacktest) -> Iterator[Difference]:
    yield Difference(_ASKED, "Strategy", title(first), title(second))
    yield Difference(_ASKED, "Symbols", first.symbol, second.symbol)
    for name in dict.fromkeys([*first.parameters, *second.parameters]):
        yield Difference(
            _ASKED,
            name.replace("_", " ").capitalize(),
            _said(first.parameters.get(name)),
            _said(second.parameters.get(name)),
        )
    before, after = _words(first), _words(second)
    for name, about in BacktestWords.model_fields.items():
        if name in _LATER or not (name in before or name in after):
            continue
        topic = about.title or name.replace("_", " ").capitalize()
        yield Difference(_ASKED, topic, _said(before.get(name)), _said(after.get(name)))


def _metrics(first: SavedBacktest, second: SavedBacktest) -> Iterator[Difference]:
    for name in METRICS:
        before, after = first.metrics.get(name), second.metrics.get(name)
        if before is None and after is None:
            continue
        metric = MetricRow(name, before).metric
        apart = None if before is None or after is None else after - before
        yield Difference(
            _FOUND,
            metric.title,
            metric.write(before),
            metric.write(after),
            metric.write(apart) if apart is not None else "",
            tone_of(metric, apart) if metric.signed else Tone.TEXT,
        )


def _words(run: SavedBacktest) -> dict[str, Any]:
    if run.plan is None:
        return {}
    try:
        return words_of(Plan.from_dict(run.plan))
    except (PuffinError, PufflingError):
        return {}


def _said(value: object) -> str:
    if value is None or value == "":
        return formats.UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(getattr(value, "label", value))
