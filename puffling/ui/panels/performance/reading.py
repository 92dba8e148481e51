"""Reads the report of a period beside the window, and reads again when something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from puffling.services.spans import Span
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from puffling.services.reports import Moment, Report
    from puffling.ui.panel import PanelWidget


class ReportReader(QObject):
    """Has the latest report.

    Signals:
        read: There is a new one (the Report).
        failed: It could not be read (the error).
    """

    read = Signal(object)
    failed = Signal(object)

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__(owner)
        self.span = Span()
        self.report: Report | None = None
        self._performance = owner.parts.context.performance
        self._moment: Moment | None = None
        self._reading = Reading(owner.spawn, self._read, self._show, self.failed.emit)

    def ask(self, *_: object) -> bool:
        """Read anew; False while the account is still opening."""
        try:
            self._moment = self._performance.now()
        except RuntimeError:  # the market opens the account a moment after the window
            return False
        self._reading.ask()
        return True

    def _read(self) -> Report | None:
        moment = self._moment
        return None if moment is None else self._performance.report(moment, self.span)

    def _show(self, report: Report | None) -> None:
        if report is not None:
            self.report = report
            self.read.emit(report)
