"""What stands in the window while no panel is docked in it: how to open one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.shell.workspace import Workspace
    from puffling.ui.theme.theme import Theme

WORDS = (
    "No panel is open in this window.\n"
    "Ctrl+K opens any, Ctrl+0 brings the layout back, Ctrl+2 shows the Trade layout."
)


class BareDesk(QLabel):
    """The sentence that an empty desk shows; it is in nobody's way."""

    def __init__(self, theme: Theme, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(WORDS, parent)
        self._workspace = workspace
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.set_role(self, "muted")
        self.hide()
        workspace.changed.connect(self._look)
        workspace.docks.changed.connect(self._look)

    def _look(self) -> None:
        root, _ = self._workspace.docks.arrangement()
        self.setVisible(root is None)
        if root is None:
            self.raise_()
