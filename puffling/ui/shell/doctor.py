"""The part of `puffling doctor` that needs Qt: screens, tray and desktop notifications."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from puffling.commands.doctor import Finding, Health

if TYPE_CHECKING:
    from collections.abc import Sequence


def window_findings() -> list[Finding]:
    """Open Qt for a moment and look at what the desktop offers."""
    if sys.platform == "linux" and not _has_display():
        return []
    from PySide6.QtGui import QFontDatabase, QGuiApplication
    from PySide6.QtWidgets import QApplication, QSystemTrayIcon

    app = QApplication.instance() or QApplication([])
    screens = QGuiApplication.screens()
    sizes = ", ".join(
        f"{each.size().width()}×{each.size().height()} at {each.devicePixelRatio():g}×"
        for each in screens
    )
    tray = QSystemTrayIcon.isSystemTrayAvailable()
    found = [
        Finding("Screens", Health.GOOD, f"{QGuiApplication.platformName()}: {sizes}"),
        Finding(
            "Tray",
            Health.GOOD if tray else Health.POOR,
            "A system tray is there." if tray else "There is no system tray.",
            "" if tray else "Closing the window then ends Puffling; messages appear inside it.",
        ),
        _notifications(),
        fonts_finding(QFontDatabase.families()),
    ]
    del app
    return found


def fonts_finding(families: Sequence[str]) -> Finding:
    """Whether there is a font to write with."""
    if not families:
        return Finding(
            "Fonts",
            Health.BAD,
            "No font is installed; no words can be drawn.",
            "Install one, such as the package fonts-dejavu-core.",
        )
    return Finding("Fonts", Health.GOOD, f"{len(families)} families")


def _has_display() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _notifications() -> Finding:
    if sys.platform != "linux":
        return Finding("Notifications", Health.GOOD, "Through the system tray.")
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return Finding(
            "Notifications",
            Health.POOR,
            "There is no session bus; messages appear in the window.",
            "Start Puffling inside a desktop session.",
        )
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    address = DBusAddress(
        "/org/freedesktop/Notifications",
        bus_name="org.freedesktop.Notifications",
        interface="org.freedesktop.Notifications",
    )
    try:
        with open_dbus_connection(bus="SESSION") as connection:
            reply = connection.send_and_get_reply(
                new_method_call(address, "GetServerInformation"), timeout=3.0
            )
    except (OSError, TimeoutError, KeyError) as error:
        return Finding(
            "Notifications",
            Health.POOR,
            f"The session bus did not answer ({error}).",
            "Messages appear in the window.",
        )
    if reply.header.message_type.name != "method_return":
        return Finding(
            "Notifications",
            Health.POOR,
            "No notification service runs.",
            "Install one, such as dunst; until then messages appear in the window.",
        )
    return Finding("Notifications", Health.GOOD, f"{reply.body[0]} {reply.body[2]}")
