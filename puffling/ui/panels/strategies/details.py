"""What there is to know of one strategy, a form of its parameters, and its revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.ui.forms.form import Form
from puffling.ui.forms.schema import plain, typed
from puffling.ui.panels.strategies.columns import STATES, figure, grade
from puffling.ui.panels.strategies.flow import Flow
from puffling.ui.panels.strategies.revisions import RevisionsView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffling.ui.panels.strategies.entries import Entry
    from puffling.ui.theme.theme import Theme


class Details(QScrollArea):
    """Everything about the chosen strategy.

    Signals:
        save_asked: Its parameters are to be kept (as a revision: True, as a new one: False).
        edit_asked: Its rules are to be opened in the editor.
        changed: A parameter was changed.
    """

    save_asked = Signal(bool)
    edit_asked = Signal()
    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.entry: Entry | None = None
        self.form: Form | None = None
        self.title, self.meta = QLabel(), QLabel()
        self.summary, self.cautions, self.problem = QLabel(), QLabel(), QLabel()
        self.rules_title, self.rules = QLabel("What it does"), QLabel()
        self.parameters_title = QLabel("Parameters")
        self.state, self.verdict = Badge(theme), Badge(theme)
        self.edit_button = QPushButton("Edit rules")
        self.save_button = QPushButton("Save changes")
        self.save_as_button = QPushButton("Save as a new one…")
        self.save_bar = Flow(theme)
        self.revisions = RevisionsView(theme)
        self._place = QVBoxLayout()
        self._page = QWidget()
        self._lay_out()
        self.edit_button.clicked.connect(self.edit_asked)
        self.save_button.clicked.connect(lambda: self.save_asked.emit(True))  # noqa: FBT003 - Qt's
        self.save_as_button.clicked.connect(lambda: self.save_asked.emit(False))  # noqa: FBT003

    def show_entry(self, entry: Entry | None) -> None:
        """Show another strategy; what was filled in for the same one stays."""
        before, self.entry = self.entry, entry
        same = before is not None and entry is not None and _form_of(before) == _form_of(entry)
        self._page.setVisible(entry is not None)
        if entry is None:
            return
        self._say(entry)
        if not same:
            self._build_form(entry)
            self.verticalScrollBar().setValue(0)
        self.revisions.setVisible(entry.is_saved)
        self._judge()

    @property
    def parameters(self) -> dict[str, Any]:
        """What is filled in, as JSON would hold it."""
        return {} if self.form is None else plain(self.form.values())

    @property
    def is_changed(self) -> bool:
        """Whether something else is filled in than what is saved."""
        if self.form is None or self.entry is None:
            return False
        return self.parameters != plain(typed(self.entry.model, self.entry.parameters))

    def check(self) -> bool:
        """Show what is wrong with the parameters; whether all is right."""
        return self.form is None or self.form.check()

    def _say(self, entry: Entry) -> None:
        self.title.setText(entry.title)
        self.state.show_text(entry.state, STATES.get(entry.state, Tone.MUTED))
        words, tone = grade(entry)
        self.verdict.show_text(words, tone)
        self.verdict.setVisible(entry.last is not None)
        self.meta.setText(_meta(entry))
        self.meta.setVisible(bool(self.meta.text()))
        _tell(self.summary, " ".join(each for each in (entry.summary, entry.need) if each))
        _tell(self.cautions, " ".join(entry.cautions))
        _tell(self.problem, entry.problem)
        _tell(self.rules, "\n".join(entry.said))
        self.rules_title.setVisible(bool(entry.said))
        self.edit_button.setVisible(bool(entry.document))
        self.edit_button.setText("Use as a beginning" if entry.is_template else "Edit rules")

    def _build_form(self, entry: Entry) -> None:
        if self.form is not None:
            self._place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if entry.model.model_fields and entry.can_be_used:
            values = typed(entry.model, entry.parameters)
            self.form = Form(entry.model, values, theme=self._theme, captions=False)
            self.form.changed.connect(self._edited)
            for label in self.form.findChildren(QLabel):
                label.setWordWrap(True)  # the numbers of rules have long names
            self._place.addWidget(self.form)
            QWidget.setTabOrder(self.form.stand_after(self.edit_button), self.save_button)

    def _edited(self) -> None:
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        entry, form = self.entry, self.form
        some = form is not None and entry is not None
        self.parameters_title.setVisible(some)
        self.save_bar.setVisible(some)
        self.save_button.setVisible(some and entry is not None and entry.is_saved)
        right = form is not None and not form.problems()
        self.save_button.setEnabled(right and self.is_changed)
        self.save_as_button.setEnabled(right)

    def _lay_out(self) -> None:
        theme = self._theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(*[theme.px(10)] * 4)
        column.setSpacing(theme.px(8))
        theme.set_role(self.title, "heading")
        theme.set_role(self.meta, "caption")
        theme.set_role(self.summary, "muted")
        theme.set_role(self.cautions, "", Tone.WARNING)
        theme.set_role(self.problem, "", Tone.DANGER)
        for each in (self.title, *self._words()):
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setWordWrap(True)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for each in (self.rules_title, self.parameters_title):
            theme.set_role(each, "strong")
        self.title.setMinimumWidth(theme.px(120))
        head = Flow(theme)
        for badge in (self.state, self.verdict):
            head.add(badge)
        column.addWidget(self.title)
        column.addWidget(head)
        for each in (self.meta, self.summary, self.cautions, self.problem):
            column.addWidget(each)
        column.addWidget(self.rules_title)
        column.addWidget(self.rules)
        column.addWidget(self.edit_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.parameters_title)
        column.addLayout(self._place)
        for button in (self.save_button, self.save_as_button):
            self.save_bar.add(button)
        column.addWidget(self.save_bar)
        column.addWidget(self.revisions)
        column.addStretch(1)
        self.setWidget(self._page)
        for area in (self.viewport(), self._page):
            area.setAutoFillBackground(False)  # the panel's own ground shows through
        self._page.hide()

    def _words(self) -> Iterable[QLabel]:
        return (self.meta, self.summary, self.cautions, self.problem, self.rules)


def _form_of(entry: Entry) -> tuple[object, ...]:
    return entry.id, entry.revision, entry.can_be_used, tuple(entry.model.model_fields)


def _tell(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _meta(entry: Entry) -> str:
    """Return where it comes from and what came of its latest test."""
    said = [entry.kind if entry.is_template else f"{entry.group}, {entry.kind.lower()}"]
    if str(entry.group) == entry.kind:  # its state says so
        said = []
    if entry.path is not None:
        said = [str(entry.path)]
    if entry.is_saved:
        said.append(f"revision {entry.revision}")
    text = " · ".join(said)
    if entry.last is None:
        return text
    figures = (
        f"return {formats.percent(figure(entry, 'total_return'), places=1, sign=True)}",
        f"Sharpe {formats.number(figure(entry, 'sharpe'))}",
        f"drawdown {formats.percent(figure(entry, 'max_drawdown'), places=1)}",
        f"{formats.number(figure(entry, 'trades'), places=0)} trades",
    )
    tried = f"Last tried on {entry.last.symbol}: {', '.join(figures)}"
    return "\n".join(each for each in (text, tried) if each)
