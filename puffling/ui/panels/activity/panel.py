"""The activity panel: what the desk is doing, what it told, and how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.core.log import tail
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.activity.audit import LATEST, AuditTab
from puffling.ui.panels.activity.connections import ConnectionsTab
from puffling.ui.panels.activity.jobs import JobsTab
from puffling.ui.panels.activity.lines import rows
from puffling.ui.panels.activity.log_tail import LogTab
from puffling.ui.panels.activity.notifications import NotificationsTab
from puffling.ui.panels.activity.storage import StorageTab, usage_of
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.file_dialog import ask_file
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from puffling.core.events import ConnectionChanged, JobChanged
    from puffling.services.bars import Source
    from puffling.services.connections import Connection as Keys
    from puffling.store.notifications import Notification
    from puffling.ui.panel import Parts

_TICK_MS = 2_000
_TABS = ("jobs", "notifications", "connections", "audit", "storage", "log")
_USED = {True: "in use", False: "not in use"}
LOG_FILE = "puffling.log"
T = TypeVar("T")


class ActivityPanel(PanelWidget):
    """Jobs, notifications, connections, audit, storage and the log."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme, context = parts.theme, parts.context
        self._sources: list[Source] = []
        self._keys: list[Keys] = []
        self.jobs = JobsTab(theme, context.clock.now)
        self.notifications = NotificationsTab(theme)
        self.connections = ConnectionsTab(theme)
        self.audit = AuditTab(theme)
        self.storage = StorageTab(theme)
        self.log = LogTab(theme)
        self.tabs = QTabWidget()
        self.states = StateStack(theme, self.tabs)
        self._lay_out()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        log = context.paths.logs / LOG_FILE
        self._reads: dict[str, Reading[Any]] = {
            "jobs": self._reading(context.jobs.recent, self.jobs.show_jobs),
            "notifications": self._reading(context.notifications.all, self._show_notices),
            "connections": self._reading(context.bars.sources, self._show_sources),
            "audit": self._reading(lambda: context.audit.all(LATEST), self.audit.show_entries),
            "storage": self._reading(lambda: usage_of(context.paths), self.storage.show_usage),
            "log": self._reading(lambda: tail(log), self.log.show_lines),
        }
        self._connect()
        for name in ("jobs", "notifications"):
            self._reads[name].ask()
        self._show_connections()

    def show_tab(self, name: str) -> None:
        """Bring one tab to the front, by its name."""
        if name in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(name))

    @property
    def tab(self) -> str:
        """The name of the tab in front."""
        return _TABS[self.tabs.currentIndex()]

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def primary_focus(self) -> QWidget:
        return {
            "jobs": self.jobs.view,
            "notifications": self.notifications.view,
            "connections": self.connections.view,
            "audit": self.audit.view,
            "storage": self.storage.view,
            "log": self.log.text,
        }[self.tab]

    @override
    def run_focused(self) -> None:
        self._tab_shown()

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {"tab": self.tab}

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self.show_tab(str(state.get("tab", "")))

    @override
    def shut(self) -> None:
        self._timer.stop()
        self.jobs.timer.stop()
        super().shut()

    @override
    def showEvent(self, event: object) -> None:
        self._timer.start()
        self._tab_shown()

    @override
    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
        self.tabs.setDocumentMode(True)
        pages = (
            (self.jobs, "Jobs"),
            (self.notifications, "Notifications"),
            (self.connections, "Connections"),
            (self.audit, "Audit"),
            (self.storage, "Storage"),
            (self.log, "Log"),
        )
        for page, title in pages:
            self.tabs.addTab(page, title)
        self._tab_keys = turn_with_keys(self, self.tabs, self.primary_focus)

    def _reading(self, read: Callable[[], T], show: Callable[[T], None]) -> Reading[T]:
        return Reading(self.spawn, read, show, self._fail)

    def _connect(self) -> None:
        run, desk = self.parts.runner.command, self.parts.context.desk
        self.states.retried.connect(self._tab_shown)
        self.tabs.currentChanged.connect(self._tab_shown)
        self.jobs.cancel.connect(lambda id_: run("job.cancel", id=id_))
        self.notifications.read.connect(self._mark_read)
        self.notifications.read_all.connect(lambda: run("notice.read"))
        self.notifications.open_panel.connect(desk.open_panel)
        self.storage.backup_button.clicked.connect(lambda: run("backup.now"))
        self.storage.verify.connect(lambda name: self.spawn(self._verify(name)))
        self.storage.restore.connect(lambda name: run("backup.restore", name=name))
        self.log.export_button.clicked.connect(self._export)
        self.connections.test.connect(lambda name: run("connection.test", name=name))
        signals = self.parts.signals
        self.listen(signals.job_changed, self._on_job)
        self.listen(signals.notification_kept, self._reads["notifications"].ask)
        self.listen(signals.connection_changed, self._on_connection)
        self.listen(signals.keys_changed, self._ask_keys)
        for signal in (
            signals.order_changed,
            signals.halt_changed,
            signals.settings_changed,
            signals.mode_changed,
            signals.keys_changed,
            signals.inbox_changed,
        ):
            self.listen(signal, self._audit_grew)

    # -- following ---------------------------------------------------------------------------

    def _tab_shown(self) -> None:
        self.states.show_content()
        self._reads[self.tab].ask()
        if self.tab == "connections":
            self._ask_keys()

    def _tick(self) -> None:
        """Every two seconds: what changes without an event."""
        if self.tab == "connections":
            self._show_connections()
        elif self.tab in {"log", "storage"}:
            self._reads[self.tab].ask()

    def _on_job(self, event: JobChanged) -> None:
        self.jobs.show_job(event)
        if event.state.is_over and self.tab == "storage" and self.isVisible():
            self._reads["storage"].ask()

    def _audit_grew(self, _event: object) -> None:
        if self.tab == "audit" and self.isVisible():
            self._reads["audit"].ask()

    def _show_notices(self, notices: list[Notification]) -> None:
        self.notifications.show_notices(notices)
        count = self.notifications.unread
        self.tabs.setTabText(1, f"Notifications ({count})" if count else "Notifications")

    def _mark_read(self, ids: list[int]) -> None:
        self.spawn(self._read(ids))

    async def _read(self, ids: list[int]) -> None:
        self.parts.context.notifications.mark_read(ids)

    def _export(self) -> None:
        ask_file(
            self,
            "Export diagnostics",
            lambda path: self.parts.runner.command("diagnostics.export", path=path),
            kinds="Archives (*.zip)",
            save_as="puffling-diagnostics.zip",
        )

    async def _verify(self, name: str) -> None:
        """Check a backup, and say beside it what came of that."""
        context = self.parts.context
        self.storage.show_found(name, "Is being checked…", Tone.INFO)
        try:
            found = await self.parts.registry["backup.verify"].run_with(context, {"name": name})
        except (PufflingError, PuffinError) as error:
            self.storage.show_found(name, str(error), Tone.DANGER)
        else:
            self.storage.show_found(name, f"Sound: {found.words}", Tone.SUCCESS)

    def _ask_keys(self, _event: object = None) -> None:
        self.spawn(self._read_keys())

    async def _read_keys(self) -> None:
        """The keyring may wait for a person; meanwhile the other rows are there."""
        self._keys = await self.parts.context.connections.list()
        self._show_connections()

    def _on_connection(self, event: ConnectionChanged) -> None:
        del event  # the service has heard it first
        self._show_connections()

    def _show_connections(self) -> None:
        self.connections.show_connections(rows(self.parts.context, self._keys, self._sources))

    def _show_sources(self, sources: list[Source]) -> None:
        self._sources = sources
        self._show_connections()

    def _fail(self, error: Exception) -> None:
        self.states.show_error(str(error), getattr(error, "hint", ""))
