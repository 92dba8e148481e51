"""One file for somebody who helps: everything that helps, and nothing that is nobody's business."""

from __future__ import annotations

import logging
import zipfile
from typing import TYPE_CHECKING

from puffling.core import log
from puffling.core.events import ConnectionChanged, FeedState
from puffling.core.redaction import conceal
from puffling.work.watchdog import Stall

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "CANARYk3yThatNobodyMaySee42"
SHAPED = "PKABCDEFGHIJKLMNOP12"


def read(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


async def test_what_helps_is_in_one_file_and_secrets_and_orders_are_not(
    puffling, registry, paths, keyring, tmp_path
):
    conceal(CANARY)
    keyring.give("alpaca paper", key=SHAPED, secret=CANARY)
    context = puffling.context
    stop = log.setup(paths)
    try:
        await registry["order.place"].run_with(
            context,
            {
                "symbol": "IBM",
                "side": "buy",
                "quantity": 7,
                "type": "limit",
                "limit_price": "123.45",
            },
        )
        logging.getLogger("puffling.services.orders").warning("Buy 7 IBM at 123.45")
        logging.getLogger("puffling.ui.shell").warning("A word of the shell, token=%s", CANARY)
        context.watchdog.stalls = [Stall(0.4, "in a slow place")]
        context.bus.publish(
            ConnectionChanged("data", "Feed", FeedState.BROKEN, f"401 for key={SHAPED}")
        )
        target = tmp_path / "help.zip"
        told = await registry["diagnostics.export"].run_with(context, {"path": str(target)})
        again = tmp_path / "orders.zip"
        await registry["diagnostics.export"].run_with(context, {"path": str(again), "orders": True})
    finally:
        stop()
    parts = read(target)
    assert told["parts"] == sorted(parts)
    everything = "\n".join(parts.values())
    for secret in (CANARY, SHAPED, "123.45", str(paths.root)):
        assert secret not in everything
    assert "every page, index and reference is sound" in parts["database.txt"]
    assert "  orders: 1\n" in parts["database.txt"]
    assert "A word of the shell" in parts["puffling.log"]
    assert "in a slow place" in parts["stalls.txt"]
    assert "data: Feed, broken. 401 for" in parts["connections.txt"]
    assert "SQLAlchemy" in parts["versions.txt"]
    assert "Database" in parts["doctor.txt"]
    assert '"watchlist"' in parts["settings.json"]
    whole = read(again)
    assert "123.45" in whole["orders.jsonl"]
    assert CANARY not in "\n".join(whole.values())


async def test_without_a_file_it_lies_with_the_logs(puffling, registry, paths):
    told = await registry["diagnostics.export"].run_with(puffling.context, {})
    assert [str(each) for each in paths.logs.glob("diagnostics-*.zip")] == [told["file"]]
