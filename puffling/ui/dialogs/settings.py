"""The settings, with a form for each section; a change applies at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.core.settings import Section, Settings, Trading, limits_for
from puffling.ui.dialogs.base import Dialog
from puffling.ui.forms.describe import describe
from puffling.ui.forms.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import SignalInstance

    from puffling.core.events import SettingsChanged
    from puffling.ui.theme.theme import Theme

_TITLES = {
    "trading": "Trading and risk",
    "data": "Data and cache",
    "demo": "Demo market",
    "paper": "Simulation",
}


class Store(Protocol):
    """What the dialog needs of the settings' store."""

    @property
    def current(self) -> Settings:
        """The settings in force."""
        ...

    def change(self, section: str, **values: object) -> Settings:
        """Check, save and announce new values."""
        ...


def pages() -> dict[str, type[Section]]:
    """Return the sections that a form can edit, by name, in order."""
    found: dict[str, type[Section]] = {}
    for name, info in Settings.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, Section) and describe(kind):
            found[name] = kind
    return found


class SettingsDialog(Dialog):
    """A page for each section. Wrong values are said at their field and not saved."""

    topic = "settings"

    def __init__(
        self,
        theme: Theme,
        store: Store,
        *,
        changed: SignalInstance | None = None,
        page: str = "",
        extras: Mapping[str, QWidget] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Build the dialog.

        Args:
            theme: The theme.
            store: Where settings are kept.
            changed: The signal that carries `SettingsChanged`, so that the pages follow.
            page: The section to open with.
            extras: What a page shows above its form, by section.
            parent: The window it belongs to.
        """
        super().__init__(theme, "Settings", parent, width=760)
        self._store = store
        self.pages: dict[str, SettingsPage] = {}
        self.list = QListWidget()
        theme.set_role(self.list, "navigation")
        self.list.setFixedWidth(theme.px(170))
        self.list.setAccessibleName("Pages")
        self._stack = QStackedWidget()
        for name, kind in pages().items():
            above = (extras or {}).get(name)
            self.pages[name] = SettingsPage(theme, store, name, kind, above=above)
            self.list.addItem(_title(name))
            self._stack.addWidget(_scrolled(self.pages[name]))
        self.list.currentRowChanged.connect(self._stack.setCurrentIndex)
        row = QHBoxLayout()
        row.setSpacing(theme.px(20))
        row.addWidget(self.list)
        row.addWidget(self._stack, 1)
        self.body.addLayout(row, 1)
        self.setMinimumHeight(theme.px(500))
        reset = QPushButton("Reset this page")
        theme.set_role(reset, "flat")
        reset.setAutoDefault(False)
        reset.clicked.connect(self._reset)
        self.footer.insertWidget(0, reset)
        self.close_ = self.add_button("Close", default=False)
        self.close_.clicked.connect(self.accept)
        names = list(self.pages)
        self.list.setCurrentRow(names.index(page) if page in names else 0)
        self.list.setFocus()
        if changed is not None:
            changed.connect(self._follow)

    def open_page(self, name: str) -> None:
        """Turn to the section called `name`."""
        if name in self.pages:
            self.list.setCurrentRow(list(self.pages).index(name))

    def _reset(self) -> None:
        list(self.pages.values())[self.list.currentRow()].reset()

    def _follow(self, event: SettingsChanged) -> None:
        for name, page in self.pages.items():
            if any(each.startswith(f"{name}.") for each in event.names):
                page.follow()


class SettingsPage(QWidget):
    """One section's form."""

    def __init__(
        self,
        theme: Theme,
        store: Store,
        name: str,
        kind: type[Section],
        *,
        above: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._store, self._name, self._kind = store, name, kind
        self._saving = False
        title = QLabel(_title(name))
        theme.set_role(title, "headline")
        self.form = Form(kind, self._values(), theme=theme)
        self.form.changed.connect(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, theme.px(12), 0)
        column.setSpacing(theme.px(12))
        column.addWidget(title)
        if about := (kind.__doc__ or "").strip():
            words = QLabel(about.splitlines()[0])
            theme.set_role(words, "muted")
            column.addWidget(words)
        self.tolerance: ToleranceLimits | None = None
        if kind is Trading:
            self.tolerance = ToleranceLimits(theme)
            self.tolerance.use.clicked.connect(self._use_tolerance)
            column.addWidget(self.tolerance)
        if above is not None:
            column.addWidget(above)
        column.addWidget(self.form)
        column.addStretch(1)
        self._describe()

    def reset(self) -> None:
        """Bring every value back to its default."""
        self._change(self._kind().model_dump())

    def follow(self) -> None:
        """Show the values in force, unless it was this page that changed them."""
        if not self._saving:
            self.form.show_values(self._values())
        self._describe()

    def _values(self) -> dict[str, object]:
        section: Section = getattr(self._store.current, self._name)
        return {name: getattr(section, name) for name in type(section).model_fields}

    def _save(self, name: str) -> None:
        if name not in self.form.problems():
            self._change({name: self.form.values()[name]}, by_hand=True)

    def _change(self, values: dict[str, object], *, by_hand: bool = False) -> None:
        self._saving = by_hand
        try:
            self._store.change(self._name, **values)
        except PufflingError as error:
            field = next(iter(values)) if len(values) == 1 else ""
            self.form.show_problems({field: f"{error} {error.hint}".strip()})
            return
        finally:
            self._saving = False
        if not by_hand:
            self.form.show_values(self._values())
        self._describe()

    def _use_tolerance(self) -> None:
        _, position, count = limits_for(self._store.current.trading.risk_tolerance)
        self._change({"largest_position": position, "most_positions": count})

    def _describe(self) -> None:
        if self.tolerance is not None:
            self.tolerance.show_trading(self._store.current.trading)


class ToleranceLimits(QFrame):
    """What a risk tolerance means in limits, and a button that takes them over."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        theme.set_role(self, "card")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.use = QPushButton("Use these limits")
        self.use.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.addWidget(self.words, 1)
        row.addWidget(self.use)

    def show_trading(self, trading: Trading) -> None:
        """Say what the tolerance means, and whether the limits in force agree."""
        _, position, count = limits_for(trading.risk_tolerance)
        self.words.setText(tolerance_line(trading.risk_tolerance))
        same = (trading.largest_position, trading.most_positions) == (position, count)
        self.use.setEnabled(not same)
        self.use.setText("In force" if same else "Use these limits")


def tolerance_line(tolerance: int) -> str:
    """Return what a risk tolerance means, as a sentence."""
    name, position, count = limits_for(tolerance)
    share = formats.percent(position, places=0)
    return (
        f"{tolerance} is {name.lower()}: a position of at most {share} of equity, {count} at once."
    )


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    for each in (area.viewport(), page):
        each.setAutoFillBackground(False)  # the dialog's own ground shows through
    return area
