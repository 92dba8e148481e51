"""One idea in full: its prices, every number it came from, how it fits, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.ui.panels.assistant.card import Card
from puffling.ui.panels.assistant.ideas_columns import fit, outcome, side, why_not
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.services.idea_cards import IdeaCard
    from puffling.ui.theme.theme import Theme


class IdeaDetails(QScrollArea):
    """Shows an idea; its buttons say what may be done with it.

    Signals:
        ticket: It is to be written on the ticket.
        inbox: It is to be proposed in the Inbox.
        explain: The assistant is to explain it.
    """

    ticket = Signal()
    inbox = Signal()
    explain = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.card: Card | None = None

    def show_card(self, card: IdeaCard | None) -> None:
        """Show an idea, or none."""
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(*[self._theme.px(8)] * 4)
        self.card = None if card is None else self._made(card)
        if self.card is not None:
            column.addWidget(self.card)
        column.addStretch(1)
        self.setWidget(held)  # what was shown before goes with its own widget
        held.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def _made(self, card: IdeaCard) -> Card:
        theme, idea = self._theme, card.idea
        word, tone = side(card)
        made = Card(theme, f"{word} {idea.symbol}", (f"{idea.score:.1f} of 10", Tone.INFO))
        theme.set_tone(made.title, tone)
        made.add_text(idea.reason)
        why = why_not(card)
        ticket = "Write it on the ticket (T)"
        for button in (
            made.add_button("To ticket", self.ticket.emit, "primary", why or ticket),
            made.add_button("To Inbox", self.inbox.emit, tip=why or "You decide there (I)"),
        ):
            button.setEnabled(not why)
        made.add_button("Explain", self.explain.emit, tip="Ask the assistant (X)")
        made.add_pairs(
            [
                ("Entry, limit", formats.price(idea.entry)),
                ("Price now", formats.price(card.price)),
                ("Stop", formats.price(idea.stop)),
                ("Target", formats.price(idea.target)),
                ("Reward to risk", formats.number(idea.reward_to_risk)),
                ("Risk", idea.risk.value),
                ("Volatility", idea.volatility.value),
            ]
        )
        self._add_fit(made, card)
        made.add_text("What it goes by", "heading")
        made.add_pairs(
            [
                (each.title, formats.UNKNOWN if each.value is None else each.text or each.value)
                for each in idea.inputs
            ]
        )
        if idea.points:
            made.add_pairs([(each.title, f"{each.points:+g}: {each.text}") for each in idea.points])
        made.add_text(idea.formula, "caption")
        self._add_outcomes(made, card)
        return made

    def _add_fit(self, made: Card, card: IdeaCard) -> None:
        book = card.fit
        made.add_text("In your book", "heading")
        made.add_text(fit(card)[0].capitalize(), tone=fit(card)[1])
        made.add_pairs(
            [
                ("Shares to trade", formats.quantity(book.quantity)),
                ("Held now", formats.quantity(book.held)),
                ("Share of equity now", formats.percent(book.share_now)),
                ("Share of equity after", formats.percent(book.share_after)),
                ("At risk to the stop", formats.money(book.at_risk)),
            ]
        )
        made.add_text(book.text, "caption")

    def _add_outcomes(self, made: Card, card: IdeaCard) -> None:
        made.add_text("What became of it", "heading")
        if not card.kept.outcomes:
            made.add_text(
                "Nothing is known yet: it is looked at after 1, 5 and 20 days.", "caption"
            )
        for each in card.kept.outcomes:
            words, tone = outcome(each)
            days = "1 day" if each.days == 1 else f"{each.days} days"
            made.add_text(f"After {days}: {words}. {each.text}", tone=tone)
