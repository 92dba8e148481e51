"""Says in a panel of the present that the charts of its colour show the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from puffling.ui.links import Link
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget


class ReplayNote(QLabel):
    """A line that is there only while the charts of the panel's link colour are in replay."""

    def __init__(self, panel: PanelWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        theme = panel.parts.theme
        theme.set_role(self, "caption", Tone.WARNING)
        self.setWordWrap(True)
        self.setContentsMargins(theme.px(8), theme.px(2), theme.px(8), theme.px(2))
        panel.listen(panel.parts.signals.replay_changed, self._renew)
        panel.link_changed.connect(self._renew)
        self._renew()

    def _renew(self, *_: object) -> None:
        link = self._panel.link
        place = self._panel.parts.context.replay.of(link.value)
        self.setVisible(place is not None and link is not Link.NONE)
        if place is not None:
            self.setText(
                f"The {link.value} charts replay {place.words}. "
                "Prices and orders here are of now, and real to this account."
            )
