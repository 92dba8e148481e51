"""What a search has found so far: leaderboard, heat map, train against test, convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.core.formats import duration, percent
from puffling.ui.panels.backtest.convergence_tab import ConvergenceTab
from puffling.ui.panels.backtest.digest import best_at, key_of
from puffling.ui.panels.backtest.heat_tab import HeatTab
from puffling.ui.panels.backtest.search_columns import LEADERBOARD
from puffling.ui.panels.backtest.walk_tab import WalkTab
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.hairline import Hairline

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QMenu

    from puffling.services.search_plans import LiveSearch
    from puffling.ui.panels.backtest.digest import Digest, TrialRow
    from puffling.ui.theme.theme import Theme

# What the pages are called, and what in little room.
_TITLES = (
    ("Leaderboard", "Best"),
    ("Heat map", "Map"),
    ("Train and test", "Folds"),
    ("Convergence", "Path"),
    ("Sliders", "Sliders"),
)
_STATES = {
    "done": "",
    "stopped": "stopped; what was done is kept",
    "failed": "failed",
    "interrupted": "interrupted when Puffling ended; what was stored is kept",
}


class SearchView(QWidget):
    """Shows a search while it runs and afterwards.

    Signals:
        use_asked: These parameters are to be used in the Run tab (a dict).
        stop_asked: The search is to stop.
        axes_changed: The heat map is to have other axes.
    """

    use_asked = Signal(object)
    stop_asked = Signal()
    axes_changed = Signal()

    def __init__(self, theme: Theme, sliders: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.digest: Digest | None = None
        self.title, self.status = QLabel(), QLabel()
        theme.set_role(self.title, "heading")
        theme.set_role(self.status, "caption")
        self.title.setWordWrap(True)
        self.status.setWordWrap(True)
        for each in (self.title, self.status):  # the buttons beside them need their room first
            each.setMinimumWidth(theme.px(90))
        self.line = Hairline(theme)
        self.stop_button = QPushButton(theme.icon("stop"), "Stop")
        self.stop_button.setToolTip("Stop the search; what is done is kept")
        self.use_button = QPushButton("Use parameters")
        self.use_button.setToolTip("Put the chosen row into the Run tab (Return)")
        self.board: RecordModel[TrialRow] = RecordModel(LEADERBOARD, lambda row: row.key, self)
        self.board_view = RecordView(
            theme,
            self.board,
            name="Leaderboard",
            empty="Start a search: every try is listed here, best first.",
        )
        self.heat, self.walk = HeatTab(theme), WalkTab(theme)
        self.convergence, self.sliders = ConvergenceTab(theme), sliders
        self.tabs = QTabWidget()
        self._lay_out()
        self._connect()
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say that there is no search yet; the sliders work without one."""
        self.title.setText("No search yet")
        self.status.setText("Start one on the left, or try values by hand with the sliders.")
        self.stop_button.hide()
        self.line.hide()
        self.use_button.setEnabled(False)

    def show_digest(self, digest: Digest) -> None:
        """Show a search as it is now."""
        new = self.digest is None or self.digest.search.id != digest.search.id
        self.digest = digest
        search = digest.search
        self.title.setText(search.title)
        self.status.setText(status(search, digest))
        self.stop_button.setVisible(not search.is_over)
        self.line.setVisible(not search.is_over)
        self.line.show_progress(search.share or None)
        tone = Tone.DANGER if search.state.value == "failed" else ""
        self._theme.set_tone(self.status, tone)
        self.board_view.set_empty(
            "The first results are on their way."
            if not search.is_over
            else "Nothing was tried: the folds are under Train and test."
            if digest.is_walk
            else "Nothing was tried."
        )
        self.board.reset(digest.rows)
        if new and digest.is_walk:
            self.tabs.setCurrentWidget(self.walk)
        self._show_tab()
        self._judge()

    def _show_tab(self) -> None:
        """Bring only the page that is seen up to date."""
        page = self.tabs.currentWidget()
        if self.digest is not None and page in {self.heat, self.walk, self.convergence}:
            page.show_digest(self.digest)

    def use(self) -> None:
        """Use the parameters of the chosen row; of the best one if none is chosen."""
        row: TrialRow | None = self.board_view.current or self.board.record(0)
        if row is not None and not row.trial.error:
            self.use_asked.emit(dict(row.trial.parameters))
        elif self.digest is not None and self.digest.walked is not None:
            self.use_asked.emit(dict(self.digest.walked.parameters or {}))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Call the pages shorter where their names do not fit beside each other."""
        super().resizeEvent(event)
        bar = self.tabs.tabBar()
        room = self.tabs.width()
        for names in zip(*_TITLES, strict=True):
            for place, name in enumerate(names):
                bar.setTabText(place, name)
            if bar.sizeHint().width() <= room:
                return

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _: self._show_tab())
        self.board_view.opened.connect(lambda _: self.use())
        self.board_view.chosen.connect(lambda _: self._judge())
        self.board_view.filling_menu.connect(self._fill_menu)
        self.use_button.clicked.connect(self.use)
        self.stop_button.clicked.connect(self.stop_asked)
        self.heat.axes_changed.connect(self.axes_changed)
        self.heat.cell_chosen.connect(self._choose_cell)
        self.convergence.chosen.connect(self._choose_try)

    def _choose_cell(self, column: int, row: int) -> None:
        if self.digest is None:
            return
        parameters = best_at(self.digest, column, row)
        if parameters is not None:
            self._choose(repr(sorted(parameters.items())), parameters)

    def _choose_try(self, place: int) -> None:
        if self.digest is not None:
            trial = self.digest.search.trials[place]
            self._choose(key_of(trial), dict(trial.parameters))

    def _choose(self, key: str, parameters: dict[str, object]) -> None:
        """Choose a row of the leaderboard; what is not among its first rows is used at once."""
        if self.board_view.choose(key):
            self.tabs.setCurrentWidget(self.board_view)
        else:
            self.use_asked.emit(parameters)

    def _judge(self) -> None:
        row: TrialRow | None = self.board_view.current or self.board.record(0)
        walked = None if self.digest is None else self.digest.walked
        may = row is not None and not row.trial.error
        self.use_button.setEnabled(may or (walked is not None and walked.parameters is not None))

    def _fill_menu(self, menu: QMenu, row: TrialRow | None) -> None:
        if row is None or row.trial.error:
            return
        action = menu.addAction(self._theme.icon("check"), "Use parameters")
        action.setShortcut("Return")
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: self.use_asked.emit(dict(row.trial.parameters)))

    def _lay_out(self) -> None:
        theme = self._theme
        head = QGridLayout()
        head.setVerticalSpacing(theme.px(2))
        head.setColumnStretch(0, 1)
        for row, (words, button) in enumerate(
            ((self.title, self.stop_button), (self.status, self.use_button))
        ):
            head.addWidget(words, row, 0)
            head.addWidget(button, row, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.tabBar().setUsesScrollButtons(True)
        pages = (self.board_view, self.heat, self.walk, self.convergence, self.sliders)
        for page, (title, _) in zip(pages, _TITLES, strict=True):
            self.tabs.setTabToolTip(self.tabs.addTab(page, title), title)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        column.addWidget(self.line)
        column.addWidget(self.tabs, 1)


def status(search: LiveSearch, digest: Digest) -> str:
    """Return how far a search is, in a line."""
    parts = [_done(search, digest)]
    if search.is_over:
        parts.append(duration(search.seconds))
        if _STATES.get(search.state.value, ""):
            parts.append(_STATES[search.state.value])
        if search.message and search.state.value in {"failed", "done"}:
            parts.append(search.message)
    elif search.left is not None:
        parts.append(f"about {duration(search.left)} left")
    if digest.errors:
        parts.append(f"{digest.errors:,} could not run: {digest.first_error}")
    return " · ".join(each for each in parts if each)


def _done(search: LiveSearch, digest: Digest) -> str:
    if digest.walked is not None:
        return f"{len(digest.walked.folds)} of {digest.walked.planned} folds"
    if digest.is_walk:
        return "" if search.is_over else f"{percent(search.share, places=0)} of the folds"
    return f"{search.done:,} of {search.total:,} tried" if search.total else "Starting"
