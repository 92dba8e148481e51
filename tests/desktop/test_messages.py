"""The chain of messages on a real desktop: the notification service, else the tray, else only us."""

from __future__ import annotations

import pytest

from tests.desktop.conftest import until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(600)]

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


# How many messages it has taken; one that was shown for long enough is in its history.
COUNT = """
from jeepney import DBusAddress, MessageType, Properties
from jeepney.io.blocking import open_dbus_connection
dunst = DBusAddress(
    "/org/freedesktop/Notifications",
    bus_name="org.freedesktop.Notifications",
    interface="org.dunstproject.cmd0",
)
with open_dbus_connection("SESSION") as connection:
    replies = [
        connection.send_and_get_reply(Properties(dunst).get(each))
        for each in ("displayedLength", "historyLength")
    ]
if all(each.header.message_type is MessageType.method_return for each in replies):
    print(sum(each.body[0][1] for each in replies))
"""


def test_a_notification_service_shows_the_message(display):
    display.managed()
    display.bus()
    display.run("dunst")
    until("The service", lambda: display.python(COUNT).strip() == "0")
    assert display.python(sending(in_a_tray=False)).split() == ["False", "desktop"]
    until("The message", lambda: display.python(COUNT).strip() == "1")


def test_the_service_is_preferred_to_the_balloon_of_a_tray(display):
    display.managed()
    display.tray()
    display.bus()
    display.run("dunst")
    until("The service", lambda: display.python(COUNT).strip() == "0")
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


# A state is looked at until the tray has painted it: twice through all of them, the same pictures.
LOOKS = """
from PySide6.QtTest import QTest
from puffling.ui.shell.start import make_application
from puffling.ui.shell.tray import TrayIcon, TrayState
from puffling.ui.theme.theme import Theme

app = make_application()
tray = TrayIcon(Theme())
tray.start()

def look():
    QTest.qWait(50)
    image = app.primaryScreen().grabWindow(0, 1206, 0, 160, 40).toImage()
    return bytes(image.constBits())

def settled():
    looks = [look(), look(), look()]
    while len(set(looks[-3:])) > 1:
        looks.append(look())
    return looks[-1]

def walk():
    pictures = []
    for each in TrayState:
        tray.set_state(each, 3 if each is TrayState.APPROVALS else 0)
        pictures.append(settled())
    return pictures

before, now = walk(), walk()
tries = 20
while tries and (now != before or len(set(now)) < len(TrayState)):
    before, now, tries = now, walk(), tries - 1
print(tray.available, len(set(now)), now == before)
tray.close()
"""


def test_every_state_can_be_told_apart_in_a_real_tray(display):
    display.managed()
    display.tray()
    assert display.python(LOOKS).split() == ["True", "5", "True"]
