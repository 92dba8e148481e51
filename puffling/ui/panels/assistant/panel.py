"""The assistant panel: a conversation with whoever answers, and ideas by rules."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout
from typing_extensions import override

from puffling.agents.notes import decisions, in_words
from puffling.core.conversations import AssistantState, CallState, Speaker, Spent
from puffling.core.errors import BadValueError, PufflingError
from puffling.core.settings_assistant import Provider
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.assistant.chat_tab import ChatTab
from puffling.ui.panels.assistant.deeds import Deeds
from puffling.ui.panels.assistant.ideas_tab import IdeasTab
from puffling.ui.panels.assistant.page_links import ask_link, open_link
from puffling.ui.panels.assistant.shelf import Shelf
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from puffling.core.conversations import ChatMessage
    from puffling.core.events import AnswerGrew, AssistantMoved, CallMoved, MessageKept
    from puffling.ui.panel import Parts

_TABS = ("chat", "ideas")
_EDITING = {"editing": "an earlier question: what followed it is taken away"}


class AssistantPanel(PanelWidget):
    """Two tabs: the chat and the ideas."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        context, theme = parts.context, parts.theme
        self.conversation = ""  # the one in view; empty before the first question
        self._about: dict[str, str] = {}
        self._editing = ""  # the question that is asked differently
        self.open_link: Callable[[str], object] = open_link
        suggest = Suggestions()
        self.deeds = Deeds(parts, self.set_symbol)
        self.chat = ChatTab(theme, parts.registry, self.deeds, suggest, context.clock.now)
        self.ideas = IdeasTab(parts, self.spawn, self.set_symbol, self.ask_about)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.chat, "Chat")
        self.tabs.addTab(self.ideas, "Ideas")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self._shelf = Shelf(parts, self.spawn, self.chat)
        self._ready = False  # whether what answers is loaded; that takes a moment
        self._connect()
        self.show_conversation("")
        self.spawn(self._load(suggest))

    # -- what others ask of it ---------------------------------------------------------------

    def show_conversation(self, id_: str, message: str = "") -> None:
        """Show a conversation; an empty id begins a new one."""
        self._leave_editing()
        self.conversation = id_
        self.tabs.setCurrentWidget(self.chat)
        messages: tuple[ChatMessage, ...] = ()
        title = ""
        if id_:
            try:
                title = self.parts.context.conversations.get(id_).title
                messages = self.parts.context.conversations.messages(id_)
            except PufflingError as error:
                self.conversation = ""
                self.parts.runner.report(error)
        self.chat.show_title(title)
        self._show_news()
        self.chat.transcript.show_messages(messages, reach=message)
        self.chat.composer.remember([x.text for x in messages if x.role is Speaker.PERSON])
        self._show_page()
        self._show_state()
        self._show_spent()

    def ask_about(self, about: Mapping[str, str], words: str = "", *, send: bool = False) -> None:
        """Ask about something: it is shown above the line, and told with the question."""
        self._about = dict(about)
        self.tabs.setCurrentWidget(self.chat)
        self.chat.show_about(self._about)
        self._show_page()
        if words:
            self.chat.composer.write(words)
        if send and words and not self.chat.is_busy:
            self.chat.composer.send()
        self.chat.composer.setFocus()

    def show_tab(self, name: str) -> None:
        """Bring one tab to the front: chat or ideas."""
        if name in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(name))

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self._show_speaker()

    @override
    def primary_focus(self) -> QWidget:
        if self.tabs.currentWidget() is self.ideas:
            return self.ideas.view
        if self.chat.pages.currentWidget() is self.chat.threads:
            return self.chat.threads.search
        return self.chat.composer

    @override
    def run_focused(self) -> None:
        if self.tabs.currentWidget() is self.ideas:
            self.ideas.refresh()
        else:
            self._again()

    @override
    def apply_focused(self) -> None:
        if self.tabs.currentWidget() is self.ideas:
            self.ideas.to_ticket()
        else:
            self.chat.composer.send()

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": _TABS[self.tabs.currentIndex()],
            "conversation": self.conversation,
            "ideas": self.ideas.view.layout_state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        conversation = state.get("conversation")
        if isinstance(conversation, str) and conversation:
            self.show_conversation(conversation if self._knows(conversation) else "")
        self.show_tab(str(state.get("tab", "")))
        if isinstance(state.get("ideas"), dict):
            self.ideas.view.restore_layout(state["ideas"])

    @override
    def shut(self) -> None:
        self.chat.threads.stop()
        self.chat.transcript.stop()
        self.ideas.stop()
        super().shut()

    # -- asking ------------------------------------------------------------------------------

    def _send(self, words: str) -> None:
        if self.chat.is_busy:
            return
        about, self._about = self._about, {}
        editing, self._editing = self._editing, ""
        self.chat.composer.write("")
        self.chat.show_about({})
        self.spawn(self._ask(words, about, editing))

    async def _ask(self, words: str, about: dict[str, str], editing: str) -> None:
        context = self.parts.context
        await asyncio.to_thread(import_module, "puffling.agents.assistant")
        if not self.conversation:
            self.conversation = context.conversations.new().id
            self.chat.show_title("")
        conversation = self.conversation
        self.chat.show_page(self.chat.transcript)
        try:
            if editing:
                await context.assistant.edit(conversation, editing, words)
            else:
                await context.assistant.ask(conversation, words, about=about)
        except BadValueError:
            self._take_back(words, about, editing)
            raise
        finally:
            self._show_title()
            questions = [x.text for x in self.chat.transcript.messages if x.role is Speaker.PERSON]
            self.chat.composer.remember(questions)

    def _take_back(self, words: str, about: dict[str, str], editing: str) -> None:
        """Write down again what was not sent, unless the person writes something else by now."""
        if not self.chat.composer.words:
            self.chat.composer.write(words)
            self._about, self._editing = about, editing
            self.chat.show_about(_EDITING if editing else about)

    def _again(self) -> None:
        if self.conversation and not self.chat.is_busy:
            self.spawn(self.parts.context.assistant.regenerate(self.conversation))

    def _stop(self) -> None:
        if self.conversation:
            self.spawn(self.parts.context.assistant.stop(self.conversation))

    def _edit(self, message: ChatMessage) -> None:
        """Let the person ask a question differently."""
        if self.chat.is_busy:
            return
        self._editing = message.id
        self.chat.composer.write(message.text)
        self.chat.composer.setFocus()
        self.chat.show_about(_EDITING)

    def _leave_editing(self) -> None:
        if self._editing:
            self.chat.composer.write("")
        self._editing = ""
        self._about = {}
        self.chat.show_about({})

    # -- conversations -----------------------------------------------------------------------

    def _unlist(self) -> None:
        self._show_page()
        self.chat.composer.setFocus()

    def _open(self, id_: str, message: str) -> None:
        self.show_conversation(id_, message)
        self.chat.composer.setFocus()

    def _follow_list(self, _event: object = None) -> None:
        self._shelf.follow()
        if self.conversation and not self._knows(self.conversation):
            self.show_conversation("")
        self._show_title()

    def _knows(self, id_: str) -> bool:
        """Whether there is such a conversation; it may have been deleted a moment ago."""
        return any(each.id == id_ for each in self.parts.context.conversations.all())

    # -- following ---------------------------------------------------------------------------

    def _kept(self, event: MessageKept) -> None:
        if event.conversation != self.conversation or not self._knows(self.conversation):
            return
        try:
            message = self.parts.context.conversations.message(event.conversation, event.message)
        except BadValueError:  # it was taken away
            shown = [each.id for each in self.chat.transcript.messages]
            if event.message in shown:
                messages = self.parts.context.conversations.messages(event.conversation)
                self._show_news()
                self.chat.transcript.show_messages(messages)
            return
        self.chat.transcript.put(message)
        self._show_news()
        self._show_page()

    def _grew(self, event: AnswerGrew) -> None:
        if event.conversation == self.conversation:
            self.chat.transcript.grow(event.message, event.text)

    def _call_moved(self, event: CallMoved) -> None:
        if event.conversation != self.conversation:
            return
        try:
            message = self.parts.context.conversations.message(event.conversation, event.message)
        except BadValueError:
            return
        for call in message.calls:
            if call.id == event.call:
                self.chat.transcript.move_call(message, call)
                if call.state is CallState.WAITING:
                    self._offer_no()

    def _moved(self, event: AssistantMoved) -> None:
        if event.conversation == self.conversation:
            self.chat.state.show_state(event.state, event.words)
            self._after_state()
            if event.state is AssistantState.ASKING:
                self._offer_no()

    def _offer_no(self) -> None:
        """Put the keyboard on No, unless the person is typing, or somewhere else."""
        if self.chat.composer.hasFocus() and not self.chat.composer.words:
            self.chat.transcript.focus_question()

    def _show_state(self) -> None:
        if self.conversation and self._ready:
            assistant = self.parts.context.assistant
            state, words = assistant.state(self.conversation), assistant.words(self.conversation)
            self.chat.state.show_state(state, words)
        else:
            self.chat.state.show_state(AssistantState.IDLE, "")
        self._after_state()

    def _after_state(self) -> None:
        self.chat.show_busy()
        self.chat.transcript.set_busy(busy=self.chat.is_busy)
        self._show_speaker()

    def _show_speaker(self) -> None:
        """Say who would answer, and whether it is more than the rules."""
        if self._ready:
            self.spawn(self._ask_speaker())

    async def _ask_speaker(self) -> None:
        speaker = await self.parts.context.assistant.speaker()
        self.chat.state.show_idle(speaker)
        chosen = self.parts.context.settings.current.assistant.provider
        is_demo = "demonstration" in speaker.casefold()
        connected = chosen is not Provider.NONE or is_demo
        self.chat.empty.show_for(speaker, self.symbol, connected=connected, is_demo=is_demo)

    def _show_spent(self, _event: object = None) -> None:
        usage = self.parts.context.model_usage
        here = usage.of(self.conversation) if self.conversation else Spent()
        self.chat.state.show_spent(here, usage.today())

    def _show_title(self) -> None:
        if self._knows(self.conversation):
            self.chat.show_title(self.parts.context.conversations.get(self.conversation).title)

    def _show_page(self) -> None:
        chat = self.chat
        said = chat.transcript.messages or chat.transcript.is_writing
        chat.show_page(chat.transcript if said else chat.empty)

    async def _go_on(self, message: str) -> None:
        """Put a long conversation on the page in slices, so that nothing else waits for it."""
        while self.chat.transcript.go_on():  # noqa: ASYNC110 - it works, and lets others work
            await asyncio.sleep(0)
        if message:
            self.chat.transcript.show_message(message)

    async def _load(self, suggest: Suggestions) -> None:
        await asyncio.to_thread(import_module, "puffling.agents.assistant")
        self._ready = True
        self._show_state()
        suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    def _settle_cards(self, _event: object = None) -> None:
        self.chat.transcript.settle_cards()
        self._show_news()

    def _show_news(self) -> None:
        """Say what became of this conversation's proposals since its last answer."""
        context, id_ = self.parts.context, self.conversation
        said = context.conversations.messages(id_) if self._knows(id_) else ()
        told = decisions(context, said)
        self.chat.transcript.show_news([in_words(each) for each in told])

    def _ask_link(self, address: str) -> None:
        ask_link(self.chat.ask, address, self.open_link)

    def _connect(self) -> None:
        chat, signals = self.chat, self.parts.signals
        chat.composer.sent.connect(self._send)
        chat.begun.connect(partial(self._open, "", ""))
        chat.listed.connect(self._shelf.turn)
        chat.stopped.connect(self._stop)
        chat.about_dropped.connect(self._leave_editing)
        chat.empty.picked.connect(self._send)
        chat.empty.settings_asked.connect(lambda: self.parts.context.desk.show("settings"))
        chat.transcript.link_asked.connect(self._ask_link)
        chat.transcript.edit_asked.connect(self._edit)
        chat.transcript.again_asked.connect(self._again)
        chat.transcript.begun.connect(lambda message: self.spawn(self._go_on(message)))
        chat.ask.closed.connect(lambda: self.primary_focus().setFocus())
        threads = chat.threads
        threads.opened.connect(self._open)
        threads.left.connect(self._unlist)
        self._turning = turn_with_keys(self, self.tabs, self.primary_focus)
        self.listen(signals.message_kept, self._kept)
        self.listen(signals.answer_grew, self._grew)
        self.listen(signals.call_moved, self._call_moved)
        self.listen(signals.assistant_moved, self._moved)
        self.listen(signals.model_used, self._show_spent)
        self.listen(signals.conversations_changed, self._follow_list)
        for signal in (signals.settings_changed, signals.keys_changed, signals.mode_changed):
            self.listen(signal, self._on_settings)
        for signal in (signals.inbox_changed, signals.order_changed, signals.halt_changed):
            self.listen(signal, self._settle_cards)
        self.listen(signals.ideas_changed, self.ideas.read)
        self.listen(signals.job_changed, self.ideas.on_job)
        self.listen(self.parts.theme.changed, self.chat.transcript.restyle)

    def _on_settings(self, _event: object) -> None:
        self._show_speaker()
        self._show_spent()
