"""The list of conversations at work: searched, renamed, written out, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from puffling.ui.widgets.file_dialog import ask_file

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from puffling.core.conversations import Conversation
    from puffling.ui.panel import Parts
    from puffling.ui.panels.assistant.chat_tab import ChatTab

_FILES = "Pages (*.md);;Records (*.json)"


class Shelf(QObject):
    """Fills the list of a chat, and does what is asked of its rows."""

    def __init__(
        self,
        parts: Parts,
        spawn: Callable[[Coroutine[object, object, object]], None],
        chat: ChatTab,
    ) -> None:
        super().__init__(chat)
        self._parts, self._spawn, self._chat = parts, spawn, chat
        threads = chat.threads
        threads.searched.connect(self._look)
        threads.renaming.connect(self._rename)
        threads.exporting.connect(self._export)
        threads.deleting.connect(self._delete)

    def turn(self) -> None:
        """Show the list, or put it away."""
        threads = self._chat.threads
        if self._chat.pages.currentWidget() is threads:
            threads.left.emit()
            return
        threads.search.clear()
        self._chat.show_page(threads)
        threads.search.setFocus()
        self._look("")

    def follow(self) -> None:
        """Read the list anew, if it is in view."""
        if self._chat.pages.currentWidget() is self._chat.threads:
            self._look(self._chat.threads.search.text().strip())

    def _look(self, words: str) -> None:
        self._spawn(self._search(words))

    async def _search(self, words: str) -> None:
        context = self._parts.context
        found = await context.conversations.search(words)
        self._chat.threads.show_found(found, context.clock.now())

    def _rename(self, conversation: Conversation) -> None:
        def named(title: str) -> None:
            self._parts.runner.command("assistant.rename", id=conversation.id, title=title)

        self._chat.ask.ask_name("Call it", conversation.title, "Rename", named)

    def _delete(self, conversation: Conversation) -> None:
        self._parts.runner.command("assistant.delete", id=conversation.id)

    def _export(self, conversation: Conversation) -> None:
        def chosen(path: str) -> None:
            self._parts.runner.command("assistant.export", id=conversation.id, path=Path(path))

        name = "".join(x if x.isalnum() or x in " -" else "_" for x in conversation.title)
        ask_file(self._chat, "Export conversation", chosen, kinds=_FILES, save_as=f"{name}.md")
