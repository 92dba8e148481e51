"""The pages of the welcome: what is asked, why, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffin.types import SYMBOL
from puffling.core.settings import Appearance, Mode
from puffling.ui.dialogs.settings import tolerance_line
from puffling.ui.forms.form import Form
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffling.ui.theme.theme import Theme

_LOOKS = ("theme", "up_down", "scale", "reduced_motion")

# Mode, what it is, and why it cannot be chosen yet (nothing if it can).
MODES: tuple[tuple[Mode, str, str], ...] = (
    (
        Mode.DEMO,
        (
            "Real daily prices of 2000 to 2013 replayed as if live, with play money. Needs no "
            "account, no key and no network."
        ),
        "",
    ),
    (
        Mode.SIM,
        "Live prices, and orders filled by Puffling's own simulated broker.",
        "Later, in the status bar: Alpaca's prices with keys, or Yahoo's, delayed.",
    ),
    (
        Mode.PAPER,
        "Live prices, and orders filled by your broker's paper account.",
        "Later, in the status bar: it needs keys of Alpaca's paper account.",
    ),
    (
        Mode.LIVE,
        "Real orders with real money.",
        "Later, in the status bar: it needs keys of Alpaca's, and a word typed in each run.",
    ),
)


class Page(QWidget):
    """A page: what is asked, why, and the answer."""

    def __init__(self, theme: Theme, title: str, text: str) -> None:
        super().__init__()
        self.theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.px(10))
        heading, self.about = QLabel(title), QLabel(text)
        theme.set_role(heading, "headline")
        theme.set_role(self.about, "muted")
        self.about.setWordWrap(True)
        self.column.addWidget(heading)
        self.column.addWidget(self.about)

    def is_right(self) -> bool:
        """Whether the answer can be taken."""
        return True

    def start(self) -> QWidget:
        """Return where the keyboard goes."""
        return self


class ModePage(Page):
    """DEMO, and why the others cannot be chosen yet."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Which market?", "You can switch at any time, in the status bar.")
        self.buttons: dict[Mode, QRadioButton] = {}
        group = QButtonGroup(self)
        for mode, text, why_not in MODES:
            button = QRadioButton()
            button.setAccessibleName(mode.upper())
            button.setAccessibleDescription(why_not or text)
            button.setEnabled(not why_not)
            button.setChecked(mode is Mode.DEMO)
            group.addButton(button)
            self.buttons[mode] = button
            words = QVBoxLayout()
            words.setSpacing(theme.px(2))
            for line, tone in ((text, Tone.MUTED if why_not else Tone.TEXT), (why_not, Tone.FAINT)):
                if line:
                    label = QLabel(line)
                    label.setWordWrap(True)
                    theme.set_role(label, "caption" if line == why_not else "", tone)
                    words.addWidget(label)
            row = QHBoxLayout()
            row.setSpacing(theme.px(10))
            top = Qt.AlignmentFlag.AlignTop
            row.addWidget(button, 0, top)
            badge = Badge(theme, mode.upper(), Tone.FAINT if why_not else mode.value)
            badge.setMinimumWidth(theme.px(52))
            row.addWidget(badge, 0, top)
            row.addLayout(words, 1)
            self.column.addLayout(row)
        self.column.addStretch(1)

    @override
    def start(self) -> QWidget:
        return self.buttons[Mode.DEMO]


class KeysPage(Page):
    """Keys of a broker, kept in the system's keyring and tried out at once."""

    def __init__(self, theme: Theme, connections: QWidget) -> None:
        super().__init__(
            theme,
            "Have you keys of a broker?",
            "DEMO needs none. With keys of Alpaca, SIM and PAPER have live prices. They go into "
            "the keyring of your system and nowhere else; without them, everything but live "
            "prices and a broker's account works.",
        )
        self.connections = connections
        self.column.addWidget(connections)
        self.column.addStretch(1)

    @override
    def start(self) -> QWidget:
        return next(iter(self.connections.findChildren(QPushButton)), self)


