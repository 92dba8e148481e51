"""What went wrong, and what to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit

from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class CrashDialog(Dialog):
    """Shows a report from which secrets have been taken out; the desk keeps running."""

    topic = "upkeep"

    def __init__(
        self,
        theme: Theme,
        report: str,
        *,
        title: str = "Something went wrong",
        text: str = (
            "Puffling met an error that nobody foresaw. The desk keeps running, and orders are "
            "stored before they are sent, so none is lost. The report below holds no keys and no "
            "account numbers."
        ),
        quit_: Callable[[], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, title, parent, width=600)
        self.add_text(text)
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setMinimumHeight(theme.px(200))
        self.report.setAccessibleName("Report")
        theme.set_role(self.report, "mono")
        self.body.addWidget(self.report, 1)
        self.copy = self.add_button("Copy report")
        self.copy.clicked.connect(self._copy)
        if quit_ is not None:
            leave = self.add_button("Quit")
            leave.clicked.connect(quit_)
        self.go_on = self.add_button("Keep running", "primary", default=True)
        self.go_on.clicked.connect(self.accept)
        self.go_on.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self.copy.setText("Copied")
