"""What can be done with the message under the caret, as a menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from puffling.core.conversations import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu

    from puffling.ui.panels.assistant.transcript import Transcript


def fill_menu(menu: QMenu, transcript: Transcript) -> QMenu:
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
