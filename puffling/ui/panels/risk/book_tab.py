"""The Portfolio tab: what the book may lose, what moves together, and what a crisis would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.core.errors import BadValueError
from puffling.services.periods import Period
from puffling.services.portfolio_risk import check_weights
from puffling.ui.charts import loading
from puffling.ui.panels.risk.book_columns import (
    POSITIONS,
    TAILS,
    TESTS,
    position_rows,
    tail_rows,
    test_rows,
)
from puffling.ui.panels.risk.book_words import BookWords, Source, pairs, text_of
from puffling.ui.panels.risk.crises import Crises
from puffling.ui.panels.risk.faces import Faces
from puffling.ui.panels.risk.lead import Lead
from puffling.ui.panels.risk.sheet import Part, Sheet
from puffling.ui.panels.risk.work import Work
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.services.portfolio_risk import PortfolioRisk
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.risk.book_columns import (
        PositionRow,
        TailRow,
        TestRow,
    )
    from puffling.ui.panels.risk.correlation_map import CorrelationMap

TITLE = "Portfolio risk"
_STRIP = (
    ("volatility", "Volatility a year"),
    ("beta", "Beta"),
    ("drawdown", "Worst drawdown"),
    ("hhi", "HHI"),
    ("top", "Top 5"),
    ("effective", "Counts as"),
    ("correlation", "Mean correlation"),
    ("exposure", "Gross"),
)
_CROWDED = 0.25  # above this Herfindahl index a book hangs on few names
_ASK = "What may this book lose on a bad day, and what would a crisis cost it?"


class BookTab(QWidget):
    """Measures what is held, or weights that are typed."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, self._parts = owner, owner.parts
        theme = owner.parts.theme
        self.risk: PortfolioRisk | None = None
        self.sheet = Sheet(
            theme,
            BookWords,
            (
                Part(("source",)),
                Part(("weights",), matters=lambda values: values.get("source") is Source.TYPED),
                Part(("market", "start", "end")),
            ),
        )
        self.button = QPushButton("Measure")
        self.button.setToolTip("Measure the risk of the book (F5)")
        theme.set_role(self.button, "primary")
        self.strip = KeyValueStrip(theme, _STRIP)
        self.words = QLabel()
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        self.tails: RecordModel[TailRow] = RecordModel(TAILS, lambda row: row.title, self)
        self.positions: RecordModel[PositionRow] = RecordModel(
            POSITIONS, lambda row: row.symbol, self
        )
        self.tests: RecordModel[TestRow] = RecordModel(
            TESTS, lambda row: f"{row.title} {row.level}", self
        )
        self.views = {
            "tails": RecordView(theme, self.tails, name="Value at risk and shortfall"),
            "positions": RecordView(theme, self.positions, name="Positions and their risk"),
            "tests": RecordView(
                theme,
                self.tests,
                name="Tried on the past",
                empty="The past is too short to try the estimates on.",
            ),
        }
        self.map: CorrelationMap | None = None  # built with the first book
        self._map_page = QWidget()
        self._map_words = QLabel()
        self._map_words.setWordWrap(True)
        theme.set_role(self._map_words, "muted")
        self.crises = Crises(theme)
        self.lead = self._results()
        self.states = StateStack(theme, self.lead)
        self.faces = Faces(theme, self.sheet, self.button, self.states)
        self.work = Work(owner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.faces)
        self._connect()
        self.states.show_empty(_ASK, "Measure", "wallet")

    def start(self) -> None:
        """Measure, in a job."""
        if not self.sheet.check():
            self.faces.show_asked()
            return
        asked = BookWords.model_validate(self.sheet.values())
        try:
            weights = self._weights(asked)
            period = Period(start=asked.start, end=asked.end)
        except BadValueError as error:
            self.faces.show_found()
            self.states.show_error(str(error), error.hint, retry=False)
            return
        if weights is None and not self._parts.context.portfolio.snapshot().rows:
            self.faces.show_found()
            self.risk = None
            self.states.show_empty(
                "Nothing is held, so there is no risk to measure. Type weights to measure those.",
                "Type weights",
                "wallet",
            )
            return
        self.faces.show_found()
        measure = self._parts.context.allocation.portfolio_risk
        self.work.start(TITLE, lambda _: measure(weights, period=period, market=asked.market))

    def show_weights(self, weights: Mapping[str, float]) -> None:
        """Fill in weights and measure them."""
        self.sheet.show_values({"source": Source.TYPED, "weights": text_of(weights.items())})
        self.start()

    def show_risk(self, risk: PortfolioRisk) -> None:
        """Show what was measured."""
        self.risk = risk
        self.tails.reset(tail_rows(risk))
        self.positions.reset(position_rows(risk))
        self.tests.reset(test_rows(risk))
        self.crises.show_risk(risk)
        self._show_strip(risk)
        said = [
            f"{risk.returns:,} returns, {formats.day(risk.first)} to {formats.day(risk.last)}.",
            f"Equity {formats.money(risk.equity, places=0)}.",
            *risk.notes,
        ]
        if risk.market:
            said.insert(2, f"Beta against {risk.market}.")
        self.words.setText(" ".join(said))
        self._owner.spawn(self._show_map(risk))
        self.states.show_content()

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {
            "form": self.sheet.state(),
            "tab": self.lead.chosen,
            "scenarios": self.crises.state(),
            "tables": {name: view.layout_state() for name, view in self.views.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("form"), dict):
            self.sheet.restore(state["form"])
        if isinstance(state.get("scenarios"), list):
            self.crises.restore(state["scenarios"])
        tables = state.get("tables")
        for name, view in self.views.items():
            if isinstance(tables, dict) and isinstance(tables.get(name), dict):
                view.restore_layout(tables[name])
        self.lead.choose(state.get("tab"))

    # -- inside ------------------------------------------------------------------------------

    @staticmethod
    def _weights(asked: BookWords) -> dict[str, float] | None:
        return check_weights(pairs(asked.weights)) if asked.source is Source.TYPED else None

    def _show_strip(self, risk: PortfolioRisk) -> None:
        crowded = (risk.book.herfindahl or 0.0) > _CROWDED
        gross = risk.book.exposure.leverage
        for key, text, tone, tip in (
            ("volatility", formats.percent(risk.volatility, places=1), "", "Of equity, annual"),
            ("beta", formats.number(risk.beta), "", "For 1 % of the market"),
            (
                "drawdown",
                formats.percent(risk.max_drawdown, places=1),
                "",
                "Of this book over the days measured",
            ),
            (
                "hhi",
                formats.number(risk.book.herfindahl),
                Tone.WARNING if crowded else "",
                "Sum of squared shares (Herfindahl): 1 is a single name; above 0.25, few names",
            ),
            ("top", formats.percent(risk.top_share, places=0), "", _top(risk)),
            (
                "effective",
                f"{formats.number(risk.effective_positions, places=1)} equal positions",
                "",
                "As many equal positions would be as concentrated",
            ),
            ("correlation", formats.number(risk.mean_correlation), "", "Of all pairs"),
            ("exposure", formats.percent(gross, places=0), "", "Long and short, over equity"),
        ):
            self.strip.show_value(key, text, tone or Tone.TEXT, tip)

    async def _show_map(self, risk: PortfolioRisk) -> None:
        several = len(risk.symbols) > 1
        self._map_words.setVisible(not several)
        self._map_words.setText("One position has nothing to move with.")
        if not several:
            if self.map is not None:
                self.map.hide()
            return
        await loading.load()
        from puffling.ui.panels.risk.correlation_map import CorrelationMap

        if self.map is None:
            self.map = CorrelationMap(self._parts.theme)
            column = self._map_page.layout()
            if column is not None:
                column.addWidget(self.map)
        self.map.show()
        self.map.show_correlation(risk.symbols, risk.correlation)

    def _act(self) -> None:
        if self.states_say_typed():
            self.sheet.show_values({"source": Source.TYPED})
            self.faces.show_asked()
            self.sheet.editor("weights").setFocus()
        else:
            self.start()

    def states_say_typed(self) -> bool:
        """Whether nothing is held, so that weights are asked for."""
        held = self.sheet.values().get("source") is Source.HELD
        return held and not self._parts.context.portfolio.snapshot().rows

    def _after(self) -> None:
        if self.risk is not None:
            self.states.show_content()
        else:
            self.states.show_empty(_ASK, "Measure", "wallet")

    def _connect(self) -> None:
        self.button.clicked.connect(self.start)
        self.states.acted.connect(self._act)
        self.states.retried.connect(self.start)
        self.work.tell(self.states)
        self.work.finished.connect(self.show_risk)
        self.work.gone.connect(self._after)
        self.work.changed.connect(lambda on: self.button.setEnabled(not on))

    def _results(self) -> Lead:
        theme = self._parts.theme
        page = QVBoxLayout(self._map_page)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._map_words)
        return Lead(
            theme,
            (self.strip, self.words),
            (
                (self.views["tails"], "Tail"),
                (self.views["positions"], "Positions"),
                (self._map_page, "Correlation"),
                (self.crises, "Stress"),
                (self.views["tests"], "Tests"),
            ),
        )


def _top(risk: PortfolioRisk) -> str:
    shares = (f"{symbol} {formats.percent(share, places=1)}" for symbol, share in risk.largest)
    return ", ".join(shares) + " of what is invested"
