"""One call of a tool in the conversation: a chip that unfolds, and the card of what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout
from typing_extensions import override

from puffling.core import formats
from puffling.ui.panels.assistant import call_words
from puffling.ui.panels.assistant.card import Pairs, label
from puffling.ui.panels.assistant.cards import card_of
from puffling.ui.panels.assistant.places import Stander
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QMoveEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from puffling.commands.registry import Registry
    from puffling.core.conversations import CallRecord
    from puffling.ui.panels.assistant.card import Card
    from puffling.ui.panels.assistant.deeds import Deeds
    from puffling.ui.theme.theme import Theme

_RADIUS = 4


class Chip(QAbstractButton):
    """A line: an icon, what was called with what, and how far it is. It unfolds when pressed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon, self._tone = "clock", str(Tone.MUTED)
        self._title = self._brief = self._state = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_call(self, call: CallRecord, title: str) -> None:
        """Show how a call is doing."""
        icon, tone, state = call_words.look(call)
        brief = call_words.brief(call.arguments)
        self._icon, self._tone, self._title, self._brief, self._state = (
            icon,
            tone,
            title,
            brief,
            state,
        )
        spoken = ", ".join(filter(None, (f"Tool: {title}", brief, state)))
        self.setAccessibleName(spoken)
        self.setToolTip("Press to see what was asked and what came of it")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        theme = self._theme
        return QSize(theme.px(200), self.fontMetrics().height() + theme.px(10))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(60), self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if self.hasFocus() else "line"
        painter.setPen(theme.color(edge))
        painter.setBrush(theme.color("hover" if self.underMouse() else "raised"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), _RADIUS, _RADIUS)
        side, gap = theme.px(14), theme.px(6)
        room = self.rect().adjusted(theme.px(8), 0, -theme.px(8), 0)
        middle = room.center().y() - side // 2 + 1
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(room.left(), middle, theme.pixmap(self._icon, self._tone, side, ratio))
        arrow = "chevron-down" if self.isChecked() else "chevron-right"
        painter.drawPixmap(
            room.right() - side, middle, theme.pixmap(arrow, Tone.MUTED, side, ratio)
        )
        room.adjust(side + gap, 0, -side - gap, 0)
        self._write(painter, room, gap)

    def _write(self, painter: QPainter, room: QRect, gap: int) -> None:
        theme, centre = self._theme, Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(Kind.CAPTION))
        painter.setPen(theme.color(self._tone if self._state else Tone.MUTED))
        painter.drawText(room, centre | Qt.AlignmentFlag.AlignRight, self._state)
        taken = painter.fontMetrics().horizontalAdvance(self._state)
        room.setRight(room.right() - taken - gap)
        painter.setFont(self.font())
        painter.setPen(theme.color(Tone.TEXT))
        metrics = painter.fontMetrics()
        painter.drawText(room, centre, metrics.elidedText(self._title, _ELIDE, room.width()))
        room.setLeft(room.left() + metrics.horizontalAdvance(self._title) + gap)
        if room.width() > gap:
            painter.setPen(theme.color(Tone.MUTED))
            painter.drawText(room, centre, metrics.elidedText(self._brief, _ELIDE, room.width()))


_ELIDE = Qt.TextElideMode.ElideRight


class CallView(Stander):
    """A chip, what it unfolds, and the card below.

    Signals:
        unfolded: It was unfolded or folded (whether it is now).
    """

    unfolded = Signal(bool)

    def __init__(self, theme: Theme, registry: Registry, deeds: Deeds) -> None:
        super().__init__()
        self._theme, self._registry, self._deeds = theme, registry, deeds
        self._shown: CallRecord | None = None
        self.chip = Chip(theme)
        self.details = QFrame()
        self.details.hide()
        self.card: Card | None = None
        theme.set_role(self.details, "inset")
        self._inside = QVBoxLayout(self.details)
        self._inside.setContentsMargins(*[theme.px(8)] * 4)
        self._inside.setSpacing(theme.px(6))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(6))
        self._column.addWidget(self.chip)
        self._column.addWidget(self.details)
        self.chip.toggled.connect(self._unfold)

    @property
    @override
    def stops(self) -> Sequence[QWidget]:
        return [self.chip, *(self.card.stops if self.card is not None else [])]

    def show_call(self, call: CallRecord) -> None:
        """Show how a call is doing, and its card once there is one."""
        before, self._shown = self._shown, call
        self.chip.show_call(call, call_words.title(call, self._registry))
        if before is None or before.card != call.card:
            self._show_card(call)
        if self.chip.isChecked():
            self._fill()

    @override
    def settle(self) -> None:
        if self.card is not None:
            self.card.settle()

    @override
    def moveEvent(self, event: QMoveEvent) -> None:
        if self.card is not None:
            self.card.unsettle()

    def _show_card(self, call: CallRecord) -> None:
        if self.card is not None:
            self._column.removeWidget(self.card)
            self.card.hide()
            self.card.deleteLater()
            self.card = None
        if call.card is not None:
            self.card = card_of(self._theme, call.card, self._deeds, call.id)
        if self.card is not None:
            self._column.addWidget(self.card)

    def _unfold(self, on: bool) -> None:  # noqa: FBT001 - a signal's own argument
        if on:
            self._fill()
        self.details.setVisible(on)
        self.unfolded.emit(on)

    def _fill(self) -> None:
        call = self._shown
        if call is None:
            return
        while (item := self._inside.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        theme = self._theme
        pairs = call_words.in_full(call.arguments)
        if pairs:
            self._inside.addWidget(Pairs(theme, pairs))
        else:
            self._inside.addWidget(label(theme, "Asked without any values.", "caption"))
        if said := call_words.told(call):
            self._inside.addWidget(label(theme, "What the model was told", "caption"))
            self._inside.addWidget(label(theme, said, "mono"))
        if call.started_at is not None:
            at = formats.moment(call.started_at)
            named = f" · data {call.snapshot}" if call.snapshot else ""
            self._inside.addWidget(label(theme, f"{call.tool} · {at}{named}", "caption"))
