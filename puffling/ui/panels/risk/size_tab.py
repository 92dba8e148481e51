"""The Size tab: how many shares a trade may have, and a way to take them to the ticket."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.errors import PuffinError
from puffin.types import Side
from puffling.commands.allocation_words import SizeWords
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.services.sizes import SizeMethod
from puffling.ui.panels.risk.faces import Faces
from puffling.ui.panels.risk.sheet import Part, Sheet
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import Headline, KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.panel import PanelWidget

COMMAND = "size.position"
_WAIT_MS, _FOLLOW_MS = 250, 1_000
_STRIP = (
    ("value", "Costs"),
    ("share", "Of equity"),
    ("at_risk", "Lost at the stop"),
    ("risk", "Of equity lost"),
    ("entry", "Entry"),
    ("atr", "Usual range"),
)
_RISKS = (SizeMethod.FIXED, SizeMethod.VOLATILITY)


def _by(*methods: SizeMethod) -> Any:  # noqa: ANN401 - a test of a form's values
    return lambda values: values.get("method") in methods


class SizeTab(QWidget):
    """Works out a size as the form is filled in; orders nothing."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, self._parts = owner, owner.parts
        theme = owner.parts.theme
        self.symbol = ""
        self.answer: dict[str, Any] | None = None
        self._ranges: dict[str, Decimal] = {}  # the usual range of a symbol, once it is known
        self.what = QLabel()
        theme.set_role(self.what, "strong")
        self.sheet = Sheet(
            theme,
            SizeWords,
            (
                Part(("method",)),
                Part(("stop",), matters=_by(SizeMethod.FIXED)),
                Part(("multiple", "atr"), matters=_by(SizeMethod.VOLATILITY)),
                Part(("risk",), matters=_by(*_RISKS)),
                Part(("win_rate", "payoff"), matters=_by(SizeMethod.KELLY)),
                Part(("fraction",), matters=_by(SizeMethod.FRACTION, SizeMethod.KELLY)),
                Part(("entry", "equity")),
            ),
        )
        self.sheet.add(self.what, 0)
        self.copy_button = QPushButton("Copy to ticket")
        self.copy_button.setToolTip("Fill the order ticket with this size (Ctrl+Return)")
        theme.set_role(self.copy_button, "primary")
        self.brief = QLabel()  # the result in a line, where the form hides it
        self.brief.setWordWrap(True)
        theme.set_role(self.brief, "strong")
        self.brief.hide()
        self.headline = Headline(theme, "Shares")
        self.strip = KeyValueStrip(theme, _STRIP)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "muted")
        content = QWidget()
        self.states = StateStack(theme, content)
        below = QWidget()
        inside = QVBoxLayout(below)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.brief)
        inside.addWidget(self.copy_button)
        self.faces = Faces(theme, self.sheet, below, self.states)
        self._lay_out(content)
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._wait.timeout.connect(self.compute)
        self._connect()

    def follow(self, symbol: str) -> None:
        """Size a trade of this symbol from now on."""
        if symbol == self.symbol:
            return
        self.symbol, self.answer = symbol, None
        self.what.setText(f"A trade of {symbol}" if symbol else "No symbol is chosen")
        self.sheet.show_values({"stop": None, "atr": None, "entry": None})
        self.compute()

    def compute(self) -> None:
        """Work the size out anew."""
        self._wait.stop()
        missing = self._missing()
        if not self.symbol:
            self._nothing("Choose a symbol: a size belongs to a trade.")
        elif missing:
            self._nothing(missing)
        elif self.sheet.problems({"symbol": self.symbol}):
            self._nothing("Put right what is marked, and the size appears here.")
        else:
            self._owner.spawn(self._compute(self.symbol, self._asked()))

    def copy(self) -> None:
        """Fill the ticket with what was found; nothing is sent."""
        if self.answer is None or not self.answer["quantity"]:
            return
        self._parts.context.desk.fill_ticket(self.side, self.symbol, self.answer["quantity"])

    @property
    def side(self) -> Side:
        """Buy; sell where the stop lies above the entry."""
        return Side.BUY if self.answer is None else Side(self.answer["side"])

    def stop(self) -> None:
        """Follow nothing any more."""
        self._wait.stop()

    def state(self) -> dict[str, Any]:
        """Return what is filled in, as JSON would hold it; prices belong to their day."""
        kept = self.sheet.state()
        return {name: each for name, each in kept.items() if name not in {"stop", "atr", "entry"}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        self.sheet.restore(state)
        self.compute()

    @override
    def showEvent(self, event: object) -> None:
        self._soon()

    # -- inside ------------------------------------------------------------------------------

    def _asked(self) -> dict[str, Any]:
        asked: dict[str, Any] = {**self.sheet.values(), "symbol": self.symbol}
        if asked.get("method") is SizeMethod.VOLATILITY and asked.get("atr") is None:
            asked["atr"] = self._ranges.get(self.symbol)
        return asked

    def _missing(self) -> str:
        values = self.sheet.values()
        method = values.get("method")
        if method is SizeMethod.FIXED and values.get("stop") is None:
            return "Enter a stop: the size follows from how far it lies from the entry."
        if method is SizeMethod.FRACTION and values.get("fraction") is None:
            return "Enter a fraction: 0.1 puts a tenth of the equity into the trade."
        if method is SizeMethod.KELLY and None in {values.get("win_rate"), values.get("payoff")}:
            return "Enter how often you win, and the mean win over the mean loss."
        return ""

    async def _compute(self, symbol: str, asked: dict[str, Any]) -> None:
        slow = asked.get("method") is SizeMethod.VOLATILITY and asked.get("atr") is None
        if slow:
            self.states.show_loading(f"Reading the usual range of {symbol}…", cancellable=False)
        try:
            found = await self._parts.registry[COMMAND].run_with(self._parts.context, asked)
        except (PuffinError, PufflingError) as error:
            if symbol == self.symbol:
                self._forget()
                self.states.show_error(str(error), error.hint)
            return
        if symbol == self.symbol:
            if found["atr"] is not None and asked.get("atr") is None:
                self._ranges[symbol] = found["atr"]
            self._show(found)

    def _show(self, found: dict[str, Any]) -> None:
        self.answer = found
        stake: Decimal = found["quantity"]
        selling = self.side is Side.SELL
        note = "The buying power allows no more" if found["capped"] else ""
        self.headline.show_number(formats.quantity(stake), "", note, Tone.WARNING if note else "")
        equity = self._equity()
        risks = self.sheet.values().get("method") in _RISKS
        self.strip.show_value("value", formats.money(found["value"]))
        self.strip.show_value("share", _share(found["value"], equity))
        self.strip.show_value(
            "at_risk",
            formats.money(found["at_risk"]),
            tip="Without a stop, all of it can be lost." if not risks else "",
        )
        self.strip.show_value("risk", _share(found["at_risk"], equity))
        self.strip.show_value("entry", formats.price(found["entry"]))
        self.strip.show_value("atr", formats.price(found["atr"]))
        self.words.setText(
            f"{'Sell short' if selling else 'Buy'} {found['text']}"
            f"{'' if risks else ' There is no stop: all of it is at risk.'}"
        )
        shares = f"{formats.quantity(stake)} shares{' short' if selling else ''}"
        self.brief.setText(
            f"{shares} · cost ${formats.money(found['value'], places=0)} · "
            f"risk ${formats.money(found['at_risk'], places=0)}"
        )
        self.copy_button.setEnabled(bool(stake))
        self.states.show_content()

    def _equity(self) -> Decimal | None:
        given = self.sheet.values().get("equity")
        if isinstance(given, Decimal):
            return given
        try:
            return self._parts.context.allocation.equity()
        except PufflingError:
            return None

    def _forget(self) -> None:
        self.answer = None
        self.copy_button.setEnabled(False)

    def _nothing(self, sentence: str) -> None:
        self._forget()
        self.brief.setText(sentence)
        self.states.show_empty(sentence, icon="ticket")

    def _soon(self, *_: object) -> None:
        if self.isVisible() and not self._wait.isActive():
            self._wait.start(_WAIT_MS)

    def _quoted(self, event: Any) -> None:  # noqa: ANN401 - a QuotesChanged, as Qt hands it on
        """Take another price at most once a second, where the entry is the last one."""
        mine = self.answer is not None and self.symbol in event.symbols
        last = mine and self.isVisible() and self.sheet.values().get("entry") is None
        if last and not self._wait.isActive():
            self._wait.start(_FOLLOW_MS)

    def _connect(self) -> None:
        self.sheet.changed.connect(lambda _: self._wait.start(_WAIT_MS))
        self.copy_button.clicked.connect(self.copy)
        self.states.retried.connect(self.compute)
        self.faces.narrowed.connect(self.brief.setVisible)
        signals = self._parts.signals
        self._owner.listen(signals.quotes_changed, self._quoted)
        self._owner.listen(signals.fill_booked, self._soon)

    def _lay_out(self, content: QWidget) -> None:
        theme = self._parts.theme
        column = QVBoxLayout(content)
        column.setContentsMargins(*[theme.px(12)] * 4)
        column.setSpacing(theme.px(10))
        for each in (self.headline, self.strip, self.words):
            column.addWidget(each)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.faces)


def _share(value: Decimal, equity: Decimal | None) -> str:
    return formats.percent(value / equity, places=1) if equity else formats.UNKNOWN
