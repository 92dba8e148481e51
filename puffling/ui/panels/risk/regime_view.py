"""In which kind of market the linked symbol is, by thresholds and by likeness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from puffin.errors import CancelledError, PuffinError
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.ui.panels.risk.work import Work
from puffling.ui.tables.columns import Column, Draw
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.factors.clusters import ClusterView
    from puffin.factors.regimes import Change, Regimes
    from puffling.services.research import ResearchService
    from puffling.ui.panel import PanelWidget

_CHANGES = 200
_STRIP = (
    ("volatility", "Volatility"),
    ("ratio", "Against usual"),
    ("trend", "Trend"),
    ("cluster", "By likeness"),
)
CHANGES: tuple[Column[Change], ...] = (
    Column(
        "time", "When", lambda each: formats.day(each.time), sort=lambda each: each.row, width=104
    ),
    Column(
        "after", "Became", lambda each: str(each.after).capitalize(), draw=Draw.STRONG, width=130
    ),
    Column(
        "text",
        "Why",
        lambda each: each.text,
        tip=lambda each: each.text,
        width=520,
        tone=lambda _: Tone.MUTED,
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Both views of one symbol; the second may be missing, with a reason."""

    symbol: str
    regimes: Regimes
    clusters: ClusterView | None
    why_not: str


def both(research: ResearchService, symbol: str, progress: Callable[[float], None]) -> Views:
    """Return both views; blocks.

    Raises:
        DataError: There are too few prices; it says how many there are and are needed.
    """
    found = research.regime(symbol)
    progress(0.2)
    try:
        return Views(symbol, found, research.clusters(symbol, progress), "")
    except CancelledError:
        raise
    except (PuffinError, PufflingError) as error:
        return Views(symbol, found, None, f"{error} {error.hint}".strip())


class RegimeView(QWidget):
    """Reads the regimes of a symbol when asked, in a job."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._research = owner.parts.context.research
        theme = owner.parts.theme
        self.symbol = ""
        self.found: Views | None = None
        self.strip = KeyValueStrip(theme, _STRIP)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "caption")
        self.model: RecordModel[Change] = RecordModel(
            CHANGES, lambda each: f"{each.row} {each.after}", self
        )
        self.view = RecordView(
            theme, self.model, name="Changes of regime", empty="The regime never changed."
        )
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(*[theme.px(8)] * 4)
        column.setSpacing(theme.px(6))
        for each in (self.strip, self.words):
            column.addWidget(each)
        column.addWidget(self.view, 1)
        self.states = StateStack(theme, content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.states)
        self.work = Work(owner)
        self.work.tell(self.states)
        self.work.finished.connect(self.show_views)
        self.work.gone.connect(self._after)
        self.states.acted.connect(self.start)
        self.states.retried.connect(self.start)

    def follow(self, symbol: str) -> None:
        """Speak of this symbol from now on."""
        if symbol == self.symbol:
            return
        self.symbol, self.found = symbol, None
        self.work.cancel()
        self._after()

    def start(self) -> None:
        """Read both views."""
        if self.symbol:
            symbol = self.symbol
            self.work.start(
                f"Regime of {symbol}", lambda progress: both(self._research, symbol, progress)
            )

    def show_views(self, found: Views) -> None:
        """Show what was read."""
        if found.symbol != self.symbol:
            return
        self.found = found
        regimes, clusters = found.regimes, found.clusters
        wild, lean = regimes.volatility_now, regimes.trend_now
        ratio = float(regimes.ratio[-1])
        self.strip.show_value("volatility", _said(wild).replace(" volatility", ""))
        self.strip.show_value(
            "ratio",
            formats.UNKNOWN if ratio != ratio else f"{ratio:.2f} times",  # noqa: PLR0124 - NaN
            tip="Deviation of the last 20 returns over that of the last 60",
        )
        trend = Tone.UP if lean == "up" else Tone.DOWN if lean == "down" else Tone.MUTED
        self.strip.show_value("trend", _said(lean), trend)
        self.strip.show_value("cluster", _said(None if clusters is None else clusters.now))
        if clusters is None:
            self.words.setText(f"By likeness: {found.why_not}")
        else:
            days = (formats.day(clusters.model.first), formats.day(clusters.model.last))
            self.words.setText(
                f"By likeness: four groups of days, learned from {clusters.model.bars:,} bars "
                f"({days[0]} to {days[1]}). A view, not a signal."
            )
        self.model.reset(reversed(regimes.changes[-_CHANGES:]))
        self.states.show_content()

    def _after(self) -> None:
        if self.found is not None:
            self.states.show_content()
        elif self.symbol:
            self.states.show_empty(
                f"How wild is {self.symbol} against usual, and which way does it lean?",
                "Read the regime",
                "wave",
            )
        else:
            self.states.show_empty("Choose a symbol to see its regime.", icon="wave")


def _said(value: object) -> str:
    return formats.UNKNOWN if value is None else str(value).capitalize()
