"""Messages on the desktop: D-Bus, else the tray; the window always has them too."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Protocol

from puffling.core.events import Level
from puffling.ui.voice import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

APP = "Puffling"
TIMEOUT = 3.0  # seconds the bus may take to answer
SHOWN_FOR = 8_000  # milliseconds
_URGENCY = {Level.ERROR: 2, Level.WARNING: 1}
_NAME = "org.freedesktop.Notifications"


class Tray(Protocol):
    """A tray icon, as far as messages need it."""

    @property
    def available(self) -> bool:
        """Whether a tray exists to show it."""
        ...

    def message(self, title: str, text: str, level: Level) -> None:
        """Show a balloon at the icon."""
        ...


class FreeDesktop:
    """The notification service of a Linux desktop; `send` blocks, so it runs in a thread."""

    def __init__(self, address: str | None = None) -> None:
        self._address = address
        self._connection: DBusConnection | None = None
        self._lock = threading.Lock()

    def send(self, title: str, text: str, level: Level) -> bool:
        """Show a message; False if no service took it."""
        if sys.platform != "linux" or not (
            self._address or os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        ):
            return False
        with self._lock:
            try:
                return self._notify(title, text, level)
            except (OSError, EOFError, TimeoutError, ValueError, RuntimeError) as error:
                log.info("The session bus took no message: %s", error)
                self._drop()
                return False

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._drop()

    def _notify(self, title: str, text: str, level: Level) -> bool:
        from jeepney import DBusAddress, MessageType, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        if self._connection is None:
            self._connection = open_dbus_connection(self._address or "SESSION")
        where = DBusAddress("/org/freedesktop/Notifications", bus_name=_NAME, interface=_NAME)
        hints = {"urgency": ("y", _URGENCY.get(level, 0)), "desktop-entry": ("s", "puffling")}
        actions: list[str] = []
        body = (APP, 0, "", title, _escaped(text), actions, hints, SHOWN_FOR)
        reply = self._connection.send_and_get_reply(
            new_method_call(where, "Notify", "susssasa{sv}i", body), timeout=TIMEOUT
        )
        return reply.header.message_type is MessageType.method_return

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Notifier:
    """Tries the chain: the desktop's service, then the tray's balloon.

    What it returns says which one took it, so that it can be logged and tested; the window's own
    toasts and notification centre have every message in any case.
    """

    def __init__(self, tray: Tray, desktop: Callable[[str, str, Level], bool]) -> None:
        self._tray = tray
        self._desktop = desktop

    async def send(self, title: str, text: str, level: Level) -> str:
        """Show a message outside the window; return "desktop", "tray" or "window"."""
        title, text = said(title), said(text)
        if await asyncio.to_thread(self._desktop, title, text, level):
            return "desktop"
        if self._tray.available:
            self._tray.message(title, text, level)
            return "tray"
        return "window"


def _escaped(text: str) -> str:
    """Return `text` as plain text: the service reads markup, and text may come from outside."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
