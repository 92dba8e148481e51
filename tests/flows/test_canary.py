"""A planted key, every kind of work at the finest logging, and then a look into every file."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from puffin.errors import PuffinError
from puffling.app import build
from puffling.core import log as logs
from puffling.core.errors import JobFailedError, PufflingError
from puffling.core.events import Level, NoticePosted
from puffling.core.secrets import Secrets
from puffling.store.backups import backups
from puffling.store.requests import RequestStore
from puffling.work.requests import failure
from tests.fakes import NoNetwork

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canaryZq7wT3xK9mN2pL5v"
ADDRESS = f"https://host/v8/chart?token={CANARY}&symbol=TSLA"


class Leaky(NoNetwork):
    """An online source whose every error quotes the address that was asked, key and all."""

    @override
    def history(self, symbol, interval, start=None, end=None):
        raise ValueError(f"500 for {ADDRESS}")

    @override
    def search(self, text):
        raise RuntimeError(f"401 for {ADDRESS}")


def found_in(folder: Path) -> list[str]:
    """Return the files below `folder` that hold the key, whatever their format."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert len(files) > 5
    return [str(each) for each in files if CANARY.encode() in each.read_bytes()]


def dumped(path: Path) -> str:
    """Return a whole database as text."""
    with sqlite3.connect(path) as connection:
        return "\n".join(connection.iterdump())


async def test_the_key_is_in_no_file_of_the_profile(paths, clock, gate, desk, stepper, monkeypatch):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    stop = logs.setup(paths, level=logging.DEBUG)
    secrets = Secrets()
    await secrets.set("alpaca", CANARY)
    app = build(paths, clock=clock, desk=desk, gate=gate, online=Leaky(), sleep=stepper)
    context = app.context
    try:
        await app.start()

        async def run(id_: str, **values: object) -> None:
            await app.registry[id_].run_with(context, values)

        await run("order.place", symbol="AAPL", side="buy", quantity="3")
        await run("alert.add", symbol="AAPL", kind="above", price="900", note="look")
        await run("backtest.run", strategy="momentum", symbol="IBM")
        with pytest.raises((PufflingError, PuffinError, ValueError)):
            await run("data.bars", symbol="TSLA")
        with pytest.raises((PufflingError, PuffinError, ValueError)):
            await run("backtest.run", strategy="momentum", symbol="TSLA")
        with pytest.raises((PufflingError, PuffinError)):
            await run("settings.change", section="data", name="api_key", value=CANARY)

        def leak(_progress):
            raise RuntimeError(f"403 for {ADDRESS}")

        with pytest.raises(JobFailedError):
            await context.jobs.run("A job with a key", leak)
        try:
            leak(None)
        except RuntimeError as error:
            logging.getLogger("puffling.test").exception("failed")
            context.bus.publish(
                NoticePosted(Level.ERROR, f"Bearer {CANARY}", str(error), "", f"key={CANARY}")
            )
        requests = RequestStore(context.storage.user)
        assert requests.waiting() == []
        assert CANARY not in failure(f"Bearer {CANARY}", "")
        await asyncio.to_thread(context.storage.backup_now)
        await stepper.step(20)
    finally:
        await app.stop()
        stop()
    assert await secrets.get("alpaca") == CANARY
    assert found_in(paths.root) == []
    kept = backups(paths)
    for path in [paths.database, *kept]:
        assert CANARY not in dumped(path)
    for path in [paths.database, kept[0]]:  # an older one is made at the start, in a thread
        assert "A job with a key" in dumped(path)
    log = "".join(each.read_text() for each in paths.logs.iterdir())
    assert "Traceback" in log
    assert "403 for https://host" in log
