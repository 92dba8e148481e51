"""The menu of the mode chip: each mode, why it cannot be had where it cannot, and connections."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from puffling.core.settings import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from puffling.services.modes import Offer
    from puffling.ui.panel import Parts
    from puffling.ui.shell.window import MainWindow


class ModeMenu(QObject):
    """Asks which modes can be had when the chip is pressed, then shows them over it."""

    def __init__(self, window: MainWindow, parts: Parts, settings: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window, self._parts, self._settings = window, parts, settings
        self.menu = QMenu(window)
        self.menu.setToolTipsVisible(True)
        window.status.mode.pressed.connect(self._ask)

    def fill(self, offers: Iterable[Offer]) -> None:
        """List the modes; LIVE can be chosen while it is locked: choosing it asks to unlock it."""
        run = self._parts.runner.command
        self.menu.clear()
        for each in offers:
            locked = each.mode is Mode.LIVE and each.why_not.startswith("It is locked")
            words = f"{each.mode.upper()}  ·  {each.title}"
            action = self.menu.addAction(f"{words}…" if locked else words)
            action.setCheckable(True)
            action.setChecked(each.in_use)
            action.setEnabled(locked or not each.why_not)
            action.setToolTip(each.why_not or each.about)
            action.triggered.connect(partial(_chosen, run, each.mode))
        self.menu.addSeparator()
        self.menu.addAction("Connections and keys…", lambda: self._settings("connections"))

    def _ask(self) -> None:
        self._parts.runner.spawn(self._show(), self, name="modes")

    async def _show(self) -> None:
        self.fill(await self._parts.context.modes.offers())
        chip = self._window.status.mode
        place = chip.mapToGlobal(QPoint(0, 0))
        self.menu.popup(QPoint(place.x(), place.y() - self.menu.sizeHint().height()))


def _chosen(run: Callable[..., object], mode: Mode, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - what Qt's signal carries
    run("mode.switch", mode=mode)
