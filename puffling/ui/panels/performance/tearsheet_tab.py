"""The Tearsheet tab: one page about the account, a backtest or a file of yours, to be kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffling.core.errors import PufflingError
from puffling.ui.panels.performance.sheet_files import picture, write_sheet
from puffling.ui.panels.performance.sheet_ink import HEIGHT, WIDTH, Ink
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from puffin.monitor.tearsheet import Sheet
    from puffling.services.reports import Report
    from puffling.store.backtests import SavedBacktest
    from puffling.ui.panel import PanelWidget
    from puffling.ui.theme.theme import Theme

ACCOUNT, FILE = "account", "file"
_MOST = 50  # backtests offered
_WIDEST = 1.15  # of the page's own size


class TearsheetTab(QWidget):
    """Shows a sheet and writes it to a file.

    Signals:
        shown: Another sheet is shown (the Sheet, or None).
    """

    shown = Signal(object)

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, theme = owner, owner.parts.theme
        self._theme = theme
        self._performance = owner.parts.context.performance
        self._report: Report | None = None
        self._file: Path | None = None
        self.sheet: Sheet | None = None
        self.box = QComboBox()
        self.box.setAccessibleName("Tearsheet of")
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setMinimumContentsLength(16)
        self.box.addItem("The account, in the period above", ACCOUNT)
        self.open_button = QPushButton(theme.icon("folder"), "CSV…")
        self.open_button.setToolTip("Show a file of dates with equity or returns")
        self.save_button = QPushButton(theme.icon("save"), "PDF or picture…")
        self.save_button.setToolTip("Write the page to a file")
        self.page = PageView(theme)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        scroll.setWidget(self.page)
        scroll.setAccessibleName("Tearsheet")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area = scroll
        self.states = StateStack(theme, scroll)
        head = QHBoxLayout()
        head.setContentsMargins(*[theme.sizes.padding] * 4)
        head.setSpacing(theme.px(6))
        for widget, stretch in ((self.box, 1), (self.open_button, 0), (self.save_button, 0)):
            head.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.states, 1)
        self._wanted: tuple[str, Path | None] = (ACCOUNT, None)
        self._reading: Reading[Sheet] = Reading(owner.spawn, self._read, self._show, self._fail)
        self._listing: Reading[list[SavedBacktest]] = Reading(
            owner.spawn,
            lambda: owner.parts.context.backtests.all(_MOST),
            self._offer,
            owner.parts.runner.report,
        )
        self.box.activated.connect(lambda _: self.choose(str(self.box.currentData())))
        self.open_button.clicked.connect(self._ask_file)
        self.save_button.clicked.connect(self._ask_place)
        self.states.retried.connect(lambda: self.choose(self._wanted[0]))
        self.save_button.setEnabled(False)

    def show_report(self, report: Report) -> None:
        """Take the account's sheet of a period; it is shown unless something else is in view."""
        self._report = report
        if self.box.currentData() == ACCOUNT:
            self._show_account()

    def list_backtests(self) -> None:
        """Offer the stored backtests anew."""
        self._listing.ask()

    def choose(self, source: str) -> None:
        """Show the account, the file, or a backtest by its id."""
        place = self.box.findData(source)
        if place < 0:
            return
        self.box.setCurrentIndex(place)
        if source == ACCOUNT:
            self._show_account()
            return
        self._wanted = (source, self._file)
        self.states.show_loading("Reading…", cancellable=False)
        self._reading.ask()

    def open_file(self, path: Path) -> None:
        """Show a CSV of equity or returns."""
        self._file = path
        place = self.box.findData(FILE)
        if place < 0:
            self.box.insertItem(1, path.name, FILE)
        else:
            self.box.setItemText(place, path.name)
        self.choose(FILE)

    def save(self, path: Path) -> None:
        """Write the page in view.

        Raises:
            PufflingError: There is none, or the file cannot be written.
        """
        if self.sheet is None:
            why = "" if self._report is None else self._report.why
            raise PufflingError("There is no tearsheet to write yet.", hint=why)
        write_sheet(path, self.sheet, self._theme)

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {}

    # -- inside ------------------------------------------------------------------------------

    def _show_account(self) -> None:
        report = self._report
        if report is None:
            return
        if report.sheet is None:
            self.sheet = None
            self.page.show_sheet(None)
            self.save_button.setEnabled(False)
            self.states.show_empty(report.why, "", "gain")
            self.shown.emit(None)
            return
        self._show(report.sheet)

    def _read(self) -> Sheet:
        source, file = self._wanted
        if source == FILE and file is not None:
            return self._performance.of_file(file)
        return self._performance.of_backtest(source)

    def _show(self, sheet: Sheet) -> None:
        if self._wanted[0] != self.box.currentData() and self.box.currentData() != ACCOUNT:
            return
        self.sheet = sheet
        self.page.show_sheet(sheet)
        self.save_button.setEnabled(True)
        self.states.show_content()
        self.shown.emit(sheet)

    def _fail(self, error: Exception) -> None:
        self.states.show_error(str(error), str(getattr(error, "hint", "")))

    def _offer(self, saved: list[SavedBacktest]) -> None:
        chosen = self.box.currentData()
        fixed = 1 if self.box.findData(FILE) < 0 else 2
        while self.box.count() > fixed:
            self.box.removeItem(fixed)
        for each in saved:
            title = each.strategy_id.replace("_", " ")
            words = f"Backtest: {title} on {each.symbol}, {each.created_at:%d %b %Y %H:%M}"
            self.box.addItem(words, each.id)
        self.box.setCurrentIndex(max(self.box.findData(chosen), 0))

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a CSV", "", "CSV (*.csv *.txt)")
        if path:
            self.open_file(Path(path))

    def _ask_place(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Write the tearsheet", "tearsheet.pdf", "PDF (*.pdf);;Picture (*.png)"
        )
        if path:
            try:
                self.save(Path(path))
            except PufflingError as error:
                self._owner.parts.runner.report(error)


class PageView(QWidget):
    """The page on the screen, as wide as there is room, in the scheme in force."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sheet: Sheet | None = None
        self._picture = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Tearsheet")
        theme.changed.connect(self._repaint)

    def show_sheet(self, sheet: Sheet | None) -> None:
        """Show this; None shows nothing."""
        self._sheet = sheet
        self.setAccessibleDescription("" if sheet is None else sheet.title)
        self._repaint()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return round(self._across(width) * HEIGHT / WIDTH)

    @override
    def sizeHint(self) -> QSize:
        return QSize(round(WIDTH), round(HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        width = max(self.width(), 200)
        return QSize(200, self.heightForWidth(width))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        if self._sheet is None:
            return
        across = self._across(self.width())
        ratio = self.devicePixelRatioF() * across / WIDTH
        if self._picture.isNull() or self._picture.width() != round(WIDTH * ratio):
            image = picture(self._sheet, Ink.of(self._theme), ratio)
            image.setDevicePixelRatio(self.devicePixelRatioF())
            self._picture = QPixmap.fromImage(image)
        painter.drawPixmap(round((self.width() - across) / 2), 0, self._picture)

    def _across(self, width: int) -> float:
        return min(float(width), WIDTH * _WIDEST * self._theme.scale / 100)

    def _repaint(self) -> None:
        self._picture = QPixmap()
        self.update()
