"""One proposal in full: its orders, what they are worth and risk, and what every limit says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from puffling.core import formats
from puffling.services import order_words
from puffling.store.inbox import ItemState
from puffling.ui.panels.inbox.amending import Amending
from puffling.ui.panels.inbox.columns import LEGS, countdown, countdown_tone
from puffling.ui.panels.inbox.rows import LARGE, drift_tone
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge
from puffling.ui.widgets.facts import Facts
from puffling.ui.widgets.verdicts import VerdictList

if TYPE_CHECKING:
    from puffling.services.proposal_odds import Odds
    from puffling.ui.panels.inbox.rows import InboxRow, LegRow
    from puffling.ui.theme.theme import Theme

_LEGS_HEIGHT = 132


@dataclass(frozen=True, slots=True)
class _Said:
    """What a limit says of one order of several."""

    allowed: bool
    warning: bool
    text: str


class ProposalCard(QWidget):
    """Shows a proposal; what may be done with it stands below, out of the scrolled part.

    Signals:
        approve: It is to be approved.
        rewrite: Its order is to be written on the ticket.
        reprice: Its limit is to follow the price.
        reject: It is to be rejected.
        resume: The rest of its basket is to be sent.
        changed: One of its orders is to be changed (its place, what changes by name).
        left: The keyboard is to go back to the table.
    """

    approve = Signal()
    rewrite = Signal()
    reprice = Signal()
    reject = Signal()
    resume = Signal()
    changed = Signal(int, object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row: InboxRow | None = None
        self.side = Badge(theme)
        self.title, self.how, self.reason = QLabel(), QLabel(), QLabel()
        theme.set_role(self.title, "headline")
        theme.set_role(self.how, "muted")
        for each in (self.title, self.how, self.reason):
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setWordWrap(True)
        self.facts, self.verdicts = Facts(theme), VerdictList(theme)
        self.legs: RecordModel[LegRow] = RecordModel(LEGS, lambda leg: str(leg.place), self)
        self.view = RecordView(theme, self.legs, name="Orders of the proposal")
        self.view.setFixedHeight(theme.px(_LEGS_HEIGHT))
        self.amending = Amending(theme)
        self.approve_button = QPushButton("Approve…")
        self.reprice_button, self.ticket_button = QPushButton("Reprice"), QPushButton("To ticket")
        self.reject_button, self.resume_button = QPushButton("Reject…"), QPushButton("Resume…")
        self._odds: Odds | None = None
        self._lay_out()
        self._connect()
        self.show_row(None)

    def show_row(self, row: InboxRow | None, locked: str = "") -> None:
        """Show a proposal as it stands, or none; `locked` says why none can be approved."""
        same = row is not None and self._row is not None and row.id == self._row.id
        self._row = row
        self._odds = self._odds if same else None
        self.setVisible(row is not None)
        if row is None:
            return
        self.side.show_text(row.action[0].upper(), row.action[1])
        self.title.setText(row.item.title if row.is_basket else row.size)
        self._show_how(row)
        self.reason.setText(row.item.reason)
        self._show_facts(row)
        self._show_legs(row, same=same)
        self._show_limits(row)
        waits = row.item.state is ItemState.WAITING
        for button in (self.approve_button, self.reject_button):
            button.setVisible(waits)
        self.ticket_button.setVisible(waits and not row.is_basket)
        self.reprice_button.setVisible(waits and row.has_limit)
        self.resume_button.setVisible(row.is_resumable)
        self.approve_button.setEnabled(not locked)
        self.approve_button.setToolTip(locked or "Shows the confirmation first (Y)")
        self.resume_button.setEnabled(not locked)
        self.resume_button.setToolTip(locked or "Send what was not sent, after a confirmation")

    def show_odds(self, id_: str, odds: Odds | None) -> None:
        """Say how likely the proposal makes money, if it is the one that is shown."""
        if self._row is not None and self._row.id == id_:
            self._odds = odds
            self._say_odds()

    def change(self) -> None:
        """Put the cursor into the values of the chosen order."""
        if not self.amending.isHidden():
            self.amending.begin()

    def _say_odds(self) -> None:
        odds = self._odds
        chance = None if odds is None else odds.chance
        tip = "" if odds is None else odds.text
        self.facts.show_fact("Chance of profit", formats.percent(chance, places=0), tip=tip)

    def _show_how(self, row: InboxRow) -> None:
        ticket = row.legs[0].ticket
        lines = [] if row.is_basket else [order_words.how(ticket), order_words.exits(ticket)]
        lines += [] if row.is_basket else order_words.legs(ticket)
        self.how.setText("\n".join(filter(None, lines)))
        self.how.setVisible(bool(self.how.text()))

    def _show_facts(self, row: InboxRow) -> None:
        say, item = self.facts.show_fact, row.item
        say("From", f"{item.source.capitalize()}, {formats.moment(item.created_at)}")
        waits = item.state is ItemState.WAITING
        say("Value", formats.money(row.value), role="strong")
        then, now = row.legs[0].price_then, row.legs[0].price_now
        single = not row.is_basket
        say("Price then", formats.price(then) if single else formats.UNKNOWN)
        say("Price now", formats.price(now) if single else formats.UNKNOWN)
        drift = formats.percent(row.drift, sign=True)
        say(
            "Drift",
            f"{drift} against you" if (row.drift or 0) > 0 else drift,
            drift_tone(row.drift),
        )
        say("Tolerance", _tolerance(row))
        risk, gain = row.at_stake
        say("At risk to the stop", "no stop" if risk is None else formats.money(risk))
        say("Gain at the target", "no target" if gain is None else formats.money(gain))
        ratio = gain / risk if risk and gain is not None else None
        say("Reward to risk", formats.number(ratio))
        self._say_odds()
        band, tone = row.band if waits else (formats.UNKNOWN, Tone.MUTED)
        say("Risk", band, tone)
        if waits:
            say("Decision", f"runs out in {countdown(row)}", countdown_tone(row))
        else:
            person = item.decided_by not in {"", "puffling"}
            by = f" by {item.decided_by}" if person else ""
            say("Decision", f"{row.state[0]}{by}", row.state[1])

    def _show_legs(self, row: InboxRow, *, same: bool) -> None:
        self.view.setVisible(row.is_basket)
        self.amending.setVisible(row.item.state is ItemState.WAITING)
        if not row.is_basket:
            self.legs.reset()
            self.amending.offer(row.legs[0], one_of_several=False)
            return
        chosen: LegRow | None = self.view.current
        if same and len(self.legs) == len(row.legs):
            self.legs.put_many(row.legs)
        else:
            self.legs.reset(row.legs)
            self.view.choose(str(chosen.place if same and chosen is not None else 0))
        self._offer()

    def _show_limits(self, row: InboxRow) -> None:
        several = row.is_basket
        self.verdicts.setVisible(row.item.state is ItemState.WAITING)
        self.verdicts.show_verdicts(
            (
                _Said(each.allowed, each.warning, f"{leg.ticket.symbol}: {each.text}")
                for leg in row.legs
                for each in leg.verdicts
            )
            if several
            else row.verdicts,
            every=not several,
        )

    def _offer(self) -> None:
        if self._row is not None and self._row.is_basket:
            self.amending.offer(self.view.current, one_of_several=True)

    def _connect(self) -> None:
        self.approve_button.clicked.connect(self.approve)
        self.ticket_button.clicked.connect(self.rewrite)
        self.reprice_button.clicked.connect(self.reprice)
        self.reject_button.clicked.connect(self.reject)
        self.resume_button.clicked.connect(self.resume)
        self.amending.changed.connect(self.changed)
        self.amending.left.connect(self.left)
        self.view.chosen.connect(lambda _: self._offer())
        self._keys = TableKeys(
            self.view,
            {
                "Y": self.approve.emit,
                "N": self.reject.emit,
                "E": self.change,
                "R": self.reprice.emit,
                "Del": self.amending.leave_out,
            },
        )

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.side, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        for widget in (
            self.how,
            self.reason,
            self.view,
            self.amending,
            self.facts,
            self.verdicts,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)  # only now: the area turns it on
        area.viewport().setAutoFillBackground(False)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(self.approve_button, "primary")
        self.ticket_button.setToolTip("Write it on the ticket (T)")
        self.reprice_button.setToolTip("Make the price of now its limit (R)")
        self.reject_button.setToolTip("Say no, and why (N)")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(*[theme.sizes.padding] * 4)
        buttons.setSpacing(theme.px(6))
        buttons.addWidget(self.approve_button, 1)
        buttons.addWidget(self.resume_button, 1)
        buttons.addWidget(self.reprice_button)
        buttons.addWidget(self.ticket_button)
        buttons.addWidget(self.reject_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addLayout(buttons)


def _tolerance(row: InboxRow) -> str:
    """Return how far the price may still move once you said yes."""
    if any(each.ticket.type.value != "market" for each in row.legs):
        return "the price it names"
    return f"{formats.percent(LARGE, places=0)} after your yes"
