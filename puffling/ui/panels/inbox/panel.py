"""The inbox panel: what waits for a yes or a no, the one in hand in full, and the history."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.types import AssetClass
from puffling.core.errors import NotConfirmedError, PufflingError
from puffling.core.events import Level, NoticePosted
from puffling.core.settings import Mode
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.inbox.card import ProposalCard
from puffling.ui.panels.inbox.columns import HISTORY, WAITING
from puffling.ui.panels.inbox.rewriting import Rewriting
from puffling.ui.panels.inbox.rows import past_row, waiting_row
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.ask_bar import AskBar
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.picture import Picture
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.tab_keys import turn_with_keys
from puffling.ui.widgets.turning_split import TurningSplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from PySide6.QtWidgets import QMenu, QWidget

    from puffling.core.events import OrderChanged
    from puffling.services.proposal_odds import Odds
    from puffling.store.inbox import InboxItem
    from puffling.ui.panel import Parts
    from puffling.ui.panels.inbox.rows import InboxRow

_LOOK_MS = 1_000  # countdowns and prices of proposals are read, not watched
_TURNS_AT = 720
_TABS = ("waiting", "history")
_EMPTY = "Nothing needs you."


class _Split(TurningSplit):
    """The table, and the card of what is chosen in it; side by side the table gets more."""

    @override
    def share_out(self, whole: int, *, narrow: bool) -> list[int]:
        table = whole * (2 if narrow else 3) // 5
        return [table, whole - table]


class InboxPanel(PanelWidget):
    """Decides about proposals, each by the same confirmation as an order of your own."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme = parts.theme
        self._items: list[InboxItem] = []
        self._odds: dict[str, Odds] = {}  # of the one that was chosen last
        self._working_odds = False
        self.waiting: RecordModel[InboxRow] = RecordModel(WAITING, lambda row: row.id, self)
        self.view = RecordView(theme, self.waiting, name="Proposals that wait")
        self.past: RecordModel[InboxRow] = RecordModel(HISTORY, lambda row: row.id, self)
        self.past_view = RecordView(
            theme, self.past, name="Inbox history", empty="Nothing was decided yet."
        )
        self.card, self.past_card = ProposalCard(theme), ProposalCard(theme)
        self.banner, self.locked = QFrame(), QLabel()
        self.ask = AskBar(theme)
        self.tabs = QTabWidget()
        self._lay_out()
        self._rewriting = Rewriting(parts.context.inbox, parts.context.actor)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._refresh)
        self._past_read = Reading(self.spawn, self._read_past, self._show_past, parts.runner.report)
        self._connect()
        self._show_waiting()
        self._past_read.ask()

    def show_tab(self, name: str) -> None:
        """Bring one tab to the front: waiting or history."""
        if name in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(name))

    def approve(self) -> None:
        """Take the chosen proposals to the confirmation, one after another."""
        rows = self.view.selected
        if not rows or self._why_locked:
            return
        if len(rows) > 1:
            rows = [each for each in rows if not self._must_stand_alone(each)]
            if not rows:
                title = "In LIVE a large order is approved by itself."
                notice = NoticePosted(Level.INFO, title, "Choose one and press Y.")
                self.parts.context.bus.publish(notice)
                return
        self.spawn(self._approve([each.id for each in rows]))

    def reprice(self) -> None:
        """Have the limits of the chosen proposal follow the price."""
        row: InboxRow | None = self.view.current
        if row is not None:
            self.parts.runner.command("inbox.reprice", id=row.id)

    def rewrite(self) -> None:
        """Write the chosen order on the ticket; sent from there, the proposal is withdrawn."""
        row: InboxRow | None = self.view.current
        if row is None or row.is_basket:
            return
        self._rewriting.begin(row.item, self.parts.context.clock.now())
        self.parts.context.desk.write_ticket(row.legs[0].ticket)

    def ask_reject(self) -> None:
        """Ask why the chosen proposals are rejected."""
        rows = self.view.selected
        if not rows:
            return
        what = rows[0].item.title if len(rows) == 1 else f"{len(rows)} proposals"
        ids = [each.id for each in rows]
        self.ask.ask_name(
            f"Reject {what}. Why?", "Not now.", "Reject", lambda why: self._no(ids, why)
        )
        self.ask.name.setAccessibleName("Why it is rejected")

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def primary_focus(self) -> QWidget:
        return self.view if self.tabs.currentIndex() == 0 else self.past_view

    @override
    def run_focused(self) -> None:
        self._show_waiting()
        self._past_read.ask()

    @override
    def apply_focused(self) -> None:
        self.approve()

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": _TABS[self.tabs.currentIndex()],
            "waiting": self.view.layout_state(),
            "history": self.past_view.layout_state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self.show_tab(str(state.get("tab", "")))
        for key, view in (("waiting", self.view), ("history", self.past_view)):
            if isinstance(state.get(key), dict):
                view.restore_layout(state[key])

    @override
    def shut(self) -> None:
        self._look.stop()
        super().shut()

    @override
    def showEvent(self, event: object) -> None:
        self._look.start()
        self._announce()  # nobody heard it while it was being built
        self._refresh()

    @override
    def hideEvent(self, event: object) -> None:
        self._look.stop()

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self.parts.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.banner, self.ask):
            column.addWidget(widget)
        column.addWidget(self.tabs, 1)
        theme.set_role(self.banner, "banner", Tone.DANGER)
        self.locked.setWordWrap(True)
        self.locked.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self.banner)
        row.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        row.addWidget(Picture(theme, "lock", Tone.DANGER), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.locked, 1)
        self.banner.hide()
        self.tabs.setDocumentMode(True)
        pages = _Split(theme.px(_TURNS_AT)), _Split(theme.px(_TURNS_AT))
        for page, table, card in zip(
            pages, (self.view, self.past_view), (self.card, self.past_card), strict=True
        ):
            page.addWidget(table)
            page.addWidget(card)
        self.states = StateStack(theme, pages[0])
        self.tabs.addTab(self.states, "Waiting")
        self.tabs.addTab(pages[1], "History")

    def _connect(self) -> None:
        self.view.chosen.connect(lambda _: self._show_card())
        self.past_view.chosen.connect(lambda row: self.past_card.show_row(row, self._why_locked))
        for view in (self.view, self.past_view):
            view.opened.connect(lambda row: self.set_symbol(row.legs[0].ticket.symbol))
        self.view.filling_menu.connect(self._fill_menu)
        self.card.approve.connect(self.approve)
        self.card.rewrite.connect(self.rewrite)
        self.card.reprice.connect(self.reprice)
        self.card.reject.connect(self.ask_reject)
        self.card.changed.connect(self._change)
        self.card.left.connect(self.view.setFocus)
        self.past_card.resume.connect(self._resume)
        self.ask.closed.connect(self.view.setFocus)
        self._keys = TableKeys(
            self.view,
            {
                "Y": self.approve,
                "E": self.card.change,
                "R": self.reprice,
                "T": self.rewrite,
                "N": self.ask_reject,
            },
        )
        self._turning = turn_with_keys(self, self.tabs, self.primary_focus)
        signals = self.parts.signals
        self.listen(signals.inbox_changed, self._on_inbox)
        self.listen(signals.basket_changed, self._past_read.ask)
        self.listen(signals.order_changed, self._on_order)
        for signal in (signals.halt_changed, signals.broker_ready, signals.mode_changed):
            self.listen(signal, self._on_inbox)

    # -- following ---------------------------------------------------------------------------

    def _on_inbox(self, _event: object) -> None:
        self._show_waiting()
        self._past_read.ask()

    def _on_order(self, event: OrderChanged) -> None:
        self._rewriting.sent(event.order)
        if event.order.basket:
            self._past_read.ask()

    def _show_waiting(self) -> None:
        """Read what waits anew."""
        self._items = self.parts.context.inbox.waiting()
        rows = [self._row(each) for each in self._items]
        if {each.id for each in rows} == set(self.waiting.keys):
            self.waiting.put_many(rows)
        else:
            current: InboxRow | None = self.view.current
            self.waiting.reset(rows)
            if rows and (current is None or not self.view.choose(current.id)):
                self.view.choose(rows[0].id)
        if rows:
            self.states.show_content()
        else:
            self.states.show_empty(_EMPTY, "", "inbox")
        count = len(rows)
        self._announce()
        self.tabs.setTabText(0, f"Waiting ({count})" if count else "Waiting")
        self._show_lock()
        self._show_card()

    def _announce(self) -> None:
        count = len(self._items)
        self.title_changed.emit(f"Inbox ({count})" if count else "Inbox")

    def _refresh(self) -> None:
        """Bring prices, limits and countdowns up to date."""
        if self._items:
            self.waiting.put_many(self._row(each) for each in self._items)
            self._show_card()
        self._show_lock()

    def _row(self, item: InboxItem) -> InboxRow:
        context = self.parts.context
        left = (item.expires_at - context.clock.now()).total_seconds()
        return waiting_row(item, context.inbox.lines(item.id), left)

    def _show_card(self) -> None:
        row: InboxRow | None = self.view.current
        self.card.show_row(row, self._why_locked)
        if row is not None and not row.is_basket and not self._working_odds:
            known = row.id in self._odds and row.legs[0].ticket.asset is not AssetClass.OPTION
            if not known:
                self._working_odds = True
                self.spawn(self._work_odds(row.id))
            self.card.show_odds(row.id, self._odds.get(row.id))

    async def _work_odds(self, id_: str) -> None:
        """Work out how likely a proposal makes money; what a price does to it takes a thread."""
        try:
            found = await asyncio.to_thread(self.parts.context.inbox.odds, id_)
        except PufflingError:  # it was decided meanwhile
            return
        finally:
            self._working_odds = False
        self._odds = {id_: found[0]}
        self.card.show_odds(id_, found[0])

    def _show_lock(self) -> None:
        why = self._why_locked if self._items else ""
        self.locked.setText(why)
        self.banner.setAccessibleName(why)
        self.banner.setVisible(bool(why))

    @property
    def _why_locked(self) -> str:
        return self.parts.context.inbox.locked()

    def _read_past(self) -> list[InboxRow]:
        """Read the history; runs on a thread."""
        context = self.parts.context
        baskets = {each.id: each for each in context.baskets.all()}
        orders = {each.id: each for each in context.orders.all()}
        return [
            past_row(each, baskets.get(each.basket), orders) for each in context.inbox.history()
        ]

    def _show_past(self, rows: list[InboxRow]) -> None:
        current: InboxRow | None = self.past_view.current
        self.past.reset(rows)
        if rows and (current is None or not self.past_view.choose(current.id)):
            self.past_view.choose(rows[0].id)
        self.past_card.show_row(self.past_view.current, self._why_locked)

    # -- deciding ----------------------------------------------------------------------------

    async def _approve(self, ids: list[str]) -> None:
        """Confirm each in its turn; a no ends it, a limit's refusal does not."""
        for id_ in ids:
            task = self.parts.runner.command("inbox.approve", id=id_)
            await asyncio.wait({task})
            if task.cancelled() or isinstance(task.exception(), NotConfirmedError):
                return

    def _must_stand_alone(self, row: InboxRow) -> bool:
        context = self.parts.context
        if context.market.mode is not Mode.LIVE:
            return False
        return row.value is None or row.value >= context.risk.limits().large_order

    def _no(self, ids: list[str], why: str) -> None:
        for each in ids:
            self.parts.runner.command("inbox.reject", id=each, note=why)

    def _change(self, place: int, values: Mapping[str, Decimal]) -> None:
        row: InboxRow | None = self.view.current
        if row is not None:
            self.parts.runner.command("inbox.edit", id=row.id, order=place + 1, **values)

    def _resume(self) -> None:
        row: InboxRow | None = self.past_view.current
        if row is not None and row.basket is not None:
            self.parts.runner.command("basket.resume", id=row.basket.id)

    def _fill_menu(self, menu: QMenu, row: InboxRow | None) -> None:
        if row is None:
            return
        entries = (
            ("check", "Approve…", "Y", self.approve, not self._why_locked),
            ("edit", "Change", "E", self.card.change, True),
            (
                "refresh",
                "Reprice",
                "R",
                self.reprice,
                row.has_limit,
            ),
            ("ticket", "Write on the ticket", "T", self.rewrite, not row.is_basket),
            ("close", "Reject…", "N", self.ask_reject, True),
        )
        for icon, title, key, do, can in entries:
            action = menu.addAction(self.parts.theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setEnabled(can)
            action.triggered.connect(do)
