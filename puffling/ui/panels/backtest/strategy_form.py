"""Which strategy, and its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from puffling.ui.forms.form import Form
from puffling.ui.forms.schema import plain, typed
from puffling.ui.panels.backtest.choices import built_in
from puffling.ui.panels.backtest.narrow import let_shrink
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffling.ui.panels.backtest.choices import Choice
    from puffling.ui.theme.theme import Theme

_ID = Qt.ItemDataRole.UserRole


class StrategyForm(QWidget):
    """The list of strategies, what the chosen one does, and a form of its parameters.

    Each strategy keeps what was filled in for it.

    Signals:
        changed: Another strategy was chosen or a parameter changed.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._choices: dict[str, Choice] = {}
        self._kept: dict[str, Mapping[str, object]] = {}
        self._wanted: tuple[str, Mapping[str, object]] | None = None  # not in the list yet
        self.box = QComboBox()
        self.box.setAccessibleName("Strategy")
        self.box.setMinimumContentsLength(12)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.summary, "caption")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(8))
        self._column.addWidget(self.box)
        self._column.addWidget(self.summary)
        self.parameters: Form | None = None
        self._shown = ""
        self.show_choices(built_in())
        self.box.currentIndexChanged.connect(self._change)

    @property
    def choice(self) -> Choice:
        """The chosen strategy."""
        return self._choices[self.strategy_id]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """All that can be chosen."""
        return tuple(self._choices.values())

    @property
    def strategy_id(self) -> str:
        """The chosen strategy's id."""
        return str(self.box.currentData(_ID))

    def show_choices(self, choices: Iterable[Choice]) -> None:
        """Offer these from now on, by group; what is chosen stays chosen if it is still there."""
        known = {each.id: each for each in choices}
        if known == self._choices:
            return
        before = self._shown
        self._choices = known
        model = QStandardItemModel(self.box)
        group = ""
        for each in known.values():
            if each.group != group and len({one.group for one in known.values()}) > 1:
                heading = QStandardItem(each.group)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                model.appendRow(heading)
            group = each.group
            item = QStandardItem(each.title)
            item.setData(each.id, _ID)
            item.setToolTip(each.words)
            model.appendRow(item)
        self.box.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.box.setModel(model)
        place = self.box.findData(before if before in known else next(iter(known)), _ID)
        self.box.setCurrentIndex(place)
        self.box.blockSignals(False)  # noqa: FBT003 - Qt's own signature
        self._change()
        if self._wanted is not None and self._wanted[0] in known:
            self.choose(*self._wanted)

    def choose(self, strategy_id: str, parameters: Mapping[str, object] | None = None) -> bool:
        """Show a strategy with these parameters; whether there is such a strategy.

        One that is not in the list yet is shown once it is.
        """
        place = self.box.findData(strategy_id, _ID)
        if place < 0:
            self._wanted = (strategy_id, parameters or {})
            return False
        self._wanted = None
        self.box.setCurrentIndex(place)
        if parameters is not None and self.parameters is not None:
            self.parameters.show_values(typed(self.choice.parameters, parameters))
            self.changed.emit()
        return True

    def values(self) -> dict[str, Any]:
        """Return the parameters as JSON would hold them."""
        return {} if self.parameters is None else plain(self.parameters.values())

    @property
    def is_right(self) -> bool:
        """Whether the strategy can be run with what is filled in."""
        return not self.choice.problem and not (self.parameters and self.parameters.problems())

    def check(self) -> bool:
        """Show what is wrong and return whether all is right."""
        if self.choice.problem:
            self.box.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        return self.parameters is None or self.parameters.check()

    def editors(self) -> list[QWidget]:
        """Return the parameters' editors, from the top."""
        form = self.parameters
        return [] if form is None else [form.editor(name) for name in form.names]

    def _change(self) -> None:
        if self.parameters is not None:
            self._kept[self._shown] = self.parameters.values()
            self._column.removeWidget(self.parameters)
            self.parameters.hide()
            self.parameters.deleteLater()
        chosen = self.choice
        self._shown = chosen.id
        self.summary.setText(chosen.words)
        self._theme.set_tone(self.summary, Tone.DANGER if chosen.problem else "")
        kept = self._kept.get(chosen.id) or typed(chosen.parameters, chosen.usual)
        self.parameters = Form(chosen.parameters, kept, theme=self._theme, captions=False)
        let_shrink(self.parameters)
        self.parameters.changed.connect(lambda _: self.changed.emit())
        self._column.addWidget(self.parameters)
        self.parameters.stand_after(self.box)
        self.changed.emit()
