"""What a backtest is asked: strategy, symbols, benchmark, and what it assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.forms.schema import plain
from puffling.ui.panels.backtest.options_form import OptionsForm
from puffling.ui.panels.backtest.strategy_form import StrategyForm
from puffling.ui.widgets.symbol_edit import SymbolEdit
from puffling.ui.widgets.symbols_edit import SymbolsEdit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from pydantic import BaseModel

    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.suggestions import Suggestions

_LABEL_WIDTH = 150


class Setup(QWidget):
    """The left side of the Run tab.

    Signals:
        run_asked: The button was pressed.
        symbols_chosen: Other symbols were chosen (a tuple).
        changed: Anything changed.
    """

    run_asked = Signal()
    symbols_chosen = Signal(object)
    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        suggest: Suggestions,
        options: type[BaseModel],
        lists: Callable[[], Sequence[tuple[str, Sequence[str]]]],
        parent: QWidget,
    ) -> None:
        """Take the parameters of the command and where lists of symbols come from."""
        super().__init__(parent)
        self._theme, self._lists, self._model = theme, lists, options
        self.strategy = StrategyForm(theme)
        self.symbols = SymbolsEdit(theme, suggest)
        self.fill_button = QToolButton()
        self.fill_button.setIcon(theme.icon("list"))
        self.fill_button.setToolTip("Take the symbols of a watchlist")
        self.fill_button.setAccessibleName("Take the symbols of a watchlist")
        self.benchmark = SymbolEdit(theme, suggest)
        self.benchmark.setPlaceholderText("Buy and hold")
        self.benchmark.setAccessibleName("Benchmark")
        self.benchmark.setToolTip("A symbol to compare with; empty compares with buy and hold")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        theme.set_role(self.problem, "caption", "danger")
        self.problem.hide()
        self.options = OptionsForm(theme, options)
        self.run_button = QPushButton("Run backtest")
        self.run_button.setToolTip("Run it (F5)")
        theme.set_role(self.run_button, "primary")
        self._lay_out()
        self.strategy.changed.connect(lambda *_: self._say(""))
        self.symbols.chosen.connect(self._take_symbols)
        self.fill_button.clicked.connect(self._offer_lists)
        self.run_button.clicked.connect(self.run_asked)
        for signal in (self.strategy.changed, self.options.changed, self.benchmark.chosen):
            signal.connect(lambda *_: self.changed.emit())

    @property
    def strategy_id(self) -> str:
        """The chosen strategy."""
        return self.strategy.strategy_id

    @property
    def headline(self) -> str:
        """What is tried on what, such as "Momentum on AAPL"."""
        symbols = self.symbols.symbols
        more = f" and {len(symbols) - 1} more" if len(symbols) > 1 else ""
        return f"{self.strategy.choice.title} on {symbols[0] if symbols else '…'}{more}"

    def problem_words(self) -> str:
        """Return what is wrong with symbols or strategy; nothing if all is right there."""
        return self._wrong(self.symbols.symbols) or self.strategy.choice.problem

    def request(self, *, show: bool = True) -> dict[str, Any] | None:
        """Return the command's values; None if something is wrong, which `show` then shows."""
        symbols = self.symbols.symbols
        wrong = self._wrong(symbols)
        if not show:
            fine = not wrong and self.strategy.is_right and self.options.is_right
            return self._request(symbols) if fine else None
        self._say(wrong)
        if wrong:
            self.symbols.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        if not self.strategy.check() or not self.options.check():
            return None
        return self._request(symbols)

    def _request(self, symbols: Sequence[str]) -> dict[str, Any]:
        request = {
            "strategy": self.strategy_id,
            "parameters": self.strategy.values(),
            **self.options.values(),
        }
        known = self._model.model_fields
        if "symbols" in known:
            request["symbols"] = symbols
        else:
            request["symbol"] = symbols[0]
        if "benchmark" in known and self.benchmark.symbol:
            request["benchmark"] = self.benchmark.symbol
        return request

    def show_symbols(self, symbols: Sequence[str]) -> None:
        """Show these."""
        self.symbols.show_symbols(symbols)
        self._say("")
        self.changed.emit()

    def follow(self, symbol: str) -> None:
        """Show the linked symbol, unless several were chosen here on purpose."""
        if len(self.symbols.symbols) <= 1:
            self.show_symbols((symbol,) if symbol else ())

    def propose_days(self, first: date, last: date) -> None:
        """Offer a period to whoever limits the test to one."""
        self.options.propose_days(first, last)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Show the values of a command; what it does not name has its default."""
        parameters = values.get("parameters")
        self.strategy.choose(
            str(values.get("strategy", "")), parameters if isinstance(parameters, dict) else {}
        )
        symbols = values.get("symbols") or ([values["symbol"]] if values.get("symbol") else ())
        if symbols:
            self.show_symbols([str(each) for each in symbols])
        self.benchmark.set_symbol(str(values.get("benchmark") or ""))
        self.options.show_values(values)
        self.changed.emit()

    def state(self) -> dict[str, Any]:
        """Return what is filled in, as JSON would hold it."""
        return {
            "strategy": self.strategy_id,
            "parameters": self.strategy.values(),
            "symbols": list(self.symbols.symbols),
            "benchmark": self.benchmark.symbol,
            "options": plain(self.options.state()),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        parameters, options = state.get("parameters"), state.get("options")
        if isinstance(parameters, dict):
            self.strategy.choose(str(state.get("strategy")), parameters)
        symbols = state.get("symbols")
        if isinstance(symbols, list) and len(symbols) > 1:
            self.show_symbols([str(each) for each in symbols])
        if isinstance(state.get("benchmark"), str):
            self.benchmark.set_symbol(state["benchmark"])
        if isinstance(options, dict):
            self.options.restore(options)

    # -- inside ------------------------------------------------------------------------------

    def _wrong(self, symbols: Sequence[str]) -> str:
        if self.symbols.problem:
            return self.symbols.problem
        if not symbols:
            return "Name at least one symbol."
        choice, count = self.strategy.choice, len(symbols)
        if choice.needs == "two symbols" and count != 2:  # noqa: PLR2004 - as it says
            return f"{choice.title} needs two symbols; {count} is named."
        if choice.needs == "many symbols" and count < 2:  # noqa: PLR2004 - one is not several
            return f"{choice.title} chooses among several symbols; one is named."
        return self.benchmark.problem

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _take_symbols(self, symbols: Sequence[str]) -> None:
        self._say("")
        self.symbols_chosen.emit(symbols)
        self.changed.emit()

    def _offer_lists(self) -> None:
        menu = QMenu(self)
        for name, symbols in self._lists():
            action = menu.addAction(f"{name} ({len(symbols)})")
            action.setEnabled(bool(symbols))
            action.triggered.connect(lambda _=False, chosen=tuple(symbols): self._fill(chosen))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.fill_button.mapToGlobal(self.fill_button.rect().bottomLeft()))

    def _fill(self, symbols: Sequence[str]) -> None:
        self.show_symbols(symbols)
        self.symbols_chosen.emit(tuple(symbols))

    def _lay_out(self) -> None:
        theme = self._theme
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        scroll, inner = QScrollArea(), QWidget()
        whole.addWidget(scroll, 1)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        inner.setAutoFillBackground(False)  # the panel's own ground shows through
        scroll.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(inner)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        column.addWidget(self.strategy)
        column.addWidget(_line(theme))
        column.addLayout(self._market())
        column.addWidget(self.problem)
        column.addWidget(_line(theme))
        column.addWidget(self.options)
        column.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(*[theme.sizes.padding] * 4)
        foot.addWidget(self.run_button)
        whole.addLayout(foot)

    def _market(self) -> QGridLayout:
        theme = self._theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        grid.setColumnMinimumWidth(0, theme.px(_LABEL_WIDTH))
        grid.setColumnStretch(1, 1)
        symbols = QHBoxLayout()
        symbols.setSpacing(theme.px(4))
        symbols.addWidget(self.symbols, 1)
        symbols.addWidget(self.fill_button)
        for row, (title, editor) in enumerate(
            (("Symbols", self.symbols), ("Benchmark", self.benchmark))
        ):
            label = QLabel(title)
            label.setBuddy(editor)
            theme.set_role(label, "muted")
            grid.addWidget(label, row, 0)
        grid.addLayout(symbols, 0, 1)
        grid.addWidget(self.benchmark, 1, 1)
        return grid


def _line(theme: Theme) -> QFrame:
    line = QFrame()
    theme.set_role(line, "rule")
    line.setFixedHeight(1)
    return line
