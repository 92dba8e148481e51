"""The ideas tab: what the rules have to say of your universe, and what became of what they said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.core.events import JobState
from puffling.services.idea_words import in_short
from puffling.ui.panels.assistant.idea_details import IdeaDetails
from puffling.ui.panels.assistant.ideas_columns import IDEAS, why_not
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.job_watch import JobWatch
from puffling.ui.widgets.turning_split import TurningSplit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QMenu

    from puffling.core.events import JobChanged
    from puffling.services.idea_cards import Board, IdeaCard
    from puffling.ui.panel import Parts

_TURNS_AT = 640
_JOB = "Look for ideas"
_NEVER = "Rules look at every symbol you follow or hold, and say what is worth a look, and why."


class _Split(TurningSplit):
    """The table, and the idea in hand; one below the other the idea gets more."""

    @override
    def share_out(self, whole: int, *, narrow: bool) -> list[int]:
        table = whole * 2 // 5 if narrow else whole // 2
        return [table, whole - table]


class IdeasTab(QWidget):
    """A table of ideas, and the one in hand in full."""

    def __init__(
        self,
        parts: Parts,
        spawn: Callable[[Coroutine[object, object, object]], None],
        choose: Callable[[str], None],
        ask: Callable[..., None],
    ) -> None:
        super().__init__()
        self._parts, self._spawn, self._choose, self._ask = parts, spawn, choose, ask
        theme = parts.theme
        self._stale = True
        self._watch = JobWatch()
        self.note, self.record = QLabel(), QLabel()
        self.refresh_button = QPushButton("Look again")
        self.refresh_button.setToolTip("Ask the rules of today's prices (F5)")
        self.past = QCheckBox("Past ones too")
        self.past.setToolTip("Every idea that was shown, with what became of it")
        self.model: RecordModel[IdeaCard] = RecordModel(IDEAS, lambda card: card.id, self)
        self.view = RecordView(theme, self.model, name="Ideas")
        self.details = IdeaDetails(theme)
        split = _Split(theme.px(_TURNS_AT))
        split.addWidget(self.view)
        split.addWidget(self.details)
        self.states = StateStack(theme, split)
        for each in (self.note, self.record):
            each.setWordWrap(True)
            theme.set_role(each, "caption")
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(8), 0, theme.px(8), theme.px(4))
        row.addWidget(self.past)
        row.addStretch(1)
        row.addWidget(self.refresh_button)
        self.note.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.note)
        column.addLayout(row)
        column.addWidget(self.states, 1)
        self.record.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        column.addWidget(self.record)
        self._connect()

    # -- what can be done --------------------------------------------------------------------

    def refresh(self) -> None:
        """Let the rules look again, as a job."""
        if self._watch.is_running:
            return
        self._watch.begin(_JOB)
        self.states.show_loading("Looking at every symbol…")
        self._spawn(self._look())

    def to_ticket(self) -> None:
        """Write the chosen idea on the ticket."""
        if (card := self._chosen) is not None and not why_not(card):
            self._parts.runner.command("idea.ticket", id=card.id)

    def to_inbox(self) -> None:
        """Propose the chosen idea; it is decided in the Inbox."""
        if (card := self._chosen) is not None and not why_not(card):
            self._parts.runner.command("idea.propose", id=card.id)

    def explain(self) -> None:
        """Ask the assistant about the chosen idea."""
        if (card := self._chosen) is not None:
            ideas = self._parts.context.ideas
            about = {name: str(value) for name, value in ideas.facts(card.id).items()}
            self._ask(about, ideas.question(card.id), send=True)

    def read(self, _event: object = None) -> None:
        """Show what is known by now; nothing is computed."""
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        try:
            board = self._parts.context.ideas.board()
        except PufflingError as error:
            self.states.show_error(str(error), error.hint)
            return
        self._show(board)

    def on_job(self, event: JobChanged) -> None:
        """Say how far the look is."""
        if (said := self._watch.hear(event)) is not None and event.state is JobState.RUNNING:
            self.states.show_loading(said.text, said.done)

    def stop(self) -> None:
        """End what still goes on here."""
        self._watch.end()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self.read()

    # -- inside ------------------------------------------------------------------------------

    @property
    def _chosen(self) -> IdeaCard | None:
        card: IdeaCard | None = self.view.current
        return card

    async def _look(self) -> None:
        command = self._parts.registry["idea.refresh"]
        try:
            await command.run_with(self._parts.context, {})
        finally:
            self._watch.end()
            self.read()

    def _show(self, board: Board) -> None:
        if self._watch.is_running:
            return
        before = self._chosen
        ideas = self._parts.context.ideas
        cards = tuple(ideas.history()) if self.past.isChecked() else board.cards
        self.model.reset(cards)
        if cards and (before is None or not self.view.choose(before.id)):
            self.view.choose(cards[0].id)
        self.details.show_card(self._chosen)
        looked = (
            ""
            if board.at is None
            else f", looked at {formats.moment(board.at, zone=EXCHANGE)} in New York"
        )
        self.note.setText(f"{len(board.symbols)} symbols{looked}. {board.note}".strip())
        self._show_record()
        if cards:
            self.states.show_content()
        elif board.at is None:
            self.states.show_empty(_NEVER, "Look for ideas", "robot")
        else:
            reasons = "\n".join(f"{x.symbol}: {x.reason}" for x in board.without[:4])
            self.states.show_empty(f"The rules have no idea now.\n{reasons}", "Look again", "robot")

    def _show_record(self) -> None:
        known = self._parts.context.ideas.track_record()
        said = in_short(known.records)
        self.record.setText("\n".join(said) or "No idea has come to its end yet.")
        lines = [
            f"{each.method.label}, {each.side}: {each.text}" for each in known.records if each.ideas
        ]
        self.record.setToolTip("\n".join((*lines, *known.notes)))

    def _connect(self) -> None:
        self.refresh_button.clicked.connect(self.refresh)
        self.past.toggled.connect(self.read)
        self.states.acted.connect(self.refresh)
        self.states.retried.connect(self.read)
        self.states.cancelled.connect(self._cancel)
        self.view.chosen.connect(lambda _: self.details.show_card(self._chosen))
        self.view.opened.connect(lambda card: self._choose(card.idea.symbol))
        self.view.filling_menu.connect(self._fill_menu)
        self.details.ticket.connect(self.to_ticket)
        self.details.inbox.connect(self.to_inbox)
        self.details.explain.connect(self.explain)
        self._keys = TableKeys(
            self.view, {"T": self.to_ticket, "I": self.to_inbox, "X": self.explain}
        )

    def _cancel(self) -> None:
        if self._watch.job:
            self._parts.runner.command("job.cancel", id=self._watch.job)

    def _fill_menu(self, menu: QMenu, card: IdeaCard | None) -> None:
        if card is None:
            return
        for icon, title, do in (
            ("ticket", "Write on the ticket", self.to_ticket),
            ("inbox", "Propose in the Inbox", self.to_inbox),
            ("robot", "Explain", self.explain),
            ("chart", f"Show {card.idea.symbol}", lambda: self._choose(card.idea.symbol)),
        ):
            menu.addAction(self._parts.theme.icon(icon), title).triggered.connect(do)
