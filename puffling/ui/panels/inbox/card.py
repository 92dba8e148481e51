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
from puffling.ui.panels.inbox.columns import LEGS, countdown, countdown_tone
from puffling.ui.panels.inbox.rows import LARGE, drift_tone
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge
from puffling.ui.widgets.facts import Facts
from puffling.ui.widgets.quantity_edit import QuantityEdit
from puffling.ui.widgets.verdicts import VerdictList

if TYPE_CHECKING:
    from puffling.ui.panels.inbox.rows import InboxRow, LegRow
    from puffling.ui.theme.theme import Theme

_LEGS_HEIGHT = 132
_PLACES = 6


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
        edit: Its order is to be written on the ticket.
        reject: It is to be rejected.
        resume: The rest of its basket is to be sent.
        sized: One of its orders is to have another quantity (its place, the quantity).
    """

    approve = Signal()
    edit = Signal()
    reject = Signal()
    resume = Signal()
    sized = Signal(int, object)

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
        self.quantity = QuantityEdit(theme, places=_PLACES)
        self.change_button, self.leave_button = QPushButton("Change"), QPushButton("Leave out")
        self.approve_button = QPushButton("Approve…")
        self.edit_button, self.reject_button = QPushButton("Edit"), QPushButton("Reject…")
        self.resume_button = QPushButton("Resume…")
        self._changing = QWidget()
        self._lay_out()
        self._connect()
        self.show_row(None)

    def show_row(self, row: InboxRow | None, locked: str = "") -> None:
        """Show a proposal as it stands, or none; `locked` says why none can be approved."""
        same = row is not None and self._row is not None and row.id == self._row.id
        self._row = row
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
        for button in (self.approve_button, self.edit_button, self.reject_button):
            button.setVisible(waits)
        self.edit_button.setVisible(waits and not row.is_basket)
        self.resume_button.setVisible(row.is_resumable)
        self.approve_button.setEnabled(not locked)
        self.approve_button.setToolTip(locked or "Shows the confirmation first (Y)")
        self.resume_button.setEnabled(not locked)
        self.resume_button.setToolTip(locked or "Send what was not sent, after a confirmation")

    def change_quantity(self) -> None:
        """Put the cursor into the quantity of the chosen order of a basket."""
        self.quantity.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.quantity.selectAll()

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
        band, tone = row.band if waits else (formats.UNKNOWN, Tone.MUTED)
        say("Risk", band, tone)
        if waits:
            say("Decision", f"runs out in {countdown(row)}", countdown_tone(row))
        else:
            person = item.decided_by not in {"", "puffling"}
            by = f" by {item.decided_by}" if person else ""
            say("Decision", f"{row.state[0]}{by}", row.state[1])

    def _show_legs(self, row: InboxRow, *, same: bool) -> None:
        shown = row.is_basket
        self.view.setVisible(shown)
        if not shown:
            self.legs.reset()
            self._changing.hide()
            return
        chosen: LegRow | None = self.view.current
        if same and len(self.legs) == len(row.legs):
            self.legs.put_many(row.legs)
        else:
            self.legs.reset(row.legs)
            self.view.choose(str(chosen.place if same and chosen is not None else 0))
        self._changing.setVisible(row.item.state is ItemState.WAITING)
        if not same:
            self._offer_quantity()

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

    def _offer_quantity(self) -> None:
        leg: LegRow | None = self.view.current
        by_amount = leg is None or leg.ticket.notional is not None
        self.quantity.setEnabled(not by_amount)
        self.quantity.set_value(None if leg is None or by_amount else leg.ticket.quantity)

    def _change(self) -> None:
        leg: LegRow | None = self.view.current
        value = self.quantity.value
        if leg is not None and value is not None and value != leg.ticket.quantity:
            self.sized.emit(leg.place, value)

    def _leave_out(self) -> None:
        leg: LegRow | None = self.view.current
        if leg is not None and self._changing.isVisible():
            self.sized.emit(leg.place, 0)

    def _connect(self) -> None:
        self.approve_button.clicked.connect(self.approve)
        self.edit_button.clicked.connect(self.edit)
        self.reject_button.clicked.connect(self.reject)
        self.resume_button.clicked.connect(self.resume)
        self.change_button.clicked.connect(self._change)
        self.leave_button.clicked.connect(self._leave_out)
        self.quantity.returnPressed.connect(self._change)
        self.view.chosen.connect(lambda _: self._offer_quantity())
        self._keys = TableKeys(
            self.view,
            {
                "Y": self.approve.emit,
                "N": self.reject.emit,
                "E": self.change_quantity,
                "Del": self._leave_out,
            },
        )

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.side, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        row = QHBoxLayout(self._changing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        label = QLabel("Quantity")
        theme.set_role(label, "muted")
        label.setBuddy(self.quantity)
        self.quantity.setAccessibleName("Quantity of the chosen order")
        self.quantity.setMaximumWidth(theme.px(90))
        across: tuple[QWidget, ...] = (
            label,
            self.quantity,
            self.change_button,
            self.leave_button,
        )
        for widget in across:
            row.addWidget(widget)
        row.addStretch(1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        for widget in (
            self.how,
            self.reason,
            self.view,
            self._changing,
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
        self.edit_button.setToolTip("Write it on the ticket (E)")
        self.reject_button.setToolTip("Say no, and why (N)")
        self.leave_button.setToolTip("Take the chosen order out of the proposal (Del)")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(*[theme.sizes.padding] * 4)
        buttons.setSpacing(theme.px(6))
        buttons.addWidget(self.approve_button, 1)
        buttons.addWidget(self.resume_button, 1)
        buttons.addWidget(self.edit_button)
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
