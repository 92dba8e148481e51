"""What a panel is: a name, a place, a way to build it, and the habits all panels share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from puffling.ui.links import Link, link_from

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from PySide6.QtCore import SignalInstance

    from puffling.commands.context import Context
    from puffling.commands.registry import Registry
    from puffling.ui.bridge import Signals
    from puffling.ui.links import Links
    from puffling.ui.run import Runner
    from puffling.ui.theme.theme import Theme


class Area(StrEnum):
    """Where a panel first appears."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Parts:
    """The one argument every panel is built from."""

    context: Context
    registry: Registry
    signals: Signals
    runner: Runner
    links: Links
    theme: Theme


class PanelWidget(QWidget):
    """The widget of a panel: linked to a symbol, restorable, and quiet once shut.

    A subclass builds itself in `__init__`, connects with `listen` and starts work with `spawn`;
    `shut` then ends both. Override `on_symbol`, `state`, `restore`, `primary_focus`,
    `run_focused` and `apply_focused` as needed.

    Signals:
        title_changed: What the dock's tab should say.
        link_changed: The link colour.
    """

    title_changed = Signal(str)
    link_changed = Signal(str)

    def __init__(self, parts: Parts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts = parts
        self.panel_id = ""  # the shell gives it: "chart", "chart#2"
        self._link = Link.BLUE
        self._own_symbol = ""
        self._heard: list[tuple[SignalInstance, Callable[..., None]]] = []
        self.listen(parts.links.chosen, self._on_chosen)

    @property
    def link(self) -> Link:
        """The colour of the panels it shares its symbol with."""
        return self._link

    @property
    def group(self) -> str:
        """The charts it goes with in a replay: those of its link colour, or itself alone."""
        return (self.panel_id or "unlinked") if self._link is Link.NONE else self._link.value

    def set_link(self, link: str) -> None:
        """Join another colour and take over its symbol; one without a symbol gets ours."""
        before, self._link = self.symbol, link_from(link)
        theirs = self.parts.links.symbol(self._link)
        if self._link is Link.NONE or not theirs:
            self._own_symbol = before
            self.parts.links.choose(self._link, before)
        self.link_changed.emit(self._link.value)
        if self.symbol != before:
            self.on_symbol(self.symbol)

    @property
    def symbol(self) -> str:
        """The symbol in view; empty if there is none."""
        if self._link is Link.NONE:
            return self._own_symbol
        return self.parts.links.symbol(self._link)

    def set_symbol(self, symbol: str) -> None:
        """Choose `symbol` here and in every panel of the same colour."""
        if symbol == self.symbol:
            return
        if self._link is Link.NONE:
            self._own_symbol = symbol
            self.on_symbol(symbol)
        else:
            self.parts.links.choose(self._link, symbol)

    def on_symbol(self, symbol: str) -> None:
        """Show `symbol`; called whenever the symbol in view changes."""

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {"symbol": self._own_symbol} if self._link is Link.NONE else {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        symbol = state.get("symbol")
        if self._link is Link.NONE and isinstance(symbol, str):
            self.set_symbol(symbol)

    def primary_focus(self) -> QWidget:
        """Return the widget that gets the keyboard when the panel is focused."""
        return self

    async def ready(self) -> None:
        """Wait until it first shows what it is for, or says why not; at once for most."""

    def run_focused(self) -> None:
        """Run or refresh (F5)."""

    def apply_focused(self) -> None:
        """Do what the panel's main button does (Ctrl+Return)."""

    def listen(self, signal: SignalInstance, slot: Callable[..., None]) -> None:
        """Connect `slot` until the panel is shut."""
        signal.connect(slot)
        self._heard.append((signal, slot))

    def spawn(self, work: Coroutine[object, object, object]) -> None:
        """Run `work` as a task that ends with the panel."""
        self.parts.runner.spawn(work, self)

    def shut(self) -> None:
        """Stop listening and cancel what is running; the panel is about to go."""
        while self._heard:
            signal, slot = self._heard.pop()
            signal.disconnect(slot)
        self.parts.runner.cancel(self)

    def _on_chosen(self, colour: str, symbol: str) -> None:
        if colour == self._link:
            self.on_symbol(symbol)


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel's entry in the table of contents.

    `hint` says what it is for, in the panel menu and the palette. `many` allows several at once.
    """

    id: str
    title: str
    icon: str
    area: Area
    build: Callable[[Parts], PanelWidget]
    many: bool = False
    hint: str = ""
