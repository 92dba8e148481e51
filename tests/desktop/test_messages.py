"""The chain of messages on a real desktop: the notification service, else the tray, else only us."""

from __future__ import annotations

import pytest

from tests.desktop.conftest import until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(120)]

SEND = """
import asyncio, qasync
from puffling.core.events import Level
from puffling.ui.shell.notify import FreeDesktop, Notifier
from puffling.ui.shell.start import make_application
from puffling.ui.shell.tray import TrayIcon
from puffling.ui.theme.theme import Theme

app = make_application()

async def main():
    tray = TrayIcon(Theme())
    tray.start()
    # A desktop's tray takes icons in when it gets round to it.
    for _ in range(200):
        if tray.available is IN_A_TRAY:
            break
        await asyncio.sleep(0.05)
    desktop = FreeDesktop()
    by = await Notifier(tray, desktop.send).send("AAPL is above 600", "<b>600.10</b> & more", Level.WARNING)
    print(tray.available, by)
    await asyncio.sleep(0.5)
    tray.close()
    desktop.close()

with qasync.QEventLoop(app) as loop:
    loop.run_until_complete(main())
"""


def sending(*, in_a_tray: bool) -> str:
    """Return the program that sends a message once the tray is there, or is known not to be."""
    return f"IN_A_TRAY = {in_a_tray}\n{SEND}"


COUNT = """
from jeepney import DBusAddress, Properties
from jeepney.io.blocking import open_dbus_connection
dunst = DBusAddress(
    "/org/freedesktop/Notifications",
    bus_name="org.freedesktop.Notifications",
    interface="org.dunstproject.cmd0",
)
with open_dbus_connection("SESSION") as connection:
    reply = connection.send_and_get_reply(Properties(dunst).get("displayedLength"))
print(reply.body[0][1])
"""


def test_a_notification_service_shows_the_message(display):
    display.managed()
    display.bus()
    display.run("dunst")
    until("The service", lambda: "0" in display.python(COUNT))
    assert display.python(sending(in_a_tray=False)).split() == ["False", "desktop"]
    assert display.python(COUNT).strip() == "1"


def test_the_service_is_preferred_to_the_balloon_of_a_tray(display):
    display.managed()
    display.tray()
    display.bus()
    display.run("dunst")
    until("The service", lambda: "0" in display.python(COUNT))
    assert display.python(sending(in_a_tray=True)).split() == ["True", "desktop"]


def test_without_a_bus_the_tray_shows_a_balloon(display):
    display.managed()
    display.tray()
    assert display.python(sending(in_a_tray=True)).split() == ["True", "tray"]


def test_with_neither_the_message_stays_in_the_window(display):
    display.managed()
    assert display.python(sending(in_a_tray=False)).split() == ["False", "window"]


def test_a_bus_without_a_service_falls_back_to_the_tray(display):
    display.managed()
    display.tray()
    display.bus(services=False)
    assert display.python(sending(in_a_tray=True)).split() == ["True", "tray"]


LOOKS = """
import subprocess, sys
from puffling.ui.shell.start import make_application
from puffling.ui.shell.tray import TrayIcon, TrayState
from puffling.ui.theme.theme import Theme
from PySide6.QtCore import QTimer

app = make_application()
tray = TrayIcon(Theme())
tray.start()
looks = [(each, 0) for each in TrayState if each is not TrayState.APPROVALS]
looks.append((TrayState.APPROVALS, 3))
seen = set()

def look():
    picture = subprocess.run(
        ["import", "-window", "root", "-crop", "160x40+1206+0", "rgb:-"], capture_output=True, check=True
    ).stdout
    seen.add(picture)
    if not looks:
        print(tray.available, len(seen))
        tray.close()
        app.quit()
        return
    tray.set_state(*looks.pop())
    QTimer.singleShot(700, look)

QTimer.singleShot(1500, lambda: (tray.set_state(*looks.pop()), QTimer.singleShot(700, look)))
app.exec()
"""


def test_every_state_can_be_told_apart_in_a_real_tray(display):
    display.managed()
    display.tray()
    assert display.python(LOOKS).split() == ["True", "5"]
