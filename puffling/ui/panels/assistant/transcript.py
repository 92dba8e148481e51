"""A conversation on the screen: what was said, the tools that were used, and their cards."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from puffling.core.conversations import CallState, Speaker
from puffling.ui.panels.assistant.call_view import CallView
from puffling.ui.panels.assistant.foot import Earlier, Foot
from puffling.ui.panels.assistant.held_words import HeldWords
from puffling.ui.panels.assistant.messages import (
    answer_of,
    copy,
    is_growing,
    see,
    write_answer,
    write_notes,
    write_question,
    write_speaker,
    write_trouble,
)
from puffling.ui.panels.assistant.places import Places
from puffling.ui.panels.assistant.transcript_menu import fill_menu
from puffling.ui.tables.keys import TableKeys
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.markdown_view import MarkdownView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtCore import QPoint

    from puffling.commands.registry import Registry
    from puffling.core.conversations import CallRecord, ChatMessage
    from puffling.ui.panels.assistant.deeds import Deeds
    from puffling.ui.panels.assistant.places import Stander
    from puffling.ui.theme.theme import Theme

_FOOT = "foot:"  # the key of the buttons below the last answer
_EARLIER = "earlier"  # the key of the button above the first message
_CHIP, _CARD = 30, 190  # how tall what was never seen is taken to be
_WIDEST = 640  # of a card
_SLICE = 0.008  # seconds of writing before others get a turn
_MOST = 200  # messages that are shown at first, and at a time when earlier ones are asked for


@dataclass(slots=True)
class _Section:
    """A message on the page, and where it begins."""

    message: ChatMessage
    start: int


class Transcript(QWidget):
    """Shows messages in order, follows the one that is being written, and its tools.

    Signals:
        link_asked: A link was pressed (its whole address).
        edit_asked: A question is to be asked differently (the message).
        again_asked: The last answer is to be given anew.
        begun: Messages wait to be put on the page by `go_on` (the one to show then, or nothing).
    """

    link_asked = Signal(str)
    edit_asked = Signal(object)
    again_asked = Signal()
    begun = Signal(str)

    def __init__(
        self, theme: Theme, registry: Registry, deeds: Deeds, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.theme, self._registry, self._deeds, self._now = theme, registry, deeds, now
        self._sections: list[_Section] = []
        self._calls: dict[str, CallRecord] = {}
        self._unfolded: set[str] = set()
        self._waiting: list[ChatMessage] = []  # to be written when others had their turn
        self._earlier: list[ChatMessage] = []  # not on the page until they are asked for
        self._news: tuple[str, ...] = ()  # what became of proposals since the last answer
        self._foot = -1  # where the news and buttons below the last answer begin; -1 without
        self._held = HeldWords(self._draw, self)
        self._busy = False  # whether more of an answer is on its way
        self._follows, self._moving = True, False  # whether the end stays in view; who scrolls
        self.page = MarkdownView(theme, "Conversation")
        self.page.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.places = Places(self.page, self._make_view, theme.px(_WIDEST))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        bar = self.page.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._ranged)
        self.page.link_asked.connect(self.link_asked)
        self.page.figure_asked.connect(self.show_call)
        self.page.customContextMenuRequested.connect(self._menu)
        self._keys = TableKeys(
            self.page,
            {
                "Ctrl+Down": partial(self.step, 1),
                "Ctrl+Up": partial(self.step, -1),
                "E": self.edit,
                "R": self.again_asked.emit,
                "C": self.copy,
                "Menu": self._menu_here,
            },
        )

    # -- what is shown -----------------------------------------------------------------------

    @property
    def messages(self) -> list[ChatMessage]:
        """What is on the page, in order."""
        return [each.message for each in self._sections]

    @property
    def is_writing(self) -> bool:
        """Whether messages still wait to be put on the page."""
        return bool(self._waiting)

    def show_messages(
        self, messages: Sequence[ChatMessage], *, reach: str = "", most: int = 0
    ) -> None:
        """Begin to show a conversation; `go_on` puts it on the page.

        Args:
            messages: All of it.
            reach: A message that is to be on the page, however early.
            most: At least how many of the last ones are.
        """
        self._held.drop()
        self._follows, self._foot = True, -1
        self.places.forget_from(0)
        self._sections.clear()
        self._calls.clear()
        self.page.wipe()
        at = next((n for n, each in enumerate(messages) if each.id == reach), len(messages))
        first = max(min(len(messages) - max(most, _MOST), at), 0)
        self._earlier, self._waiting = list(messages[:first]), list(messages[first:])
        if self._earlier:
            self.places.add(_EARLIER, self.theme.px(_CHIP))
        if self.go_on() or reach:
            self.begun.emit(reach)

    def show_earlier(self) -> None:
        """Put more of what was said before on the page; what was first stays in view."""
        if self._earlier and not self._waiting:
            here, shown = self._sections[0].message.id, len(self._sections)
            everything = [*self._earlier, *self.messages]
            self.show_messages(everything, reach=here, most=shown + _MOST)

    def show_news(self, lines: Sequence[str]) -> None:
        """Say below the last answer what became of proposals and orders since."""
        was, self._news = self._news, tuple(lines)
        if self._news != was and not self._waiting:
            self._drop_foot()
            self._settle()

    def go_on(self) -> bool:
        """Put more of a conversation on the page; whether there is still more."""
        begun = time.perf_counter()
        self.places.paused = True
        while self._waiting:
            self._append(self._waiting.pop(0))
            if time.perf_counter() - begun > _SLICE:
                break
        self.places.paused = bool(self._waiting)
        if not self._waiting:
            self._settle()
        return bool(self._waiting)

    def put(self, message: ChatMessage) -> None:
        """Show a message that is new, or that changed."""
        for held in (self._earlier, self._waiting):
            if message.id in (ids := [each.id for each in held]):
                held[ids.index(message.id)] = message
                return
        if self._waiting:
            if all(each.id != message.id for each in self.messages):
                self._waiting.append(message)
            return
        if message.role is Speaker.PERSON:
            self._follows = True
        self._held.forget()  # a message that is put has all of its words
        at = next((n for n, x in enumerate(self._sections) if x.message.id == message.id), -1)
        later = [each.message for each in self._sections[at + 1 :]] if at >= 0 else []
        if at >= 0:
            self._cut(at)
        for each in (message, *later):
            self._append(each)
        self._settle()

    def grow(self, message: str, words: str) -> None:
        """Show more words of the answer that is being written."""
        if self._waiting or not self._sections or self._sections[-1].message.id != message:
            return
        self._held.add(words)

    def _draw(self, words: str) -> None:
        self._drop_foot()
        self.page.grow(words)
        self._settle()

    def stop(self) -> None:
        """Draw nothing more."""
        self._held.drop()

    def move_call(self, message: ChatMessage, call: CallRecord) -> None:
        """Show how a call is doing now."""
        if call.id not in self._calls:
            self.put(message)
            return
        self._calls[call.id] = call
        for section in self._sections:
            if section.message.id == message.id:
                section.message = message
        if isinstance(view := self.places.view(call.id), CallView):
            view.show_call(call)
            self.places.settle()
            self.places.order()

    def set_busy(self, *, busy: bool) -> None:
        """Say whether more of an answer is on its way; only then is there nothing to do with it."""
        if busy == self._busy:
            return
        self._busy = busy
        if busy:
            self._drop_foot()
        self._settle()

    def restyle(self) -> None:
        """Write everything anew, in the colours in force."""
        on_page = [*self.messages, *self._waiting]
        self.show_messages([*self._earlier, *on_page], most=len(on_page))

    def settle_cards(self) -> None:
        """Bring what cards say of the rest of the desk up to date."""
        for each in self.places.views():
            each.settle()

    def show_call(self, call: str) -> None:
        """Bring a call into view, unfolded, with the keyboard on it."""
        if call and isinstance(view := self.places.reach(call), CallView):
            view.chip.setChecked(True)
            view.chip.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_question(self) -> None:
        """Put the keyboard on the No of a change that waits."""
        for id_, call in self._calls.items():
            if call.state is CallState.WAITING:
                view = self.places.reach(id_)
                card = view.card if isinstance(view, CallView) else None
                if card is not None and card.stops:
                    card.stops[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what can be done --------------------------------------------------------------------

    @property
    def current(self) -> ChatMessage | None:
        """The message that the caret is in."""
        at = self.page.textCursor().position()
        before = [each for each in self._sections if each.start < at]
        return before[-1].message if before else None

    def step(self, by: int) -> None:
        """Put the caret on the message before or after this one."""
        current = self.current
        ids = [each.message.id for each in self._sections]
        if not ids:
            return
        at = ids.index(current.id) if current is not None else len(ids) - 1
        if at + by < 0 and self._earlier:
            self.show_earlier()
            return
        see(self.page, self._sections[min(max(at + by, 0), len(ids) - 1)].start)

    def show_message(self, id_: str) -> None:
        """Put the caret on a message."""
        for start in [each.start for each in self._sections if each.message.id == id_]:
            see(self.page, start)

    def edit(self) -> None:
        """Ask the question under the caret, or the last one, differently."""
        message = self.current
        if message is None or message.role is not Speaker.PERSON:
            asked = [each for each in self.messages if each.role is Speaker.PERSON]
            message = asked[-1] if asked else None
        if message is not None:
            self.edit_asked.emit(message)

    def copy(self) -> None:
        """Copy what is selected, else the whole message as it was written."""
        if self.page.textCursor().hasSelection():
            self.page.copy()
        elif (message := self.current) is not None:
            copy(message.text)

    # -- inside ------------------------------------------------------------------------------

    @property
    def _is_at_end(self) -> bool:
        bar = self.page.verticalScrollBar()
        return bar.value() >= bar.maximum() - self.theme.px(24)

    def _to_end(self) -> None:
        self._moving, bar = True, self.page.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._moving = False

    def _scrolled(self) -> None:
        if not self._moving:
            self._follows = self._is_at_end

    def _ranged(self) -> None:
        if self._follows and not self._waiting:
            self._to_end()

    def _settle(self) -> None:
        last = self._sections[-1].message if self._sections else None
        if last is not None and last.state.is_over and self._foot < 0 and not self._busy:
            self._foot = self.page.end
            for each in self._news:
                self.page.caption(each, Tone.INFO)
            self.places.add(f"{_FOOT}{last.id}", self.theme.px(_CHIP))
        if self._follows:
            self._to_end()
        self.places.settle()

    def _drop_foot(self) -> None:
        if self._foot >= 0:
            self.places.forget_from(self._foot)
            self.page.cut_from(self._foot)
            self._foot = -1

    def _cut(self, at: int) -> None:
        self._foot = -1
        start = self._sections[at].start
        self.places.forget_from(start)
        self.page.cut_from(start)
        del self._sections[at:]

    def _append(self, message: ChatMessage) -> None:
        self._drop_foot()
        section = _Section(message, self.page.end)
        before = self._sections[-1].message if self._sections else None
        if message.role is Speaker.PERSON:
            write_question(self.page, message, self._now())
        else:
            write_notes(self.page, message)
            if before is None or before.role is Speaker.PERSON:
                write_speaker(self.page, message, self._now())
            write_answer(self.page, message)
        self._sections.append(section)
        for call in message.calls:
            self._calls[call.id] = call
            self.places.add(call.id, self.theme.px(_CHIP if call.card is None else _CARD))
        write_trouble(self.page, message)
        if is_growing(message):
            self.page.begin()
            self.page.grow(message.text)

    def _make_view(self, key: str) -> Stander:
        if key.startswith(_FOOT):
            foot = Foot(self.theme, self._sections[-1].message)
            foot.copied.connect(self._copy_answer)
            foot.again.connect(self.again_asked)
            foot.edited.connect(self.edit)
            return foot
        if key == _EARLIER:
            earlier = Earlier(self.theme, len(self._earlier))
            earlier.asked.connect(self.show_earlier)
            return earlier
        view = CallView(self.theme, self._registry, self._deeds)
        view.chip.setChecked(key in self._unfolded)
        view.show_call(self._calls[key])
        view.unfolded.connect(partial(self._note_unfolded, key))
        return view

    def _copy_answer(self) -> None:
        copy(answer_of(self.messages))

    def _note_unfolded(self, key: str, on: bool) -> None:  # noqa: FBT001 - a signal's own argument
        (self._unfolded.add if on else self._unfolded.discard)(key)

    def _menu_here(self) -> None:
        self._menu(self.page.cursorRect().bottomLeft())

    def _menu(self, at: QPoint) -> None:
        if not self.page.textCursor().hasSelection():
            self.page.setTextCursor(self.page.cursorForPosition(at))
        menu = fill_menu(QMenu(self), self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.page.viewport().mapToGlobal(at))
