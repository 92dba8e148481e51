"""The Data tab: the prices themselves, their source, what is missing and what looks wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffin.data.bars import Interval
from puffling.core import formats
from puffling.ui.panels.risk.data_columns import (
    FACTS,
    GAPS,
    SUSPECTS,
    Fact,
    bar_columns,
    gap_rows,
    suspect_rows,
)
from puffling.ui.panels.risk.work import Work
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import State, StateStack
from puffling.ui.widgets.file_dialog import ask_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.data.inspect import Inspection, Row
    from puffling.services.research import ResearchService
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.risk.data_columns import (
        GapRow,
        SuspectRow,
    )

MOST = 5_000  # rows of the table: more are in the export
_TITLES = ("Bars", "Gaps", "Suspects", "Source")


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """An inspection and the rows that are shown of it, the newest first."""

    symbol: str
    interval: Interval
    found: Inspection
    rows: tuple[Row, ...]


def look(research: ResearchService, symbol: str, interval: Interval) -> Looked:
    """Return bars looked over; blocks.

    Raises:
        DataError: There are none, with the reason.
    """
    found = research.inspect(symbol, interval)
    notes, count = found.row_notes, len(found.bars)
    rows = tuple(found.row(each, notes) for each in range(count - 1, max(count - MOST, 0) - 1, -1))
    return Looked(symbol, interval, found, rows)


class DataTab(QWidget):
    """Inspects the linked symbol when it is in sight."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, self._parts = owner, owner.parts
        theme = owner.parts.theme
        self.symbol = ""
        self.looked: Looked | None = None
        self.what = QLabel()
        self.interval = QComboBox()
        self.interval.setAccessibleName("Interval")
        for each in Interval:
            self.interval.addItem(each.label, each.value)
        self.interval.setCurrentIndex(self.interval.findData(Interval.D1.value))
        self.only = QCheckBox("Only remarks")
        self.only.setToolTip("Show only the bars that there is something to say about")
        self.export_button = QPushButton("Export CSV…")
        self.export_button.setToolTip("Write all bars to a file that can be imported again")
        self.words = QLabel()
        self.bars: RecordModel[Row] = RecordModel(
            bar_columns(intraday=False), lambda row: str(row.number), self
        )
        self.gaps: RecordModel[GapRow] = RecordModel(GAPS, lambda row: str(row.row), self)
        self.suspects: RecordModel[SuspectRow] = RecordModel(SUSPECTS, lambda row: row.key, self)
        self.facts: RecordModel[Fact] = RecordModel(FACTS, lambda row: row.title, self)
        self.views = {
            "bars": RecordView(theme, self.bars, name="Bars", empty="No bar has a remark."),
            "gaps": RecordView(theme, self.gaps, name="Gaps", empty="No session is missing."),
            "suspects": RecordView(
                theme, self.suspects, name="Suspects", empty="No bar looks wrong."
            ),
            "facts": RecordView(theme, self.facts, name="Source of the prices"),
        }
        self.tabs = QTabWidget()
        content = QWidget()
        self.states = StateStack(theme, content)
        self.work = Work(owner)
        self._lay_out(content)
        self._connect()
        self._show_none()

    def follow(self, symbol: str) -> None:
        """Inspect this symbol from now on."""
        if symbol == self.symbol:
            return
        self.symbol, self.looked = symbol, None
        self.work.cancel()
        self._show_none()
        self._look_if_seen()

    def start(self) -> None:
        """Look the prices over, in a job."""
        if not self.symbol:
            return
        symbol, interval = self.symbol, Interval(self.interval.currentData())
        research = self._parts.context.research
        self.work.start(f"Inspect {symbol}", lambda _: look(research, symbol, interval))

    def show_looked(self, looked: Looked) -> None:
        """Show what was found."""
        if looked.symbol != self.symbol:
            return
        self.looked = looked
        found = looked.found
        self._filter()
        self.gaps.reset(gap_rows(found))
        self.suspects.reset(suspect_rows(found))
        self.facts.reset([Fact(*each) for each in found.provenance])
        for place, count in ((1, found.missing), (2, len(found.suspects))):
            self.tabs.setTabText(place, f"{_TITLES[place]} {count:,}" if count else _TITLES[place])
        self.words.setText(" ".join((_summary(looked), *found.notes)))
        self.states.show_content()

    def export(self) -> None:
        """Ask for a file and write all bars to it."""
        if self.looked is None:
            return
        name = f"{self.looked.symbol}-{self.looked.interval.value}.csv".replace("/", "-")
        title = f"Export prices of {self.looked.symbol}"
        ask_file(self, title, self._write, kinds="Prices (*.csv)", save_as=name)

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {
            "interval": self.interval.currentData(),
            "only": self.only.isChecked(),
            "tab": self.tabs.currentIndex(),
            "tables": {name: view.layout_state() for name, view in self.views.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        place = self.interval.findData(state.get("interval"))
        if place >= 0:
            self.interval.setCurrentIndex(place)
        self.only.setChecked(state.get("only") is True)
        tables = state.get("tables")
        for name, view in self.views.items():
            if isinstance(tables, dict) and isinstance(tables.get(name), dict):
                view.restore_layout(tables[name])
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    @override
    def showEvent(self, event: object) -> None:
        self._look_if_seen()

    # -- inside ------------------------------------------------------------------------------

    def _look_if_seen(self) -> None:
        if self.isVisible() and self.looked is None and not self.work.is_running:
            self.start()

    def _filter(self) -> None:
        if self.looked is None:
            return
        only = self.only.isChecked()
        self.bars.reset(row for row in self.looked.rows if row.notes or not only)

    def _write(self, path: str) -> None:
        if self.looked is not None:
            self._parts.runner.command(
                "data.export",
                symbol=self.looked.symbol,
                path=path,
                interval=self.looked.interval.value,
            )

    def _show_none(self) -> None:
        self.what.setText(self.symbol or "No symbol")
        self.export_button.setEnabled(False)
        if self.symbol:
            self.states.show_empty(
                f"Where do the prices of {self.symbol} come from, and what is wrong with them?",
                "Inspect",
                "search",
            )
        else:
            self.states.show_empty("Choose a symbol to inspect its prices.", icon="search")

    def _after(self) -> None:
        if self.looked is not None:
            self.states.show_content()
        elif self.states.state is State.LOADING:
            self._show_none()

    def _connect(self) -> None:
        self.interval.activated.connect(lambda _: self.start())
        self.only.toggled.connect(lambda _: self._filter())
        self.export_button.clicked.connect(self.export)
        self.states.acted.connect(self.start)
        self.states.retried.connect(self.start)
        self.work.tell(self.states)
        self.work.finished.connect(self.show_looked)
        self.work.gone.connect(self._after)
        self.work.changed.connect(
            lambda on: self.export_button.setEnabled(not on and self.looked is not None)
        )
        self.work.finished.connect(lambda _: self.export_button.setEnabled(True))

    def _lay_out(self, content: QWidget) -> None:
        theme = self._parts.theme
        theme.set_role(self.what, "strong")
        theme.set_role(self.words, "caption")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.setContentsMargins(*[theme.sizes.padding] * 4)
        head.setSpacing(theme.px(8))
        head.addWidget(self.what)
        head.addWidget(self.interval)
        head.addWidget(self.only)
        head.addStretch(1)
        head.addWidget(self.export_button)
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        for view, title in zip(self.views.values(), _TITLES, strict=True):
            self.tabs.addTab(view, title)
        self.words.setContentsMargins(theme.px(8), 0, theme.px(8), theme.px(4))
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addWidget(self.tabs, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self.states, 1)


def _summary(looked: Looked) -> str:
    found = looked.found
    count = len(found.bars)
    said = [f"{count:,} bars"]
    if found.expected is not None:
        said.append(f"{found.missing:,} of {found.expected:,} expected are missing")
    wrong = len(found.suspects)
    said.append(f"{wrong:,} look wrong" if wrong else "none looks wrong")
    words = ", ".join(said) + "."
    if count > MOST:
        words += f" The newest {formats.number(MOST, places=0)} are shown; the export has all."
    return words
