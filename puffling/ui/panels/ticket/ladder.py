"""The quote on the ticket: bid, last and ask, how old they are, and what a click on one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from puffling.core import formats
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.types import Quote
    from puffling.ui.theme.theme import Theme

_NAMES = ("Bid", "Last", "Ask")


class QuoteLadder(QWidget):
    """Three prices; a click on one takes it as the limit price.

    Signals:
        picked: A price was clicked (Decimal).
    """

    picked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._quote: Quote | None = None
        self.change, self.age = QLabel(formats.UNKNOWN), QLabel()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(4))
        grid.setVerticalSpacing(theme.px(2))
        self.buttons = {name: QPushButton(formats.UNKNOWN) for name in _NAMES}
        for column, (name, button) in enumerate(self.buttons.items()):
            caption = QLabel(name)
            theme.set_role(caption, "caption")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the limit price is typed or stepped
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            theme.set_role(button, "quote")
            button.setToolTip("Use as the limit price")
            button.clicked.connect(lambda _=False, each=name: self._pick(each))
            grid.addWidget(caption, 0, column, Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(button, 1, column)
        theme.set_role(self.age, "caption")
        grid.addWidget(self.change, 2, 0, 1, 2)
        grid.addWidget(self.age, 2, 2, Qt.AlignmentFlag.AlignRight)

    def show_quote(self, quote: Quote | None) -> None:
        """Show the prices of `quote`; without one there are only dashes."""
        self._quote = quote
        for name, button in self.buttons.items():
            price = self._price(name)
            button.setText(formats.price(price))
            button.setEnabled(price is not None)
            button.setAccessibleName(f"{name} {formats.price(price)}")
        change = None if quote is None else quote.change
        ratio = None if quote is None else quote.change_ratio
        words = formats.signed(change)
        if ratio is not None:
            words = f"{words}   {formats.percent(ratio, sign=True)}"
        self.change.setText(words)
        self._theme.set_tone(self.change, self._theme.sign_tone(change))

    def show_age(self, seconds: float | None, *, stale: bool) -> None:
        """Say how old the quote is, as a warning once it is too old to be called current."""
        self.age.setText("" if seconds is None else formats.age(seconds))
        self._theme.set_tone(self.age, Tone.WARNING if stale and seconds is not None else "")
        simulated = self._quote is not None and self._quote.simulated
        self.age.setToolTip("The path inside the day is simulated." if simulated else "")

    def _price(self, name: str) -> Decimal | None:
        quote = self._quote
        return (
            None if quote is None else {"Bid": quote.bid, "Last": quote.last}.get(name, quote.ask)
        )

    def _pick(self, name: str) -> None:
        if (price := self._price(name)) is not None:
            self.picked.emit(price)
