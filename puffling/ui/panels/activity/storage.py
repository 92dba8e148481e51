"""The Storage tab: what is kept, how large it is, and copies of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.store.opening import backups
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from PySide6.QtCore import SignalInstance

    from puffling.core.paths import Paths
    from puffling.ui.theme.theme import Theme

_LITTLE = 200_000_000  # bytes; below it the desk warns before the disk does


@dataclass(frozen=True, slots=True)
class Kept:
    """A file or folder of the profile; `changed_at` is None if it is not there."""

    name: str
    what: str
    size: int
    changed_at: datetime | None
    is_backup: bool = False
    tone: str = Tone.MUTED


@dataclass(frozen=True, slots=True)
class Usage:
    """What the profile takes of the disk."""

    folder: str
    kept: tuple[Kept, ...]
    free: int


KEPT: tuple[Column[Kept], ...] = (
    Column("name", "File", lambda each: each.name, draw=Draw.STRONG, width=290),
    number("size", "Size", lambda each: formats.size(each.size), lambda each: each.size, width=84),
    Column(
        "changed",
        "Changed",
        lambda each: formats.moment(each.changed_at),
        sort=lambda each: each.changed_at,
        width=168,
    ),
    Column(
        "what",
        "What it is",
        lambda each: each.what,
        tone=lambda each: each.tone,
        tip=lambda each: each.what,
        stretch=True,
    ),
)


def usage_of(paths: Paths) -> Usage:
    """Look at the disk; call it on a thread."""
    places = (
        (paths.database, "Everything that is yours: orders, lists, alerts, backtests"),
        (paths.market, "Fetched and imported prices"),
        (paths.settings, "Your settings"),
        (paths.layouts, "Arrangements of panels"),
        (paths.logs, "Log files"),
    )
    kept = [_kept(path, what) for path, what in places]
    kept += [_kept(path, "Backup", is_backup=True) for path in backups(paths)]
    kept += [
        _kept(path, "Kept aside: no program opens it, and you may remove it")
        for word in ("replaced", "broken")
        for path in sorted(paths.root.glob(f"*.{word}-*"), reverse=True)
        if not path.name.endswith(("-wal", "-shm", "-journal"))
    ]
    return Usage(str(paths.root), tuple(kept), shutil.disk_usage(paths.root).free)


def _kept(path: Path, what: str, *, is_backup: bool = False) -> Kept:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    if path.is_file():  # SQLite keeps what is not yet in the file beside it
        files += list(path.parent.glob(f"{path.name}-wal"))
    stats = [each.stat() for each in files]
    newest = max((each.st_mtime for each in stats), default=None)
    changed = None if newest is None else datetime.fromtimestamp(newest, UTC)
    return Kept(path.name, what, sum(each.st_size for each in stats), changed, is_backup)


class StorageTab(QWidget):
    """Files and backups, and the buttons that make, check and put back one.

    Signals:
        verify: A backup is to be checked (its name).
        restore: A backup is to be put back (its name).
    """

    verify = Signal(str)
    restore = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model: RecordModel[Kept] = RecordModel(KEPT, lambda each: each.name, self)
        self.view = RecordView(theme, self.model, name="Storage", empty="Looking at the disk…")
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setWordWrap(True)
        self.words.setMinimumWidth(theme.px(48))  # gives way in a narrow dock
        theme.set_role(self.words, "caption")
        self._found: dict[str, tuple[str, str]] = {}  # what came of checking a backup, by its name
        self._usage = "", ""
        self.verify_button = QPushButton("Verify")
        self.restore_button = QPushButton("Restore…")
        self.backup_button = QPushButton("Back up now")
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.addWidget(self.words, 1)
        for button in (self.verify_button, self.restore_button, self.backup_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.verify_button.clicked.connect(lambda: self._ask(self.verify))
        self.restore_button.clicked.connect(lambda: self._ask(self.restore))
        self.view.opened.connect(lambda _: self._ask(self.verify))
        self.view.chosen.connect(self._judge)
        self.model.modelReset.connect(self._judge)
        self._judge()

    def show_found(self, name: str, words: str, tone: str) -> None:
        """Say beside a backup what came of checking it."""
        self._found[name] = (words, tone)
        self.model.reset([self._told(each) for each in self.model.records])
        self._judge()

    def show_usage(self, usage: Usage) -> None:
        """Show what is kept."""
        self.model.reset([self._told(each) for each in usage.kept])
        copies = self._count(usage.kept)
        free = formats.size(usage.free)
        tone = Tone.WARNING if usage.free < _LITTLE else ""
        self._usage = f"{copies} · {free} free on the disk", tone
        self.words.setToolTip(str(usage.folder))
        self._judge()

    def _told(self, kept: Kept) -> Kept:
        words, tone = self._found.get(kept.name, (kept.what, kept.tone))
        return replace(kept, what=words, tone=tone)

    def _ask(self, signal: SignalInstance) -> None:
        row: Kept | None = self.view.current
        if row is not None and row.is_backup:
            signal.emit(row.name)

    def _judge(self, _row: object = None) -> None:
        row: Kept | None = self.view.current
        for button in (self.verify_button, self.restore_button):
            button.setEnabled(row is not None and row.is_backup)
        words, tone = self._found.get(row.name, self._usage) if row is not None else self._usage
        self.words.setText(words)
        self._theme.set_tone(self.words, tone)

    @staticmethod
    def _count(kept: Iterable[Kept]) -> str:
        count = sum(each.is_backup for each in kept)
        return "1 backup" if count == 1 else f"{count} backups"
