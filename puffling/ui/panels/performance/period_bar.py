"""The row above the tabs: the period, its own first and last day, and what to export."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from puffling.services.spans import Reach, Span
from puffling.ui.forms.calendar import dress
from puffling.ui.forms.day_edit import DayEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.theme.theme import Theme

_TITLES = {
    Reach.DAY: "1D",
    Reach.WEEK: "1W",
    Reach.MONTH: "1M",
    Reach.QUARTER: "3M",
    Reach.YEAR_TO_DATE: "YTD",
    Reach.YEAR: "1Y",
    Reach.ALL: "All",
    Reach.CUSTOM: "Custom",
}
_TIPS = {
    Reach.DAY: "The last session",
    Reach.YEAR_TO_DATE: "Since the year began",
    Reach.ALL: "Since the account began",
    Reach.CUSTOM: "From one day to another",
}


class PeriodBar(QWidget):
    """Chooses a period.

    Signals:
        chosen: Another period is wanted (its Span).
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        row.setSpacing(theme.px(2))
        self._group = QButtonGroup(self)
        self.buttons: dict[Reach, QPushButton] = {}
        for reach, title in _TITLES.items():
            button = QPushButton(title)
            button.setCheckable(True)
            button.setToolTip(_TIPS.get(reach, f"The last {title}"))
            button.setAccessibleName(f"Period {title}")
            theme.set_role(button, "flat")
            self._group.addButton(button)
            self.buttons[reach] = button
            row.addWidget(button)
            button.clicked.connect(lambda _, each=reach: self._choose(each))
        self.buttons[Reach.ALL].setChecked(True)
        self._days = QWidget()
        days = QHBoxLayout(self._days)
        days.setContentsMargins(theme.px(4), 0, 0, 0)
        self.first, self.last = DayEdit(), DayEdit()
        for edit, name in ((self.first, "First day"), (self.last, "Last day")):
            edit.setAccessibleName(name)
            edit.setCalendarPopup(True)
            dress(edit.calendarWidget(), theme)
            edit.editingFinished.connect(self._typed)
        to = QLabel("to")
        theme.set_role(to, "muted")
        for widget in (self.first, to, self.last):
            days.addWidget(widget)
        self._days.hide()
        row.addWidget(self._days)
        row.addStretch(1)
        self.export_button = QPushButton(theme.icon("export"), "")
        self.export_button.setToolTip("Export trades, session ends or the tearsheet to a file")
        self.export_button.setAccessibleName("Export")
        self.menu = QMenu(self.export_button)
        self.export_button.setMenu(self.menu)
        row.addWidget(self.export_button)
        self._told = Span()

    @property
    def span(self) -> Span:
        """The period that is chosen."""
        reach = next(each for each, button in self.buttons.items() if button.isChecked())
        if reach is not Reach.CUSTOM:
            return Span(reach)
        first, last = sorted((_day(self.first), _day(self.last)))
        return Span(reach, first, last)

    def propose(self, first: date | None, last: date | None) -> None:
        """Fill in the days that a custom period begins with."""
        if self.buttons[Reach.CUSTOM].isChecked() or first is None or last is None:
            return
        for edit, day in ((self.first, first), (self.last, last)):
            edit.setDate(QDate(day.year, day.month, day.day))

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        span = self.span
        days = {"first": span.start, "last": span.end} if span.reach is Reach.CUSTOM else {}
        return {"reach": span.reach.value} | {
            name: day.isoformat() for name, day in days.items() if day is not None
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered period; what does not fit is passed over."""
        reach = next((each for each in Reach if each.value == state.get("reach")), None)
        if reach is None:
            return
        for edit, name in ((self.first, "first"), (self.last, "last")):
            day = QDate.fromString(str(state.get(name, "")), "yyyy-MM-dd")
            if day.isValid():
                edit.setDate(day)
        self.buttons[reach].setChecked(True)
        self._choose(reach)

    def _choose(self, reach: Reach) -> None:
        self._days.setVisible(reach is Reach.CUSTOM)
        self._tell()

    def _typed(self) -> None:
        if self.buttons[Reach.CUSTOM].isChecked():
            self._tell()

    def _tell(self) -> None:
        span = self.span
        if span != self._told:
            self._told = span
            self.chosen.emit(span)


def _day(edit: DayEdit) -> date:
    day = edit.date()
    return date(day.year(), day.month(), day.day())
