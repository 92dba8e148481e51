"""A whole trading day by keys alone, from the welcome to the end, with the mouse disabled."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from puffin.types import OrderStatus, OrderType, Side
from puffling.core.clock import SystemClock
from puffling.core.paths import Paths
from puffling.store.accounts import AccountStore
from puffling.store.journal import JournalStore
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore
from tests.desktop.trading_day import SHARES

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(1500)]


def test_a_day_is_traded_without_a_mouse(display, tmp_path):
    display.managed()
    paths, out = Paths(tmp_path / "fresh"), tmp_path / "out"
    out.mkdir()
    day = display.run(sys.executable, "-m", "tests.desktop.trading_day", str(paths.root), str(out))
    said = tmp_path / f"{day.args[0].rpartition('/')[2]}.log"
    assert day.wait(1400) == 0, said.read_text()[-4_000:]
    assert " ERROR " not in (paths.logs / "puffling.log").read_text()
    storage = open_storage(paths, SystemClock())
    try:
        account = AccountStore(storage.user).current("demo")
        assert account is not None
        orders = OrderStore(storage.user)
        kinds = {(each.ticket.side, each.ticket.type): each for each in orders.all(account.id)}
        assert kinds[Side.BUY, OrderType.LIMIT].filled_quantity == SHARES
        assert kinds[Side.SELL, OrderType.STOP].status is OrderStatus.CANCELLED
        fills = orders.fills(account.id)
        assert sum((each.side.sign * each.quantity for each in fills), Decimal(0)) == 0
        (entry,) = JournalStore(storage.user).all()
        assert "by keys alone" in entry.note
    finally:
        storage.close()
    assert (out / "day.csv").read_text().count("\n") > 1
