"""What the risk checks say about an order, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffling.ui.theme.theme import Theme


class VerdictLike(Protocol):
    """What a line needs to know of a verdict."""

    @property
    def allowed(self) -> bool:
        """Whether the check lets the order pass."""
        ...

    @property
    def warning(self) -> bool:
        """Whether it has something to say all the same."""
        ...

    @property
    def text(self) -> str:
        """What it says."""
        ...


def look(verdict: VerdictLike) -> tuple[str, Tone]:
    """Return the icon and the tone of a verdict."""
    if not verdict.allowed:
        return "error", Tone.DANGER
    return ("warning", Tone.WARNING) if verdict.warning else ("check", Tone.SUCCESS)


class VerdictList(QWidget):
    """Refusals first, then warnings; what is fine is summed up in one line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[tuple[str, str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnStretch(1, 1)

    def show_verdicts(self, verdicts: Iterable[VerdictLike], *, every: bool = False) -> None:
        """Show what matters of `verdicts`; with `every`, those that are fine too."""
        known = sorted(verdicts, key=lambda each: (each.allowed, not each.warning))
        lines = [(*look(v), v.text) for v in known if every or not v.allowed or v.warning]
        fine = sum(v.allowed and not v.warning for v in known)
        if fine and not every:
            words = "1 check passed" if fine == 1 else f"{fine} checks passed"
            lines.append(("check", Tone.SUCCESS, words))
        shown = tuple((icon, str(tone), text) for icon, tone, text in lines)
        if shown != self._shown:
            self._shown = shown
            self._build()

    @property
    def texts(self) -> list[str]:
        """The lines, from the top."""
        return [text for _, _, text in self._shown]

    def _build(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for row, (icon, tone, text) in enumerate(self._shown):
            label = QLabel(text)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(Picture(self._theme, icon, tone), row, 0, top)
            self._grid.addWidget(label, row, 1)
        self.setAccessibleName("; ".join(self.texts))
