"""The verdict on a result: each check with its sentence, and the numbers behind it on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from puffin.truth.check import Grade
from puffling.core import formats
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.truth.check import Check, Figure
    from puffling.ui.theme.theme import Theme

LOOKS: dict[Grade, tuple[str, Tone, str]] = {
    Grade.RED: ("error", Tone.DANGER, "fails"),
    Grade.AMBER: ("warning", Tone.WARNING, "needs a second look"),
    Grade.GREEN: ("check", Tone.SUCCESS, "passes"),
    Grade.GREY: ("minus", Tone.FAINT, "does not apply"),
}
_OVERALL: dict[Grade, str] = {
    Grade.RED: "Do not believe this result",
    Grade.AMBER: "Believe this result with care",
    Grade.GREEN: "No check speaks against this result",
    Grade.GREY: "There is not enough to judge this result",
}


def overall(grade: Grade, checks: Sequence[Check]) -> str:
    """Return the verdict in a sentence: what it is, and how many checks say so."""
    counts = {each: sum(check.grade is each for check in checks) for each in LOOKS}
    parts = [
        f"{counts[each]} {words}"
        for each, words in (
            (Grade.RED, "failed"),
            (Grade.AMBER, "to look at"),
            (Grade.GREEN, "passed"),
        )
        if counts[each]
    ]
    return f"{_OVERALL[grade]}: {', '.join(parts)}." if parts else f"{_OVERALL[grade]}."


class VerdictView(QScrollArea):
    """Shows checks, the worst first.

    Signals:
        judge_asked: The button was pressed that asks for a verdict.
    """

    judge_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Verdict")
        self.headline = QLabel()
        self.headline.setWordWrap(True)
        theme.set_role(self.headline, "strong")
        self.button = QPushButton("Check this result")
        self.button.clicked.connect(self.judge_asked)
        self._rows: list[CheckRow] = []
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(*[theme.px(8)] * 4)
        self._column.setSpacing(theme.px(2))
        self._column.addWidget(self.headline)
        self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self.setWidget(self._inner)
        self._inner.setAutoFillBackground(False)  # the panel's own ground shows through
        self.viewport().setAutoFillBackground(False)
        self.show_nothing("No result has been judged yet.")

    @property
    def sentences(self) -> list[str]:
        """What the checks say, from the top."""
        return [each.check.sentence for each in self._rows]

    def show_checks(self, grade: Grade, checks: Sequence[Check]) -> None:
        """Show these."""
        self._clear()
        self.headline.setText(overall(grade, checks))
        self._theme.set_tone(self.headline, LOOKS[grade][1] if grade is not Grade.GREY else "")
        self.button.hide()
        for check in sorted(checks, key=lambda each: -each.grade.weight):
            row = CheckRow(self._theme, check)
            self._column.insertWidget(self._column.count() - 1, row)
            self._rows.append(row)

    def show_nothing(self, sentence: str, *, may_ask: bool = False) -> None:
        """Say why there is no verdict; with `may_ask`, how to get one."""
        self._clear()
        self.headline.setText(sentence)
        self._theme.set_tone(self.headline, Tone.MUTED)
        self.button.setVisible(may_ask)

    def unfold(self, check_id: str) -> None:
        """Show the numbers behind a check and bring it into view."""
        for row in self._rows:
            if row.check.id == check_id:
                row.unfold(on=True)
                self.ensureWidgetVisible(row)

    def _clear(self) -> None:
        for each in self._rows:
            self._column.removeWidget(each)
            each.hide()
            each.deleteLater()
        self._rows.clear()


class CheckRow(QFrame):
    """One check: its colour, title and sentence; the numbers come with a click or Space."""

    def __init__(self, theme: Theme, check: Check) -> None:
        super().__init__()
        self._theme, self.check = theme, check
        icon, tone, words = LOOKS[check.grade]
        picture = Picture(theme, icon, tone)
        picture.setAccessibleName(f"{check.title} {words}")
        picture.setToolTip(f"{check.title} {words}")
        self.title = QToolButton()
        self.title.setText(check.title)
        self.title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.title.setIconSize(QSize(theme.px(12), theme.px(12)))
        self.title.setCheckable(bool(check.figures))
        self.title.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title.setAccessibleDescription(check.sentence)
        self.title.setIcon(theme.icon("chevron-right"))
        sentence = QLabel(check.sentence)
        sentence.setWordWrap(True)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(sentence, "muted")
        self._figures: QWidget | None = None
        self._column = QVBoxLayout()
        self._column.setSpacing(theme.px(2))
        self._column.addWidget(self.title)
        self._column.addWidget(sentence)
        sentence.setContentsMargins(theme.px(6), 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(2), 0, theme.px(4))
        row.setSpacing(theme.px(6))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        picture.setContentsMargins(0, theme.px(4), 0, 0)
        row.addLayout(self._column, 1)
        self.title.toggled.connect(lambda on: self.unfold(on=on))

    def unfold(self, *, on: bool) -> None:
        """Show the numbers, or fold them away."""
        self.title.setChecked(on)
        self.title.setIcon(self._theme.icon("chevron-down" if on else "chevron-right"))
        if on and self._figures is None:
            self._figures = self._table()
            self._column.addWidget(self._figures)
        if self._figures is not None:
            self._figures.setVisible(on)

    def _table(self) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(self._theme.px(6), 0, 0, self._theme.px(4))
        grid.setHorizontalSpacing(self._theme.px(16))
        grid.setVerticalSpacing(self._theme.px(2))
        grid.setColumnStretch(2, 1)
        for row, (name, value) in enumerate(self.check.figures.items()):
            title, number = QLabel(name.replace("_", " ").capitalize()), QLabel(written(value))
            number.setTextFormat(Qt.TextFormat.PlainText)
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            number.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._theme.set_role(title, "caption")
            grid.addWidget(title, row, 0)
            grid.addWidget(number, row, 1)
        return table


def written(value: Figure) -> str:
    """Return a figure of a check as text."""
    if isinstance(value, str):
        return value
    if value is None:
        return formats.UNKNOWN
    whole = float(value).is_integer() and abs(value) < 1e15  # noqa: PLR2004 - beyond, floats skip
    return formats.number(value, places=0 if whole else 4)
