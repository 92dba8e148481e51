"""The Limits tab: every rule an order must pass, how much of it is used, and the kill switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.services.risk import halted_text
from puffling.ui.panels.risk.limit_columns import LIMITS, words
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Dot
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.services.allocation import LimitRow
    from puffling.store.halts import Halt
    from puffling.ui.panel import PanelWidget

_FRAME_MS = 250
_FREE = "Trading is on."


class LimitsTab(QWidget):
    """Follows account and settings; brought up to date at most four times a second."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._parts = parts = owner.parts
        theme = parts.theme
        self.model: RecordModel[LimitRow] = RecordModel(LIMITS, lambda row: row.rule, self)
        self.view = RecordView(theme, self.model, name="Limits", empty="No limit is in force.")
        self.dot = Dot(theme, Tone.FAINT, "Not known yet")
        self.halted = QLabel("Reading the kill switch…")
        self.halted.setWordWrap(True)
        self.halted.setTextFormat(Qt.TextFormat.PlainText)
        self.switch = QPushButton("Kill switch")
        self.is_halted = False
        self.words = QLabel()  # of the chosen limit, in full
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        self.change = QPushButton("Change limits")
        self.change.setToolTip("Open the settings at Trading")
        theme.set_role(self.change, "flat")
        content = QWidget()
        self.states = StateStack(theme, content)
        self._lay_out(content)
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self.refresh)
        self._halt_read: Reading[Halt | None] = Reading(
            owner.spawn, parts.context.risk.halted, self._show_halt, self._fail
        )
        self.view.chosen.connect(lambda _: self._explain())
        self.switch.clicked.connect(self._turn)
        self.change.clicked.connect(lambda: parts.runner.command("desk.settings"))
        self.states.retried.connect(self.begin)
        signals = parts.signals
        for each in (
            signals.quotes_changed,
            signals.portfolio_changed,
            signals.fill_booked,
            signals.settings_changed,
        ):
            owner.listen(each, self._soon)
        owner.listen(signals.halt_changed, self._halt_read.ask)

    def begin(self) -> None:
        """Read everything anew."""
        self.refresh()
        self._halt_read.ask()

    def refresh(self) -> None:
        """Bring the table up to date."""
        try:
            rows = self._parts.context.allocation.limits_rows()
        except (PuffinError, PufflingError) as error:
            self._fail(error)
            return
        self.model.put_many(rows)
        if self.view.current is None and rows:
            self.view.choose(rows[0].rule)
        self._explain()
        self.states.show_content()

    def stop(self) -> None:
        """Follow nothing any more."""
        self._frame.stop()

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember."""
        return {"table": self.view.layout_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state."""
        if isinstance(state.get("table"), dict):
            self.view.restore_layout(state["table"])

    @override
    def showEvent(self, event: object) -> None:
        self._soon()

    def _soon(self, *_: object) -> None:
        if self.isVisible() and not self._frame.isActive():
            self._frame.start()

    def _show_halt(self, halt: Halt | None) -> None:
        theme = self._parts.theme
        self.is_halted = halt is not None
        self.halted.setText(_FREE if halt is None else halted_text(halt))
        theme.set_tone(self.halted, "" if halt is None else Tone.DANGER)
        self.dot.show_tone(
            *((Tone.SUCCESS, "Trading is on") if halt is None else (Tone.DANGER, "Halted"))
        )
        self.switch.setText("Kill switch" if halt is None else "Resume trading…")
        self.switch.setToolTip(
            "Stop trading at once and cancel every open order"
            if halt is None
            else "Allow orders again; asks for a word"
        )
        theme.set_role(self.switch, "danger" if halt is None else "primary")

    def _explain(self) -> None:
        row: LimitRow | None = self.view.current
        self.words.setText("" if row is None else f"{row.title}: {words(row)}")

    def _turn(self) -> None:
        self._parts.runner.command("risk.resume" if self.is_halted else "risk.halt")

    def _fail(self, error: Exception) -> None:
        self.states.show_error(str(error), str(getattr(error, "hint", "")))

    def _lay_out(self, content: QWidget) -> None:
        theme = self._parts.theme
        card = QFrame()
        theme.set_role(card, "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.px(10), theme.px(6), theme.px(6), theme.px(6))
        row.setSpacing(theme.px(8))
        row.addWidget(self.dot)
        row.addWidget(self.halted, 1)
        row.addWidget(self.change)
        row.addWidget(self.switch)
        inside = QVBoxLayout(content)
        inside.setContentsMargins(*[theme.sizes.padding] * 4)
        inside.setSpacing(theme.px(8))
        inside.addWidget(card)
        inside.addWidget(self.view, 1)
        inside.addWidget(self.words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
