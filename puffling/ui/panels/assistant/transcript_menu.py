"""What can be done with the message under the caret, as a menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from puffling.core.conversations import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QMenu

    from puffling.core.conversations import ChatMessage
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.markdown_view import MarkdownView


class Page(Protocol):
    """A conversation on the screen, as far as its menu needs it."""

    theme: Theme
    page: MarkdownView

    @property
    def link_asked(self) -> SignalInstance:
        """A link was pressed."""
        ...

    @property
    def again_asked(self) -> SignalInstance:
        """The last answer is to be given anew."""
        ...

    @property
    def current(self) -> ChatMessage | None:
        """The message under the caret."""
        ...

    @property
    def messages(self) -> Sequence[ChatMessage]:
        """All that are shown."""
        ...

    def copy(self) -> None:
        """Copy the message under the caret."""
        ...

    def edit(self) -> None:
        """Ask a question differently."""
        ...

    def show_call(self, call: str) -> None:
        """Show what a tool said."""
        ...


def fill_menu(menu: QMenu, transcript: Page) -> QMenu:
    """Offer what can be done with the message under the caret."""
    theme, message = transcript.theme, transcript.current
    href = transcript.page.textCursor().charFormat().anchorHref()
    entries: list[tuple[str, str, str, Callable[[], object]]] = []
    if href.startswith("http"):
        entries.append(("link", "Open link…", "", partial(transcript.link_asked.emit, href)))
    if message is not None:
        entries.append(("copy", "Copy", "C", transcript.copy))
        if message.role is Speaker.PERSON:
            entries.append(("edit", "Edit and ask again", "E", transcript.edit))
        elif message.id == transcript.messages[-1].id:
            entries.append(("refresh", "Answer anew", "R", transcript.again_asked.emit))
    for icon, title, key, do in entries:
        action = menu.addAction(theme.icon(icon), title)
        action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(do)
    for call in message.calls if message is not None else ():
        title = call.tool.replace("_", " ")
        action = menu.addAction(theme.icon("search"), f"Show what {title} said")
        action.triggered.connect(partial(transcript.show_call, call.id))
    return menu
