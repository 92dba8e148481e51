"""The editor for alerts of every kind: what to wait for, how to tell, and what it would have."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffin.data.sessions import exchange_date
from puffin.errors import PuffinError
from puffin.monitor.conditions import (
    KINDS,
    MAY_HAVE_SYMBOL,
    NEEDS_SYMBOL,
    describe,
    write_condition,
)
from puffin.monitor.watch import Manner
from puffling.core.errors import BadValueError, PufflingError
from puffling.services.alerts import condition_of
from puffling.ui.forms.fields import DayEditor
from puffling.ui.forms.form import Form
from puffling.ui.panels.automation.drafts import (
    MODELS,
    MannerForm,
    command_values,
    condition_values,
    form_values,
    manner_values,
    past_words,
)
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent

    from puffin.monitor.conditions import Condition
    from puffling.store.alerts import Alert
    from puffling.ui.panel import PanelWidget
    from puffling.ui.widgets.suggestions import Suggestions

DAYS = 90
ON_CHART = "drawing"  # is begun at the drawing itself, and only changed here
_WAIT_MS = 350  # after the last key, before the past is asked
_BESIDE = 720  # from this width on
_PAST = frozenset({"price", "move", "extreme", "study"})


class AlertForm(QFrame):
    """Fill in an alert of any kind; below it stands what it would have told in 90 days.

    Signals:
        wanted: The alert is wanted (the command and its values).
        closed: It was left.
    """

    wanted = Signal(str, object)
    closed = Signal()

    def __init__(self, panel: PanelWidget, suggest: Suggestions) -> None:
        super().__init__()
        theme = panel.parts.theme
        self._panel, self._theme = panel, theme
        self._id = ""
        self._rule: Condition | None = None  # one with more parts than the form has
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of alert")
        for value, title in KINDS.items():
            if value != ON_CHART:
                self.kind.addItem(title, value)
        self.symbol = SymbolEdit(theme, suggest)
        self.symbol_label = QLabel("Symbol")
        self.condition = Form(MODELS["price"], theme=theme, only=(), captions=False)
        self.manner = Form(MannerForm, theme=theme, captions=False)
        self.words, self.past, self.problem = QLabel(), QLabel(), QLabel()
        theme.set_role(self.words, "strong")
        theme.set_role(self.past, "caption")
        theme.set_role(self.problem, "caption", Tone.DANGER)
        for label in (self.words, self.past, self.problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.save_button, self.leave_button = QPushButton("Add alert"), QPushButton("Cancel")
        theme.set_role(self.save_button, "primary")
        until = self.manner.editor("expires")
        if isinstance(until, DayEditor):
            until.propose(exchange_date(panel.parts.context.clock.now() + timedelta(days=30)))
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(lambda: panel.spawn(self._ask_past()))
        self.kind.currentIndexChanged.connect(lambda: self._show_kind({}))
        self.symbol.textChanged.connect(self._judge)
        self.manner.changed.connect(self._judge)
        self.save_button.clicked.connect(self.save)
        self.leave_button.clicked.connect(self.closed)

    def begin(self, kind: str, symbol: str, values: Mapping[str, object]) -> None:
        """Begin a new alert."""
        self._start("", symbol, "Add alert")
        self.manner.show_values({})
        self._choose(kind, values)

    def edit(self, alert: Alert, *, copy: bool = False) -> None:
        """Change an alert, or begin another one like it."""
        self._start("" if copy else alert.id, alert.symbol, "Add alert" if copy else "Save alert")
        self.manner.show_values(manner_values(alert))
        values = form_values(alert)
        self._choose(alert.kind, values or {})
        if values is None:
            self._rule = alert.condition
            self.condition.hide()
            self._judge()

    def save(self) -> None:
        """Ask for the alert that is filled in, if everything is right."""
        right = self.manner.check()
        if self._rule is None:
            right = self.condition.check() and right
        try:
            condition = self._condition()
        except (BadValueError, ValueError) as error:
            self._say(str(error) if isinstance(error, BadValueError) else "")
            return
        if not right or (self._kind in NEEDS_SYMBOL and not self.symbol.symbol):
            return
        values: dict[str, Any] = {
            "condition": write_condition(condition),
            "symbol": self._symbol(),
            **command_values(MannerForm.model_validate(self.manner.values())),
        }
        if self._id:
            self.wanted.emit("alert.edit", {"id": self._id, **values})
        else:
            self.wanted.emit("alert.create", values)
        self.closed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.save()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @override
    def resizeEvent(self, event: object) -> None:
        """Put the two halves beside each other where there is room."""
        wide = self.width() >= self._theme.px(_BESIDE)
        self._grid.removeWidget(self.manner)
        self._grid.addWidget(self.manner, 0 if wide else 1, 1 if wide else 0)
        self._grid.setColumnStretch(1, 1 if wide else 0)

    def stop(self) -> None:
        """Ask nothing any more."""
        self._timer.stop()

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self._theme
        body = QWidget()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(*[theme.px(8)] * 4)
        self._grid.setHorizontalSpacing(theme.px(20))
        self._grid.setRowStretch(2, 1)
        first = QWidget()
        rows = QVBoxLayout(first)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(8))
        top = QHBoxLayout()
        for widget in (self.kind, self.symbol_label, self.symbol):
            top.addWidget(widget)
        top.addStretch(1)
        rows.addLayout(top)
        rows.addWidget(self.condition)
        rows.addStretch(1)
        self._rows = rows
        self._grid.addWidget(first, 0, 0)
        self._grid.addWidget(self.manner, 0, 1)
        self._grid.setColumnStretch(0, 1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        body.setAutoFillBackground(False)  # the panel's own ground shows through
        scroll.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        said = QVBoxLayout()
        for label in (self.words, self.past, self.problem):
            said.addWidget(label)
        foot.addLayout(said, 1)
        foot.addWidget(self.leave_button)
        foot.addWidget(self.save_button)
        column.addLayout(foot)

    # -- what is filled in -------------------------------------------------------------------

    @property
    def _kind(self) -> str:
        return str(self.kind.currentData())

    def _start(self, id_: str, symbol: str, verb: str) -> None:
        self._id, self._rule = id_, None
        self.symbol.set_symbol(symbol)
        self.save_button.setText(verb)

    def _choose(self, kind: str, values: Mapping[str, object]) -> None:
        self.kind.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        if kind == ON_CHART and self.kind.findData(kind) < 0:
            self.kind.addItem(KINDS[kind], kind)
        elif kind != ON_CHART and self.kind.findData(ON_CHART) >= 0:
            self.kind.removeItem(self.kind.findData(ON_CHART))
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.kind.blockSignals(False)  # noqa: FBT003 - the same
        self._show_kind(values)
        self.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_kind(self, values: Mapping[str, object]) -> None:
        """Show the fields of the chosen kind."""
        self._rule = None
        old = self.condition
        model = MODELS[self._kind]
        names = [each for each in model.model_fields if each != "kind"]  # it is chosen above
        self.condition = Form(model, values, theme=self._theme, only=names, captions=False)
        self._rows.replaceWidget(old, self.condition)
        old.hide()
        old.deleteLater()
        self.condition.changed.connect(self._judge)
        shown = self._kind in NEEDS_SYMBOL | MAY_HAVE_SYMBOL
        self.symbol.setVisible(shown)
        self.symbol_label.setVisible(shown)
        may = self._kind in MAY_HAVE_SYMBOL
        self.symbol_label.setText("Symbol, or none for any" if may else "Symbol")
        self._judge()

    def _symbol(self) -> str:
        asked = self._kind in NEEDS_SYMBOL | MAY_HAVE_SYMBOL
        return self.symbol.symbol if asked else ""

    def _condition(self) -> Condition:
        if self._rule is not None:
            return self._rule
        return condition_of(condition_values(self._kind, self.condition.values()))

    def _judge(self, *_: object) -> None:
        """Say what is filled in, and ask what it would have told."""
        self.past.setText("")
        try:
            condition = self._condition()
        except (BadValueError, ValueError):
            self.words.setText("")
            self._say("")
            return
        symbol = self._symbol()
        missing = self._kind in NEEDS_SYMBOL and not symbol
        self.words.setText("" if missing else f"Tells you when: {describe(condition, symbol)}")
        self._say(self.symbol.problem or ("Name a symbol." if missing else ""))
        if self._kind in _PAST and not missing:
            self._timer.start()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    async def _ask_past(self) -> None:
        symbol, studies = self._symbol(), self._panel.parts.context.studies
        try:
            condition = self._condition()
            form = MannerForm.model_validate(self.manner.values())
            manner = Manner(repeat=form.repeat, hysteresis=form.hysteresis / 100)
            async with asyncio.timeout(20):
                found = await studies.rehearse(condition, symbol, manner, DAYS)
        except TimeoutError:
            words = "Its history did not come in time to tell how often it would have told you."
        except (PuffinError, PufflingError, ValueError) as error:
            words = str(error)
        else:
            words = past_words(DAYS, [each.at for each in found.spoken])
        if symbol == self._symbol():
            self.past.setText(words)
