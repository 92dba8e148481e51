"""Messages as words on the page: who said them and when, what they say, what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QTextCursor

from puffling.agents.notes import in_words
from puffling.core import formats
from puffling.core.conversations import MessageState, Speaker
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.markdown_numbers import Mark, around
from puffling.ui.widgets.markdown_view import YOURS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from puffling.core.conversations import ChatMessage
    from puffling.ui.widgets.markdown_view import MarkdownView


def is_growing(message: ChatMessage) -> bool:
    """Whether words of an answer still come."""
    return message.state is MessageState.WRITING and not message.calls


def write_question(page: MarkdownView, message: ChatMessage, now: datetime) -> None:
    """Write what a person said, as it is, and what it was about."""
    about = map(str, (message.about or {}).values())
    said = ["You", formats.when(message.created_at, now=now), *about]
    page.caption(" · ".join(said), ground=YOURS)
    page.plain(message.text, ground=YOURS)


def write_notes(page: MarkdownView, message: ChatMessage) -> None:
    """Write what became of proposals, as whoever answers was told it before this answer."""
    for said in filter(None, map(in_words, message.notes)):
        page.caption(said, Tone.INFO)


def write_speaker(page: MarkdownView, message: ChatMessage, now: datetime) -> None:
    """Write who answers, and when."""
    named = message.provider or "Assistant"
    page.caption(f"{named} · {formats.when(message.created_at, now=now)}")


def write_answer(page: MarkdownView, message: ChatMessage) -> None:
    """Write an answer that does not grow any more, with its numbers marked."""
    if is_growing(message):
        return
    marks = [  # what the person said needs no mark
        Mark(each.text, each.source or "", *around(message.text, each.start, each.end))
        for each in message.figures
        if each.source != ""
    ]
    page.mark(page.write(message.text), marks)


def write_trouble(page: MarkdownView, message: ChatMessage) -> None:
    """Write what went wrong and what to do about it, and what the answer used."""
    trouble = " ".join(filter(None, (message.trouble, message.hint)))
    if trouble:
        failed = message.state is MessageState.FAILED
        page.caption(trouble, Tone.DANGER if failed else Tone.WARNING)
    if message.usage is not None and not message.calls and message.usage.total:
        cost = "" if message.cost is None else f" · ${message.cost:,.4f}"
        model = f"{message.model} · " if message.model else ""
        page.caption(f"{model}{message.usage.total:,} tokens{cost}", Tone.FAINT)


def answer_of(messages: Sequence[ChatMessage]) -> str:
    """Return the last answer as it was written, however many messages it took."""
    texts: list[str] = []
    for each in reversed(messages):
        if each.role is Speaker.PERSON:
            break
        texts.insert(0, each.text)
    return "\n\n".join(filter(None, texts))


def copy(text: str) -> None:
    """Put words on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def see(page: MarkdownView, start: int) -> None:
    """Put the caret on the message that begins at `start`, and bring it into view."""
    cursor = page.textCursor()
    cursor.setPosition(min(start + 1, page.end))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    page.setTextCursor(cursor)
    page.ensureCursorVisible()
