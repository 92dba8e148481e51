"""Links in answers: the whole address is shown before a browser opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.ui.widgets.ask_bar import AskBar

_WHOLE = QUrl.ComponentFormattingOption.FullyEncoded  # names in foreign letters are spelled out
_WIDE = 40


def ask_link(bar: AskBar, address: str, opened: Callable[[str], object]) -> None:
    """Ask whether a page of the web is to be opened; any other address is passed over."""
    url = QUrl(address)
    if url.scheme() not in {"http", "https"} or not url.host():
        return
    whole = url.toString(_WHOLE)
    lines = "\n".join(whole[at : at + _WIDE] for at in range(0, len(whole), _WIDE))
    words = f"Open {url.host(_WHOLE)} in your browser? The whole address:\n{lines}"
    bar.ask_yes(words, "Open", lambda: opened(whole))


def open_link(address: str) -> bool:
    """Open an address in the browser; whether there is one."""
    return QDesktopServices.openUrl(QUrl(address))
