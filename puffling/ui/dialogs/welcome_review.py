"""The page of the welcome that shows what was understood of a description, to be changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSlider,
)
from typing_extensions import override

from puffin.types import SYMBOL
from puffling.core.settings import limits_for
from puffling.services.describing_records import MOST_CASH, RULES, Described
from puffling.ui.dialogs.settings import tolerance_line
from puffling.ui.dialogs.welcome_pages import Page
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit
from puffling.ui.widgets.numbers import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import (
        QWidget,
    )

    from puffling.core.settings import Settings
    from puffling.services.describing_records import Said
    from puffling.ui.theme.theme import Theme

_ZERO, _THOUSAND, _MOST = Decimal(0), Decimal(1_000), Decimal(MOST_CASH)
_MOST_SHOWN = 8  # pieces that were not understood
_CASH_USE = "For new accounts: Data menu, Restart demo market, or Reset the simulation."


@dataclass
class Row:
    """One setting: whether it is changed, its editor, and where its value comes from."""

    box: QCheckBox
    editor: QWidget
    source: QLabel
    now: str  # what it is as long as nothing is used
    more: str = ""
    said: tuple[str, ...] = field(default=())


class ReviewPage(Page):
    """What was understood, each thing with the words that said it; only what is ticked is used."""

    def __init__(
        self, theme: Theme, settings: Settings, layouts: Sequence[str], layout: str
    ) -> None:
        super().__init__(theme, "What was understood", "")
        self._settings = settings
        self._layout = layout or next(iter(layouts), "")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(3))
        self._grid.setColumnStretch(1, 1)
        self.column.addLayout(self._grid)
        self._filling = True
        self.rows: dict[str, Row] = {}
        self._add_tolerance()
        self._add_symbols()
        self._add_cash()
        self._add_layout(layouts)
        self.rest = QLabel()
        self.rest.setTextFormat(Qt.TextFormat.PlainText)
        self.rest.setWordWrap(True)
        self.column.addWidget(self.rest)
        self.column.addStretch(1)
        self._filling = False

    def show_found(self, found: Described | None) -> None:
        """Show what was found; None if nothing was described."""
        self._filling = True
        now, told = self._settings, found or Described(RULES)
        self._take("tolerance", told.tolerance)
        self.slider.setValue(_or(told.tolerance, now.trading.risk_tolerance))
        self._take("symbols", told.symbols)
        self.symbols_line.setText(" ".join(_or(told.symbols, now.watchlist.starter)))
        self._take("cash", told.cash)
        self.cash.set_value(_or(told.cash, now.paper.cash))
        layout = told.layout
        layout = layout if layout and self.layouts.findText(layout.value) >= 0 else None
        self._take("layout", layout)
        self.layouts.setCurrentText(_or(layout, self._layout))
        self._filling = False
        self._say_by(found)

    @property
    def answers(self) -> dict[str, Any]:
        """The fields of the welcome's answer that are ticked."""
        values = {
            "tolerance": self.slider.value(),
            "watchlist": self.symbols,
            "cash": self.cash.value,
            "layout": self.layouts.currentText() or None,
        }
        names = zip(values, ("tolerance", "symbols", "cash", "layout"), strict=True)
        return {each: values[each] for each, row in names if self.rows[row].box.isChecked()}

    @property
    def symbols(self) -> tuple[str, ...]:
        """The well-formed symbols of the line, once each."""
        words = self.symbols_line.text().upper().replace(",", " ").split()
        return tuple(dict.fromkeys(each for each in words if SYMBOL.match(each)))

    @override
    def is_right(self) -> bool:
        rows = self.rows
        bad: QWidget | None = None
        if rows["symbols"].box.isChecked() and self._bad_symbol():
            bad = self.symbols_line
        elif rows["cash"].box.isChecked() and self.cash.value is None:
            bad = self.cash
        if bad is not None:
            bad.setFocus()
        return bad is None

    @override
    def start(self) -> QWidget:
        return self.rows["tolerance"].box

    # -- the rows ----------------------------------------------------------------------------

    def _add_tolerance(self) -> None:
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        now = self._settings.trading.risk_tolerance
        _, largest, most = limits_for(now)
        trading = self._settings.trading
        own = (trading.largest_position, trading.most_positions) != (largest, most)
        text = f"{now}, with limits of your own" if own else str(now)
        self._add("tolerance", "Risk tolerance", self.slider, text)
        self.slider.valueChanged.connect(lambda _value: self._edited("tolerance"))

    def _add_symbols(self) -> None:
        self.symbols_line = QLineEdit()
        now = " ".join(self._settings.watchlist.starter) or "empty"
        self._add("symbols", "Watchlist", self.symbols_line, now, "Added to your first watchlist.")
        self.symbols_line.textChanged.connect(lambda _text: self._edited("symbols"))

    def _add_cash(self) -> None:
        self.cash = DecimalEdit(
            self.theme,
            step=_THOUSAND,
            bounds=Bounds(above=_ZERO, most=_MOST, places=2),
            shorthand=True,
        )
        now = f"${grouped(self._settings.paper.cash)}"
        self._add("cash", "Starting cash, $", self.cash, now, _CASH_USE)
        self.cash.textChanged.connect(lambda _text: self._edited("cash"))

    def _add_layout(self, layouts: Sequence[str]) -> None:
        self.layouts = QComboBox()
        self.layouts.addItems(list(layouts))
        self._add("layout", "Layout", self.layouts, self._layout or "the present one")
        self.layouts.currentTextChanged.connect(lambda _text: self._edited("layout"))

    def _add(self, name: str, title: str, editor: QWidget, now: str, more: str = "") -> None:
        at = self._grid.rowCount()
        box, source = QCheckBox(title), QLabel()
        box.setAccessibleName(f"Use {title.lower().removesuffix(', $')}")
        editor.setAccessibleName(title)
        source.setTextFormat(Qt.TextFormat.PlainText)
        source.setWordWrap(True)
        self.theme.set_role(source, "caption")
        self._grid.addWidget(box, at, 0)
        self._grid.addWidget(editor, at, 1)
        self._grid.addWidget(source, at + 1, 1)
        self._grid.setRowMinimumHeight(at + 2, self.theme.px(4))
        self.rows[name] = Row(box, editor, source, now, more)
        box.toggled.connect(lambda _on: self._tell(name))

    # -- what they say -----------------------------------------------------------------------

    def _take(self, name: str, said: Said[Any] | None) -> None:
        row = self.rows[name]
        row.said = said.words if said else ()
        row.box.setChecked(said is not None)
        self._tell(name)

    def _edited(self, name: str) -> None:
        """Tick what the person changes, and say what it means."""
        if not self._filling:
            self.rows[name].box.setChecked(True)
        self._tell(name)

    def _tell(self, name: str) -> None:
        row = self.rows[name]
        said = f"You wrote {_quoted(row.said)}." if row.said else "Nothing was found."
        used = row.box.isChecked()
        problem = self._problem(name) if used else ""
        parts = [said]
        if used:
            parts.append(tolerance_line(self.slider.value()) if name == "tolerance" else row.more)
        else:
            parts.append(f"It stays as it was: {row.now}.")
        row.source.setText(problem or " ".join(each for each in parts if each))
        self.theme.set_tone(row.source, Tone.DANGER if problem else "" if used else Tone.FAINT)

    def _problem(self, name: str) -> str:
        if name == "symbols" and (bad := self._bad_symbol()):
            return f"“{bad[:20]}” is not a symbol." if bad.strip() else "Name a symbol."
        if name == "cash" and self.cash.value is None:
            return self.cash.problem or "How much?"
        return ""

    def _bad_symbol(self) -> str:
        """Return the first word that is no symbol; a space if there is no word at all."""
        words = self.symbols_line.text().upper().replace(",", " ").split()
        return next((each for each in words if not SYMBOL.match(each)), "" if words else " ")

    def _say_by(self, found: Described | None) -> None:
        if found is None:
            by = "You described nothing, so everything stays as it was. Tick what to change."
        elif found.is_empty:
            by = f"Read by {found.by}. None of it could be used, so everything stays as it was."
        else:
            by = f"Read by {found.by}. Change what is not right; only what is ticked is used."
        if found is not None and found.by == RULES:
            by = by.replace(f"{RULES}.", f"{RULES}, without a model.")
        self.about.setText(by)
        lines = [] if found is None else list(found.notes)
        if found is not None and found.not_understood:
            others = len(found.not_understood) - _MOST_SHOWN
            more = f" and {others} more" if others > 0 else ""
            shown = _quoted(found.not_understood[:_MOST_SHOWN])
            lines.insert(0, f"Not understood: {shown}{more}.")
        elif found is not None and not found.is_empty:
            lines.insert(0, "Every word was understood.")
        self.rest.setText("\n".join(lines))
        self.rest.setVisible(bool(lines))


def _or(said: Said[Any] | None, value: Any) -> Any:  # noqa: ANN401 - of whichever editor
    return value if said is None else said.value


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{each}”" for each in words)
