"""Asks for a key, and its secret where it has one; neither is shown while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QLineEdit

from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class KeysDialog(Dialog):
    """What was typed is handed on once and then wiped from the fields."""

    topic = "settings"

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str,
        parent: QWidget | None = None,
        *,
        has_secret: bool = True,
    ) -> None:
        super().__init__(theme, title, parent, width=440)
        self.add_text(text)
        self.key = self._field("Key")
        self._has_secret = has_secret
        self.secret = self._field("Secret", shown=has_secret)
        self.cancel = self.add_button("Cancel")
        self.save = self.add_button("Keep and try", "primary", default=True)
        self.save.setEnabled(False)
        self.cancel.clicked.connect(self.reject)
        self.save.clicked.connect(self.accept)
        self.key.setFocus()

    async def keys(self) -> tuple[str, str] | None:
        """Open the dialog; return what was typed, or None."""
        typed: list[tuple[str, str]] = []
        self.accepted.connect(lambda: typed.append((self.key.text(), self.secret.text())))
        self.finished.connect(self._wipe)
        return typed[0] if await self.answer() and typed else None

    def _field(self, name: str, *, shown: bool = True) -> QLineEdit:
        label, line = QLabel(name), QLineEdit()
        self.theme.set_role(label, "muted")
        line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setAccessibleName(name)
        label.setBuddy(line)
        line.textChanged.connect(self._look)
        for each in (label, line):
            self.body.addWidget(each)
            each.setVisible(shown)
        return line

    def _look(self, _text: str) -> None:
        needed = (self.key, self.secret) if self._has_secret else (self.key,)
        self.save.setEnabled(all(each.text().strip() for each in needed))

    def _wipe(self, _code: int) -> None:
        self.key.clear()
        self.secret.clear()
