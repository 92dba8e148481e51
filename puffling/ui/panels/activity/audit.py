"""The Audit tab: who asked for what, found by what it was about or by a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffling.store.audit import AuditEntry
    from puffling.ui.theme.theme import Theme

LATEST = 5_000  # entries that are looked through
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (  # how the actions of each begin
    ("Everything", ("",)),
    ("Orders", ("order.", "basket.")),
    ("Approvals", ("order.submit", "inbox.")),
    ("Modes and keys", ("mode.", "connection.", "demo.")),
    ("Limits and settings", ("settings.", "risk.adopt")),
    ("Kill switch", ("risk.halt", "risk.resume")),
    ("Automation", ("automation.",)),
)
_NONE_YET = "Orders, the kill switch and changed limits are written down here."
_NONE_FIT = "Nothing that was written down fits. Choose Everything and clear the search."


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


def fits(entry: AuditEntry, starts: tuple[str, ...], words: str) -> bool:
    """Whether an entry is of a kind and has every one of the words somewhere."""
    if not entry.action.startswith(starts):
        return False
    text = f"{entry.actor} {entry.action} {entry.subject} {_details(entry)}".casefold()
    return all(each in text for each in words.casefold().split())


class AuditTab(QWidget):
    """The audit log, newest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._entries: list[AuditEntry] = []
        self.kind = QComboBox()
        self.kind.setAccessibleName("What it was about")
        for title, starts in KINDS:
            self.kind.addItem(title, starts)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Who, what or symbol")
        self.search.setAccessibleName("Search the audit log")
        self.search.setClearButtonEnabled(True)
        self.words = QLabel()
        theme.set_role(self.words, "caption")
        self.model: RecordModel[AuditEntry] = RecordModel(AUDIT, lambda entry: str(entry.id), self)
        self.view = RecordView(theme, self.model, name="Audit log", empty=_NONE_YET)
        head = QHBoxLayout()
        head.setContentsMargins(*[theme.px(6)] * 4)
        head.setSpacing(theme.px(6))
        head.addWidget(self.kind)
        head.addWidget(self.search, 1)
        head.addWidget(self.words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.kind.currentIndexChanged.connect(self._show)
        self.search.textChanged.connect(self._show)

    def show_entries(self, entries: Iterable[AuditEntry]) -> None:
        """Show these, as far as they are wanted."""
        self._entries = list(entries)
        self._show()

    def _show(self) -> None:
        _, starts = KINDS[self.kind.currentIndex()]
        words = self.search.text()
        found = [each for each in self._entries if fits(each, starts, words)]
        self.view.set_empty(_NONE_FIT if self._entries else _NONE_YET)
        self.model.reset(found)
        count, all_ = len(found), len(self._entries)
        self.words.setText(f"{count:,} of {all_:,}" if count != all_ else f"{all_:,} entries")
