"""Row 17, secrets: a planted key trades at the broker at the finest logging, and is in no file."""

# ruff: noqa: TID253 - the rule is for start-up time, which a test does not mind

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from typing_extensions import override

from puffin.errors import PuffinError
from puffling.core import log as logs
from puffling.core.errors import PufflingError
from puffling.core.events import NoticePosted
from puffling.core.secrets import Secrets
from puffling.core.settings import Mode
from tests.fakes import FakeDesk, until
from tests.proofs.paper import desk_at

if TYPE_CHECKING:
    from puffling.core.paths import Paths

KEY = "PKCANARY7WQ3XK9MN2"
SECRET = "canarySecretZq7wT3xK9mN2pL5vR8"
PARTS = (KEY[2:].encode(), SECRET[6:24].encode())


class Ring(KeyringBackend):
    """A keyring in memory that works."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    @override
    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    @override
    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


@pytest.fixture
def finest(paths):
    """Log as finely as it goes: our own modules and, in case a cap fails, everyone's."""
    stop = logs.setup(paths, level=logging.DEBUG)
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(before)
    stop()


def leaks(folder: Path) -> list[str]:
    """Return the files that hold the key or the secret, whatever their format."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert len(files) > 5
    found = [each for each in files if any(part in each.read_bytes() for part in PARTS)]
    return [str(each) for each in found]


def dumped(path: Path) -> bytes:
    with sqlite3.connect(path) as connection:
        return "\n".join(connection.iterdump()).encode()


def command_lines() -> bytes:
    """Return the arguments and the environment of this process and of every child of it."""
    processes = [Path("/proc/self")]
    for task in Path("/proc/self/task").iterdir():
        children = (task / "children").read_text().split()
        processes += [Path("/proc") / each for each in children]
    told = [(each / name).read_bytes() for each in processes for name in ("cmdline", "environ")]
    return b"\n".join(told)


def nothing_is_kept(paths: Paths) -> None:
    """Fail if a file of the profile, or one that was exported beside it, holds the keys."""
    assert leaks(paths.root.parent) == []
    for path in [paths.database, *paths.backups.iterdir()]:
        assert not any(part in dumped(path) for part in PARTS)
    assert "alpaca.trading.stream" in "".join(each.read_text() for each in paths.logs.iterdir())


async def test_row_17_the_keys_of_the_broker_are_in_no_file(server, paths, ring, finest, tmp_path):
    server.key, server.secret = KEY, SECRET
    server.set_quote("NFLX", "90", "90.10")
    desk = FakeDesk()
    desk.keys = (KEY, SECRET)
    told: list[str] = []
    echo = {
        "message": f"bad key {KEY}, secret {SECRET}",
        "headers": {"APCA-API-SECRET-KEY": SECRET},
    }
    ring.kept = {"alpaca paper key": KEY, "alpaca paper secret": SECRET}
    async with desk_at(server, paths, desk=desk, secrets=Secrets()) as app:
        context = app.context
        app.bus.subscribe(NoticePosted, lambda each: told.append(repr(each)))

        async def run(id_: str, **values: object) -> None:
            try:
                told.append(repr(await app.registry[id_].run_with(context, values)))
            except (PuffinError, PufflingError, ValueError) as error:
                told.append("".join(traceback.format_exception(error)))

        assert context.market.mode is Mode.PAPER
        await run("connection.set_keys", name="alpaca paper")
        await run("connection.list")
        await run("settings.show")
        await run("settings.change", section="data", name="alpaca_key", value=SECRET)
        context.quotes.want("NFLX")
        await until(lambda: context.orders.ready and context.quotes.last("NFLX"))
        await run("order.place", symbol="NFLX", side="buy", quantity="5")
        assert len(server.book.orders) == 1
        for status in (400, 401, 403, 422, 500):
            server.answer_with(status, echo, method="POST", path="/v2/orders")
            await run("order.place", symbol="NFLX", side="buy", quantity=str(status - 390))
            server.answer_with(status, echo, method="GET", path="/v2/positions")
            await context.orders.reconcile()
        server.answer_with(200, f"<html>{KEY} {SECRET}</html>".encode(), path="/v2/account")
        await run("connection.test", name="alpaca paper")
        server.answer_with(401, echo, path="/v2/account", times=2)
        await run("connection.test", name="alpaca paper")
        server.say_trade_update({"event": "odd", "order": {"id": KEY, "note": SECRET}})
        server.say_raw(f"not a frame {KEY} {SECRET}".encode())
        server.refuse_auth()
        server.drop()
        await until(lambda: not context.orders.ready)
        for id_ in ("order.list", "audit.list", "notice.list"):
            await run(id_)
        await run("performance.export", path=str(tmp_path / "out.csv"), what="fills")
        await asyncio.to_thread(context.storage.backup_now)
        lines = command_lines()
    assert os.environ.get("PATH", "x").encode() in lines
    assert ring.kept["alpaca paper secret"] == SECRET
    assert "NFLX" in (tmp_path / "out.csv").read_text()
    assert not any(part in lines for part in PARTS)
    shown = [each for each in told if any(part.decode() in each for part in PARTS)]
    assert shown == []
    nothing_is_kept(paths)
