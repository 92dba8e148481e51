"""The Audit tab: who asked for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.store.audit import AuditEntry
    from puffling.ui.theme.theme import Theme


def _details(entry: AuditEntry) -> str:
    return ", ".join(f"{name}: {value}" for name, value in entry.details.items() if value != "")


AUDIT: tuple[Column[AuditEntry], ...] = (
    Column(
        "at", "Time", lambda entry: formats.moment(entry.at), sort=lambda entry: entry.id, width=168
    ),
    Column("actor", "Who", lambda entry: entry.actor, width=90),
    Column("action", "Did", lambda entry: entry.action, draw=Draw.STRONG, width=130),
    Column("subject", "To", lambda entry: entry.subject, tone=lambda _: Tone.MUTED, width=140),
    Column("details", "Details", _details, tip=_details, stretch=True),
)


class AuditTab(QWidget):
    """The audit log, newest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model: RecordModel[AuditEntry] = RecordModel(AUDIT, lambda entry: str(entry.id), self)
        self.view = RecordView(
            theme,
            self.model,
            name="Audit log",
            empty="Orders, the kill switch and changed limits are written down here.",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
