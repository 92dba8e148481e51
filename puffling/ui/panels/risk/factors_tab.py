"""The Factors tab: a library and an expression of one's own, computed, judged, and the regime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from puffin.errors import PuffinError
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.services.periods import Period
from puffling.ui.panels.risk.expression_edit import ExpressionEdit
from puffling.ui.panels.risk.faces import Faces
from puffling.ui.panels.risk.factor_columns import (
    HORIZONS,
    LIBRARY,
    VALUES,
    quantile_columns,
    quantile_rows,
    value_rows,
)
from puffling.ui.panels.risk.factor_words import FactorWords
from puffling.ui.panels.risk.regime_view import RegimeView
from puffling.ui.panels.risk.sheet import Part, Sheet
from puffling.ui.panels.risk.work import Work
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import State, StateStack
from puffling.ui.widgets.headline import KeyValueStrip
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QPlainTextEdit

    from puffin.factors.alphas import Factor
    from puffin.factors.evaluation import Evaluation, Horizon
    from puffling.services.research import FactorValues, ResearchService
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.risk.factor_columns import (
        QuantileRow,
        ValueRow,
    )

_STRIP = (("coverage", "Known"), ("alpha", "Alpha a bar"), ("beta", "Beta"))
_ASK = "Choose a factor or type one, and see whether it foretold returns."


class FactorsTab(QWidget):
    """Asks for an expression and symbols; shows values, evaluation, quantiles and the regime."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, self._parts = owner, owner.parts
        theme = owner.parts.theme
        self.values: FactorValues | None = None
        self.evaluation: Evaluation | None = None
        self._all: tuple[Factor, ...] = ()
        self.edit = ExpressionEdit(theme)
        self.named, self.value_words = QLabel(), QLabel()
        self.judged_words, self.parted_words = QLabel(), QLabel()
        self.sheet = Sheet(
            theme, FactorWords, (Part(("symbols", "horizons", "quantiles", "start", "end")),)
        )
        self.sheet.add(self.edit, 0)
        self.sheet.add(self.named, 1)
        self.named.hide()
        self.evaluate_button, self.compute_button = QPushButton("Evaluate"), QPushButton("Compute")
        self.evaluate_button.setToolTip("Compute it, and see whether it foretold returns (F5)")
        self.compute_button.setToolTip("Compute the newest value of each symbol")
        theme.set_role(self.evaluate_button, "primary")
        self.search = QLineEdit()
        self.library: RecordModel[Factor] = RecordModel(LIBRARY, lambda each: each.id, self)
        self.latest: RecordModel[ValueRow] = RecordModel(VALUES, lambda row: row.symbol, self)
        self.horizons: RecordModel[Horizon] = RecordModel(
            HORIZONS, lambda each: str(each.bars), self
        )
        self.views = {
            "library": RecordView(
                theme, self.library, name="Factor library", empty="No factor has these words."
            ),
            "values": RecordView(theme, self.latest, name="Newest values"),
            "horizons": RecordView(theme, self.horizons, name="How well it foretold"),
        }
        self.strip = KeyValueStrip(theme, _STRIP)
        self.quantiles: RecordView | None = None  # built anew with each evaluation's horizons
        self._judged, self._parted = QWidget(), QWidget()
        self.regime = RegimeView(owner)
        self.tabs = QTabWidget()
        self.states = StateStack(theme, self._pages())
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.compute_button, 1)
        row.addWidget(self.evaluate_button, 2)
        self.faces = Faces(theme, self.sheet, buttons, self.states)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.faces)
        self.work = Work(owner)
        self._library_read: Reading[list[Factor]] = Reading(
            owner.spawn, owner.parts.context.research.factors, self._show_library, self._fail
        )
        self._connect()
        self._library_read.ask()

    @property
    def line(self) -> QPlainTextEdit:
        """Where the expression is typed."""
        return self.edit.line

    def propose(self, symbols: Sequence[str]) -> None:
        """Fill in symbols, where none are named yet."""
        if symbols and not self.sheet.values().get("symbols"):
            self.sheet.show_values({"symbols": tuple(symbols)})

    def follow(self, symbol: str) -> None:
        """Read the regime of this symbol from now on."""
        self.regime.follow(symbol)

    def start(self) -> None:
        """Evaluate; read the regime where that is in front."""
        if self.tabs.currentWidget() is self.regime:
            self.regime.start()
        else:
            self._run(self._evaluate, "Evaluate a factor")

    def compute(self) -> None:
        """Compute the newest values only."""
        self._run(self._compute, "Compute a factor")

    def use(self, factor: Factor) -> None:
        """Take a factor of the library into the expression."""
        if factor.missing:
            self._name(f"{factor.title}: {factor.missing}")
            self.faces.show_asked()
            return
        self.edit.show_text(factor.text)
        self._name(f"{factor.title}. {factor.summary} ({factor.source})")
        self.faces.show_asked()

    def _name(self, words: str) -> None:
        self.named.setText(words)
        self.named.setVisible(bool(words))

    def stop(self) -> None:
        """Read nothing any more."""
        self.edit.stop()

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {
            "expression": self.edit.text,
            "form": self.sheet.state(),
            "tab": self.tabs.currentIndex(),
            "tables": {name: view.layout_state() for name, view in self.views.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("expression"), str):
            self.edit.show_text(state["expression"])
        if isinstance(state.get("form"), dict):
            self.sheet.restore(state["form"])
        tables = state.get("tables")
        for name, view in self.views.items():
            if isinstance(tables, dict) and isinstance(tables.get(name), dict):
                view.restore_layout(tables[name])
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    # -- working -----------------------------------------------------------------------------

    def _run(self, work: Callable[..., object], title: str) -> None:
        right = self.edit.read()
        if not self.edit.text:
            self.edit.say("Type an expression, or choose a factor of the library.")
        if not right or not self.sheet.check():
            self.faces.show_asked()
            if not right:
                self.line.setFocus()
            return
        asked = FactorWords.model_validate(self.sheet.values())
        if not asked.symbols:
            self.sheet.editor("symbols").setFocus()
            self.states.show_error("Name the symbols it is computed on.", retry=False)
            return
        try:
            period = Period(start=asked.start, end=asked.end)
        except PufflingError as error:
            self.states.show_error(str(error), error.hint, retry=False)
            return
        research, text = self._parts.context.research, self.edit.text
        self.faces.show_found()
        self.work.start(title, lambda progress: work(research, text, asked, period, progress))

    @staticmethod
    def _compute(
        research: ResearchService,
        text: str,
        asked: FactorWords,
        period: Period,
        _progress: Callable[[float], None],
    ) -> tuple[FactorValues, None]:
        return research.factor(text, asked.symbols, period), None

    @staticmethod
    def _evaluate(
        research: ResearchService,
        text: str,
        asked: FactorWords,
        period: Period,
        progress: Callable[[float], None],
    ) -> tuple[FactorValues, Evaluation]:
        values = research.factor(text, asked.symbols, period)
        found = research.evaluate(
            text,
            asked.symbols,
            progress,
            period=period,
            horizons=asked.ahead,
            quantiles=asked.quantiles,
        )
        return values, found

    def show_found(self, found: tuple[FactorValues, Evaluation | None]) -> None:
        """Show values, and an evaluation if there is one."""
        self.values, evaluation = found
        self.latest.reset(value_rows(self.values.latest, self.values.reasons))
        if evaluation is None:
            self.evaluation = None
        self._fit()
        self.states.show_content()
        if evaluation is None:
            self.tabs.setCurrentIndex(1)
            return
        self.evaluation = evaluation
        self.horizons.reset(evaluation.horizons)
        self.strip.show_value(
            "coverage", formats.percent(evaluation.coverage, places=0), tip="Of all bars"
        )
        self.strip.show_value(
            "alpha",
            formats.percent(evaluation.alpha, places=3, sign=True),
            tip="Of the portfolio that follows the factor; the market does not explain it",
        )
        self.strip.show_value("beta", formats.number(evaluation.beta))
        self.judged_words.setText(" ".join(evaluation.notes))
        self.parted_words.setText(
            "Mean returns that followed, by how high the factor was; the highest on top."
        )
        self._fit()
        self._show_quantiles(evaluation)
        if self.tabs.currentIndex() not in {1, 2, 3}:
            self.tabs.setCurrentIndex(2)

    def _fit(self) -> None:
        """Put the notes where there is room: beside the values, where the panel is narrow."""
        narrow, found = self.faces.is_narrow, self.evaluation
        self.judged_words.setVisible(not narrow or found is None)
        if self.values is not None:
            more = found.notes if narrow and found is not None else ()
            self.value_words.setText(
                " ".join((f"{self.values.expression}.", *self.values.notes, *more))
            )

    def _show_quantiles(self, found: Evaluation) -> None:
        """Build the table of quantiles anew: its columns are the horizons."""
        column = self._parted.layout()
        if not isinstance(column, QVBoxLayout):
            return
        if self.quantiles is not None:
            column.removeWidget(self.quantiles)
            self.quantiles.deleteLater()
        model: RecordModel[QuantileRow] = RecordModel(
            quantile_columns(found), lambda row: row.title
        )
        model.reset(quantile_rows(found))
        self.quantiles = RecordView(self._parts.theme, model, name="Returns by quantile")
        model.setParent(self.quantiles)
        column.addWidget(self.quantiles, 1)

    def _show_library(self, factors: Sequence[Factor]) -> None:
        self._all = tuple(factors)
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        self.library.reset(
            each
            for each in self._all
            if all(
                word in f"{each.title} {each.group} {each.text} {each.summary}".casefold()
                for word in words
            )
        )

    def _fail(self, error: Exception) -> None:
        hint = error.hint if isinstance(error, PuffinError | PufflingError) else ""
        self.states.show_error(str(error), hint)

    def _use_current(self) -> None:
        factor: Factor | None = self.views["library"].current
        if factor is not None:
            self.use(factor)

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.evaluate_button.clicked.connect(lambda: self._run(self._evaluate, "Evaluate a factor"))
        self.compute_button.clicked.connect(self.compute)
        self.edit.entered.connect(self.compute)
        self.faces.narrowed.connect(lambda _: self._fit())
        self.search.textChanged.connect(lambda _: self._filter())
        self.search.returnPressed.connect(self._use_current)
        self.views["library"].opened.connect(self.use)
        self.views["library"].chosen.connect(self._preview)
        self.tabs.currentChanged.connect(self._turned)
        self.states.retried.connect(lambda: self._run(self._evaluate, "Evaluate a factor"))
        self.work.tell(self.states)
        self.work.finished.connect(self.show_found)
        self.work.gone.connect(self.states.show_content)
        self.work.changed.connect(self._judge)

    def _judge(self, running: bool) -> None:  # noqa: FBT001 - Qt's signature
        for each in (self.evaluate_button, self.compute_button):
            each.setEnabled(not running)

    def _preview(self, factor: Factor | None) -> None:
        if factor is not None and self.views["library"].hasFocus() and not self.faces.is_narrow:
            self.use(factor)

    def _turned(self, _: int) -> None:
        regime = self.regime
        shown = self.tabs.currentWidget() is regime and regime.isVisible()
        if shown and regime.states.state is State.EMPTY:
            regime.start()

    def _pages(self) -> QTabWidget:
        theme = self._parts.theme
        for label in (self.named, self.value_words, self.judged_words, self.parted_words):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            theme.set_role(label, "caption")
        self.value_words.setText(_ASK)
        self.judged_words.setText(_ASK)
        self.parted_words.setText(_ASK)
        self.search.setPlaceholderText("Search the library")
        self.search.setAccessibleName("Search the library")
        self.search.setClearButtonEnabled(True)
        library, values = QWidget(), QWidget()
        _fill(library, theme.px(4), (self.search, self.views["library"]))
        _fill(values, theme.px(4), (self.value_words, self.views["values"]))
        _fill(self._judged, theme.px(4), (self.strip, self.judged_words, self.views["horizons"]))
        _fill(self._parted, theme.px(4), (self.parted_words,))
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        for page, title in (
            (library, "Library"),
            (values, "Values"),
            (self._judged, "Evaluation"),
            (self._parted, "Quantiles"),
            (self.regime, "Regime"),
        ):
            self.tabs.addTab(page, title)
        return self.tabs


def _fill(page: QWidget, margin: int, widgets: Sequence[QWidget]) -> None:
    column = QVBoxLayout(page)
    column.setContentsMargins(*[margin] * 4)
    column.setSpacing(margin)
    for each in widgets:
        column.addWidget(each, 1 if isinstance(each, RecordView) else 0)
