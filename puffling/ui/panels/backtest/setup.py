"""What a backtest is asked: strategy, symbol, parameters, costs; forms made from their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from puffin.strategies.registry import STRATEGIES, strategy
from puffling.ui.forms.fields import DayEditor
from puffling.ui.forms.form import Form
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pydantic import BaseModel

    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.suggestions import Suggestions

OPTIONS = (
    "interval",
    "start",
    "end",
    "capital",
    "share",
    "commission_percent",
    "per_order",
    "slippage_bps",
    "allow_short",
    "note",
)
_ASKED_ELSEWHERE = {"strategy": "-", "symbol": "-"}  # fields of the command above the form


class Setup(QWidget):
    """The left side of the Run tab.

    Signals:
        run_asked: The button was pressed.
        symbol_chosen: Another symbol was chosen (the symbol).
    """

    run_asked = Signal()
    symbol_chosen = Signal(str)

    def __init__(self, theme: Theme, suggest: Suggestions, options: type[BaseModel]) -> None:
        """Take the parameters of the command, of which `OPTIONS` are asked."""
        super().__init__()
        self._theme = theme
        self._kept: dict[str, Mapping[str, object]] = {}  # parameters of the other strategies
        self.strategy = QComboBox()
        self.strategy.setAccessibleName("Strategy")
        for each in STRATEGIES:
            self.strategy.addItem(each.title, each.id)
        self.symbol = SymbolEdit(theme, suggest)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        theme.set_role(self.summary, "caption")
        self._slot = QVBoxLayout()
        self.parameters = self._parameter_form()
        self.options = Form(options, _ASKED_ELSEWHERE, theme=theme, only=OPTIONS, captions=False)
        self.run_button = QPushButton("Run backtest")
        self.run_button.setToolTip("Run it (F5)")
        theme.set_role(self.run_button, "primary")
        self._lay_out()
        self.strategy.currentIndexChanged.connect(self._change_strategy)
        self.symbol.chosen.connect(self.symbol_chosen)
        self.run_button.clicked.connect(self.run_asked)

    @property
    def strategy_id(self) -> str:
        """The chosen strategy."""
        return str(self.strategy.currentData())

    def request(self) -> dict[str, Any] | None:
        """Return the command's values; None, with the problem shown, if something is wrong."""
        symbol = self.symbol.symbol
        if not symbol:
            self.symbol.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        if not self.parameters.check() or not self.options.check():
            return None
        return {
            "strategy": self.strategy_id,
            "symbol": symbol,
            "parameters": _plain(self.parameters.values()),
            **self.options.values(),
        }

    def choose(self, strategy_id: str, parameters: Mapping[str, object]) -> None:
        """Show a strategy with these parameters."""
        place = self.strategy.findData(strategy_id)
        if place < 0:
            return
        self.strategy.setCurrentIndex(place)
        self.parameters.show_values(_typed(strategy(strategy_id).Parameters, parameters))

    def propose_days(self, first: date, last: date) -> None:
        """Offer a period to whoever limits the test to one; by itself it takes all there is."""
        for name, day in (("start", first), ("end", last)):
            editor = self.options.editor(name)
            if isinstance(editor, DayEditor):
                editor.propose(day)

    def state(self) -> dict[str, Any]:
        """Return what is filled in, as JSON would hold it."""
        return {
            "strategy": self.strategy_id,
            "parameters": _plain(self.parameters.values()),
            "options": _plain(self.options.values()),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        parameters, options = state.get("parameters"), state.get("options")
        if isinstance(parameters, dict):
            self.choose(str(state.get("strategy")), parameters)
        if isinstance(options, dict):
            known = {name: each for name, each in options.items() if name in OPTIONS}
            typed = _typed(self.options.model, {**_ASKED_ELSEWHERE, **known})
            self.options.show_values(typed | _ASKED_ELSEWHERE)

    def _parameter_form(self) -> Form:
        chosen = strategy(self.strategy_id)
        self.summary.setText(chosen.summary)
        form = Form(chosen.Parameters, self._kept.get(chosen.id), theme=self._theme, captions=False)
        self._slot.addWidget(form)
        self._shown = chosen.id
        return form

    def _change_strategy(self) -> None:
        self._kept[self._shown] = self.parameters.values()
        self._slot.removeWidget(self.parameters)
        self.parameters.hide()
        self.parameters.deleteLater()
        self.parameters = self._parameter_form()
        self._order_tabs()

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
        line = QFrame()
        theme.set_role(line, "line")
        column = QVBoxLayout(inner)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        for each in (self.strategy, self.summary, self.symbol):
            column.addWidget(each)
        column.addLayout(self._slot)
        column.addWidget(line)
        column.addWidget(self.options)
        column.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(*[theme.sizes.padding] * 4)
        foot.addWidget(self.run_button)
        whole.addLayout(foot)

    def _order_tabs(self) -> None:
        """Let Tab go down the new form, not to where it was made."""
        before: QWidget = self.symbol
        for name in self.parameters.names:
            editor = self.parameters.editor(name)
            QWidget.setTabOrder(before, editor)
            before = editor


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Return values as JSON would hold them."""
    return {name: to_jsonable_python(each) for name, each in values.items()}


def _typed(model: type[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
    """Return remembered values in the model's types; nothing if they do not fit it any more."""
    try:
        checked = model.model_validate(dict(values))
    except ValidationError:
        return {}
    return {name: getattr(checked, name) for name in model.model_fields}
