"""The left side of the Optimise tab: what is varied, how to search, and what it will take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.forms.form import Form
from puffling.ui.forms.schema import plain, typed
from puffling.ui.panels.backtest.narrow import let_shrink
from puffling.ui.panels.backtest.ranges_form import RangesForm
from puffling.ui.panels.backtest.search_form import Method, Search, WalkForward
from puffling.ui.panels.backtest.section import Section
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.theme.theme import Theme

_SETTLE_MS = 300


class OptimiseForm(QWidget):
    """Asks.

    Signals:
        start_asked: The button was pressed.
        change_asked: Strategy, symbol or costs are to be changed in the Run tab.
        settled: The person has stopped changing things for a moment.
    """

    start_asked = Signal()
    change_asked = Signal()
    settled = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.what, self.estimate, self.problem = QLabel(), QLabel(), QLabel()
        for each in (self.what, self.estimate, self.problem):
            each.setWordWrap(True)
            each.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.what, "muted")
        theme.set_role(self.estimate, "caption")
        theme.set_role(self.problem, "caption", Tone.DANGER)
        self.problem.hide()
        self.change_button = QPushButton("Change")
        self.change_button.setToolTip("Strategy, symbol, period and costs are those of the Run tab")
        theme.set_role(self.change_button, "link")
        self.ranges = RangesForm(theme)
        self.how = _form(theme, Search, "method", "objective")
        self.drawn = _form(theme, Search, "runs", "seed")
        self.cap = _form(theme, Search, "raise_most")
        self.most = _form(theme, Search, "most")
        self.walk_on = _form(theme, WalkForward, "on")
        self.walk = _form(theme, WalkForward, "splits", "train", "window", "purge")
        self.start_button = QPushButton("Start search")
        self.start_button.setToolTip("Start it (F5)")
        theme.set_role(self.start_button, "primary")
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self.settled)
        self._lay_out()
        self.start_button.clicked.connect(self.start_asked)
        self.change_button.clicked.connect(self.change_asked)
        self.ranges.changed.connect(self.touch)
        for form in self._forms():
            form.changed.connect(lambda _: self.touch())
        self._adapt()

    def touch(self) -> None:
        """Something changed: show what matters now, and say so once it has settled."""
        self._adapt()
        self._timer.start()

    def hush(self) -> None:
        """Forget that something changed."""
        self._timer.stop()

    def check(self) -> bool:
        """Show what is wrong and return whether all is right."""
        if not self.ranges.check():
            return False
        shown = [each for each in self._forms() if not each.isHidden()]
        return all(each.check() for each in shown)

    def search(self) -> dict[str, Any]:
        """Return how to search."""
        return {
            **self.how.values(),
            **self.drawn.values(),
            **self.cap.values(),
            **self.most.values(),
        }

    def walk_forward(self) -> dict[str, Any]:
        """Return how history is cut."""
        return {**self.walk_on.values(), **self.walk.values()}

    def say(self, sentence: str, problem: str = "") -> None:
        """Say what it will take, or why it cannot be done."""
        self.estimate.setText(sentence)
        self.estimate.setVisible(bool(sentence))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def state(self) -> dict[str, Any]:
        """Return what is filled in, as JSON would hold it."""
        return {
            "ranges": self.ranges.state(),
            "search": plain(self.search()),
            "walk": plain(self.walk_forward()),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        for name, model, forms in (
            ("search", Search, (self.how, self.drawn, self.cap, self.most)),
            ("walk", WalkForward, (self.walk_on, self.walk)),
        ):
            values = state.get(name)
            if isinstance(values, dict):
                fitting = typed(model, values)
                for form in forms:
                    form.show_values(fitting)
        if isinstance(state.get("ranges"), dict):
            self.ranges.restore(state["ranges"])
        self._adapt()

    def _forms(self) -> tuple[Form, ...]:
        return (self.how, self.drawn, self.cap, self.most, self.walk_on, self.walk)

    def _adapt(self) -> None:
        grid = self.how.values().get("method") is Method.GRID
        walks = self.walk_on.values().get("on") is True
        self.drawn.setVisible(not grid)
        self.most.setVisible(self.cap.values().get("raise_most") is True)
        self.walk.setVisible(walks)
        self.start_button.setText("Walk forward" if walks else "Start search")

    def _lay_out(self) -> None:
        theme = self._theme
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        scroll, inner = QScrollArea(self), QWidget()
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
        top = QHBoxLayout()
        top.addWidget(self.what, 1)
        top.addWidget(self.change_button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        column.addWidget(Section(theme, "What is varied", _indented(theme, self.ranges)))
        search = _indented(theme, self.how, self.drawn, self.cap, self.most)
        column.addWidget(Section(theme, "How to search", search))
        walk = _indented(theme, self.walk_on, self.walk)
        column.addWidget(Section(theme, "Train and test", walk))
        column.addStretch(1)
        line = QFrame()
        theme.set_role(line, "rule")
        line.setFixedHeight(1)
        whole.addWidget(line)
        foot = QVBoxLayout()
        foot.setContentsMargins(*[theme.sizes.padding] * 4)
        foot.setSpacing(theme.px(6))
        for each in (self.problem, self.estimate, self.start_button):
            foot.addWidget(each)
        whole.addLayout(foot)


def _form(theme: Theme, model: type[Search | WalkForward], *names: str) -> Form:
    form = Form(model, theme=theme, only=names, captions=False)
    let_shrink(form)
    return form


def _indented(theme: Theme, *widgets: QWidget) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(theme.px(20), 0, 0, theme.px(6))
    column.setSpacing(theme.px(8))
    for each in widgets:
        column.addWidget(each)
    return body
