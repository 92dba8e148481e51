"""The Goals tab: how money is meant to be split, how far it is off, and the trades that end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.errors import PuffinError
from puffin.types import ZERO
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.store.goals import Foreign, Goal
from puffling.ui.panels.risk.faces import Faces
from puffling.ui.panels.risk.goals_columns import SHARES, TRADES, ShareRow, TradeRow
from puffling.ui.panels.risk.goals_form import (
    GoalForm,
    goal_typed,
    shares_text,
    sum_words,
    values_of,
)
from puffling.ui.panels.risk.sheet import Part, Sheet
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import QModelIndex

    from puffin.portfolio.rebalance import Preview
    from puffling.ui.panel import PanelWidget

_FRAME_MS = 500
_HELD, _EQUAL = "held", "equal"
_STRIP = (
    ("largest", "Largest drift"),
    ("band", "Band"),
    ("cost", "Cost of trading"),
    ("cash", "Cash after"),
)
_ASK = "Name shares of the account to see how far it is from them. Nothing is ordered."


class GoalsTab(QWidget):
    """Follows the account while it is in sight; trades go to the inbox and nowhere else."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, self._parts = owner, owner.parts
        theme = self._parts.theme
        self._known: tuple[str, ...] = ()
        self._flipped: set[str] = set()  # where the person decided otherwise than the goal
        self.chooser, self.fill = QComboBox(), QComboBox()
        self.chooser.setAccessibleName("Which goal")
        self.fill.setAccessibleName("Where shares come from")
        fields = ("name", "shares", "band", "manner", "foreign", "whole")
        self.sheet = Sheet(theme, GoalForm, (Part(fields),))
        self.total = QLabel()
        self.total.setWordWrap(True)
        theme.set_role(self.total, "caption")
        self.save_button = QPushButton("Keep goal")
        theme.set_role(self.save_button, "primary")
        self.remove_button = QPushButton("Forget goal")
        theme.set_role(self.remove_button, "flat")
        self.strip = KeyValueStrip(theme, _STRIP)
        self.words = QLabel()
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        self.shares: RecordModel[ShareRow] = RecordModel(SHARES, lambda row: row.share.symbol, self)
        self.trades: RecordModel[TradeRow] = RecordModel(TRADES, lambda row: row.trade.symbol, self)
        self.views = {
            "shares": RecordView(theme, self.shares, name="Drift from the goal"),
            "trades": RecordView(theme, self.trades, name="Trades that meet the goal"),
        }
        self.send_button = QPushButton("Send basket to Inbox")
        theme.set_role(self.send_button, "primary")
        self.states = StateStack(theme, self._result())
        self.faces = Faces(theme, self._asked(), self.save_button, self.states)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.faces)
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self.refresh)
        self._connect()
        known = self._parts.context.goals.all()
        self._list(known[0].name if known else "")
        self._choose()

    @property
    def typed(self) -> Goal | None:
        """The goal as it is typed; None while it makes no sense."""
        kept = self._kept
        begun = Goal("", self._parts.context.clock.now(), {}) if kept is None else kept
        try:
            return goal_typed(self.sheet.values(), begun)
        except (PufflingError, ValueError):
            return None

    def propose(self, symbols: Sequence[str]) -> None:
        """Remember which symbols equal shares are offered of."""
        self._known = tuple(symbols)

    def start(self) -> None:
        """Keep the goal that is typed."""
        goal = self.typed
        if goal is None or not goal.name:
            self.faces.show_asked()
            self.sheet.editor("shares" if goal is None else "name").setFocus()
            return
        self._parts.runner.command(
            "goal.save",
            name=goal.name,
            targets={symbol: float(each) for symbol, each in goal.targets.items()},
            band=goal.band,
            manner=goal.manner,
            foreign=goal.foreign,
            whole=goal.whole,
        )

    def send(self) -> None:
        """Put the chosen trades into the inbox."""
        kept = self._kept
        if kept is not None and self.send_button.isEnabled():
            leave = tuple(row.trade.symbol for row in self.trades.records if not row.included)
            self._parts.runner.command("goal.propose", name=kept.name, leave=leave)

    def refresh(self) -> None:
        """Compare with the account as it is."""
        goal = self.typed
        words, right = sum_words(str(self.sheet.values().get("shares", "")))
        nothing = not str(self.sheet.values().get("shares", "")).strip()
        self.total.setText("" if nothing else words)
        self._parts.theme.set_tone(self.total, "" if right else Tone.WARNING)
        self.save_button.setEnabled(goal is not None and bool(goal.name))
        self.remove_button.setEnabled(self._kept is not None)
        if goal is None:
            self.states.show_empty(_ASK, "", "wallet")
            return
        self._show_shares(goal)
        self._show_trades(goal)

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {
            "goal": self.chooser.currentData() or "",
            "tables": {name: view.layout_state() for name, view in self.views.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        place = self.chooser.findData(state.get("goal"))
        if place > 0:
            self.chooser.setCurrentIndex(place)
            self._choose()
        tables = state.get("tables")
        for name, view in self.views.items():
            if isinstance(tables, dict) and isinstance(tables.get(name), dict):
                view.restore_layout(tables[name])

    def stop(self) -> None:
        """Follow nothing any more."""
        self._frame.stop()

    @override
    def showEvent(self, event: object) -> None:
        self.refresh()

    # -- showing -----------------------------------------------------------------------------

    def _show_shares(self, goal: Goal) -> None:
        found = self._parts.context.goals.state_of(goal)
        if found.why_not:
            self.states.show_error(found.why_not, retry=False)
            return
        self.states.show_content()
        largest = found.largest or ZERO
        self.shares.reset(ShareRow(each, goal.band, largest) for each in found.rows)
        tone = Tone.WARNING if found.is_missed else Tone.SUCCESS
        self.strip.show_value("largest", f"{formats.number(largest * 100, places=1)} points", tone)
        self.strip.show_value("band", f"{formats.number(goal.band * 100, places=1)} points")

    def _show_trades(self, goal: Goal) -> None:
        current: TradeRow | None = self.views["trades"].current
        try:
            preview = self._parts.context.goals.preview_of(goal, self._left(goal))
        except (PuffinError, PufflingError) as error:
            self.trades.reset()
            self.words.setText(f"{error} {error.hint}".strip())
            self.send_button.setEnabled(False)
            return
        left = set(self._left(goal))
        self.trades.reset(TradeRow(each, each.symbol not in left) for each in preview.trades)
        if current is not None:
            self.views["trades"].choose(current.trade.symbol)
        self.strip.show_value("cost", formats.money(preview.cost))
        self.strip.show_value("cash", formats.money(preview.cash_after))
        self._judge(goal, preview)

    def _judge(self, goal: Goal, preview: Preview) -> None:
        count = sum(bool(each.quantity) for each in preview.trades)
        same = goal == self._kept
        self.send_button.setEnabled(same and count > 0)
        if not count:
            words = "Nothing is to be traded."
        elif not same:
            words = "Keep the goal to send its trades to the inbox."
        else:
            share = formats.percent(preview.turnover, places=1)
            words = f"{count} trades of {share} of the account, as one basket for your yes."
        self.words.setText(" ".join((words, *preview.notes)))

    def _left(self, goal: Goal) -> list[str]:
        """Return what is not to be traded: other holdings if they stay, unless flipped."""
        held = [each.symbol for each in self._parts.context.portfolio.positions()]
        keeps = goal.foreign is Foreign.KEEP
        left = {each for each in held if each not in goal.targets} if keeps else set()
        return sorted(left ^ (self._flipped & {*held, *goal.targets}))

    def _flip(self) -> None:
        row: TradeRow | None = self.views["trades"].current
        if row is not None:
            self._flipped ^= {row.trade.symbol}
            self.refresh()

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self._flip()

    # -- goals that are kept -----------------------------------------------------------------

    @property
    def _kept(self) -> Goal | None:
        name = self.chooser.currentData()
        known = {each.name: each for each in self._parts.context.goals.all()}
        return known.get(str(name))

    def _list(self, chosen: str = "") -> None:
        """List the goals; `chosen` is brought to the front."""
        name = chosen or self.chooser.currentData() or ""
        self.chooser.clear()
        self.chooser.addItem("New goal", "")
        for each in self._parts.context.goals.all():
            self.chooser.addItem(each.name, each.name)
        place = self.chooser.findData(name)
        self.chooser.setCurrentIndex(max(place, 0))

    def _choose(self) -> None:
        goal = self._kept
        self._flipped.clear()
        begun = GoalForm().model_dump()
        self.sheet.show_values(begun if goal is None else values_of(goal))
        self.refresh()

    def _changed(self, name: str) -> None:
        kept = {each.name for each in self._parts.context.goals.all()}
        gone = self.chooser.currentData() == name and name not in kept
        typed = self.typed
        mine = typed is not None and typed.name == name and name in kept
        self._list(name if mine else "")
        if gone:
            self._choose()
        self.refresh()

    def _offer(self) -> None:
        """List where shares can come from."""
        self.fill.clear()
        self.fill.addItem("Fill in shares…", "")
        self.fill.addItem("As held now", _HELD)
        self.fill.addItem("Equal shares", _EQUAL)
        for each in self._parts.context.allocation.saved():
            self.fill.addItem(f"Kept weights: {each.name}", f"kept {each.name}")

    def _fill_in(self) -> None:
        chosen, goals = str(self.fill.currentData() or ""), self._parts.context.goals
        if not chosen:
            return
        try:
            if chosen == _HELD:
                shares = goals.as_held()
            elif chosen == _EQUAL:
                typed = self.typed
                shares = goals.as_equal(self._known if typed is None else tuple(typed.targets))
            else:
                shares = goals.as_kept(chosen.removeprefix("kept "))
        except (PuffinError, PufflingError) as error:
            self._parts.runner.report(error)
        else:
            self.sheet.show_values({"shares": shares_text(shares)})
            self.refresh()
        self._offer()

    def _forget(self) -> None:
        kept = self._kept
        if kept is not None:
            self._parts.runner.command("goal.remove", name=kept.name)

    def _soon(self, _event: object = None) -> None:
        if self.isVisible() and not self._frame.isActive():
            self._frame.start()

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.sheet.changed.connect(lambda _: self.refresh())
        self.chooser.activated.connect(lambda _: self._choose())
        self.fill.activated.connect(lambda _: self._fill_in())
        self.save_button.clicked.connect(self.start)
        self.remove_button.clicked.connect(self._forget)
        self.send_button.clicked.connect(self.send)
        self.views["trades"].clicked.connect(self._clicked)
        self._keys = TableKeys(self.views["trades"], {"Space": self._flip})
        signals = self._parts.signals
        for each in (signals.quotes_changed, signals.portfolio_changed, signals.fill_booked):
            self._owner.listen(each, self._soon)
        self._owner.listen(signals.goals_changed, lambda event: self._changed(event.name))
        self._offer()

    def _asked(self) -> QWidget:
        asked = QWidget()
        theme = self._parts.theme
        column = QVBoxLayout(asked)
        column.setContentsMargins(0, theme.sizes.padding, 0, 0)
        top = QHBoxLayout()
        top.setContentsMargins(theme.sizes.padding, 0, theme.sizes.padding, 0)
        top.addWidget(self.chooser, 1)
        top.addWidget(self.remove_button)
        column.addLayout(top)
        self.sheet.add(self.fill)
        self.sheet.add(self.total)
        column.addWidget(self.sheet, 1)
        return asked

    def _result(self) -> QWidget:
        found, theme = QWidget(), self._parts.theme
        column = QVBoxLayout(found)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(6))
        column.addWidget(self.strip)
        column.addWidget(self.views["shares"], 1)
        column.addWidget(self.views["trades"], 1)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.send_button, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(row)
        return found