class LookPage(Page):
    """Theme, colours of up and down, and how large the text is."""

    def __init__(self, theme: Theme, appearance: Appearance) -> None:
        super().__init__(
            theme,
            "How should it look?",
            "Text size is used from the next start; the rest at once. Settings, Appearance has "
            "them all.",
        )
        values = appearance.model_dump()
        self.form = Form(Appearance, values, theme=theme, only=_LOOKS)
        self.column.addWidget(self.form)
        self.column.addStretch(1)

    @property
    def values(self) -> dict[str, object]:
        """The settings that were chosen."""
        return {name: each for name, each in self.form.values().items() if name in _LOOKS}

    @override
    def is_right(self) -> bool:
        return self.form.check()

    @override
    def start(self) -> QWidget:
        return self.form.editor(_LOOKS[0])


class RiskPage(Page):
    """A slider from careful to daring, with the limits each place means."""

    def __init__(self, theme: Theme, tolerance: int) -> None:
        super().__init__(
            theme,
            "How much risk?",
            "Puffling refuses orders beyond these limits. You can change each of them in "
            "Settings, Trading and risk.",
        )
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName("Risk tolerance")
        self.words = QLabel()
        self.words.setWordWrap(True)
        ends = QHBoxLayout()
        for words in ("Careful", "Daring"):
            label = QLabel(words)
            theme.set_role(label, "caption")
            ends.addWidget(label)
            if words == "Careful":
                ends.addStretch(1)
        self.column.addSpacing(theme.px(8))
        self.column.addWidget(self.slider)
        self.column.addLayout(ends)
        self.column.addWidget(self.words)
        self.column.addStretch(1)
        self.slider.valueChanged.connect(self._say)
        self.slider.setValue(tolerance)
        self._say(tolerance)

    @override
    def start(self) -> QWidget:
        return self.slider

    def _say(self, tolerance: int) -> None:
        self.words.setText(tolerance_line(tolerance))


class SymbolsPage(Page):
    """The symbols of the first watchlist."""

    def __init__(self, theme: Theme, symbols: Sequence[str]) -> None:
        super().__init__(
            theme,
            "Which symbols?",
            "The first watchlist. The demo market has AAPL, FB, GOOG, IBM and MSFT.",
        )
        self.line = QLineEdit(" ".join(symbols))
        self.line.setAccessibleName("Symbols, separated by spaces")
        self.line.textChanged.connect(self._look)
        self.problem = QLabel()
        theme.set_role(self.problem, "caption", Tone.DANGER)
        self.column.addWidget(self.line)
        self.column.addWidget(self.problem)
        self.column.addStretch(1)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The well-formed symbols, once each."""
        words = self.line.text().upper().replace(",", " ").split()
        return tuple(dict.fromkeys(each for each in words if SYMBOL.match(each)))

    @override
    def is_right(self) -> bool:
        return not self.problem.text()

    @override
    def start(self) -> QWidget:
        return self.line

    def _look(self) -> None:
        words = self.line.text().upper().replace(",", " ").split()
        bad = next((each for each in words if not SYMBOL.match(each)), "")
        self.problem.setText(f"“{bad[:20]}” is not a symbol." if bad else "")
        self.theme.set_flag(self.line, "bad", on=bool(bad))


class LayoutPage(Page):
    """One of the built-in layouts."""

    def __init__(self, theme: Theme, layouts: Sequence[tuple[str, str]], current: str) -> None:
        super().__init__(
            theme,
            "Which layout?",
            "Ctrl+1 to Ctrl+6 switch at any time, and you can save your own.",
        )
        self._buttons: dict[str, QRadioButton] = {}
        group = QButtonGroup(self)
        for name, what in layouts:
            button = QRadioButton(f"{name}   {what}".rstrip())
            button.setChecked(name == (current or layouts[0][0]))
            group.addButton(button)
            self._buttons[name] = button
            self.column.addWidget(button)
        self.column.addStretch(1)

    @property
    def name(self) -> str | None:
        """The chosen layout; None if there is none to choose."""
        return next((name for name, each in self._buttons.items() if each.isChecked()), None)

    @override
    def start(self) -> QWidget:
        return next((each for each in self._buttons.values() if each.isChecked()), self)
