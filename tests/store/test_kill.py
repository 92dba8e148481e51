"""Killed at any moment, the profile opens again with every order that was acknowledged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from puffling.store.accounts import AccountStore
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore
from tests.store.samples import ACCOUNT, HandClock

if TYPE_CHECKING:
    from puffling.core.paths import Paths

pytestmark = pytest.mark.slow

SEND = """
import pathlib, sys
from puffling.core.paths import Paths
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore
from tests.store.samples import HandClock, book, fill, order
storage = open_storage(Paths(pathlib.Path(sys.argv[1])), HandClock())
store = OrderStore(storage.user)
number = int(sys.argv[2])
while True:
    each = order(f"order-{number}")
    store.add_intent(each)
    print(f"sent {number}", flush=True)
    book(store, each, fill(f"{each.id}-1", of=each.id))
    print(f"filled {number}", flush=True)
    number += 1
"""


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_was_acknowledged_is_lost_by_a_kill(paths: Paths, seed: int):
    storage = open_storage(paths, HandClock())
    AccountStore(storage.user).open(ACCOUNT)
    storage.close()
    chance = random.Random(seed)
    sent: set[str] = set()
    filled: set[str] = set()
    for turn in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", SEND, str(paths.root), str(turn * 1_000)],
            stdout=subprocess.PIPE,
            text=True,
        ) as sender:
            assert sender.stdout is not None
            said = [sender.stdout.readline() for _ in range(chance.randrange(1, 60))]
            sender.send_signal(signal.SIGKILL)
            said += sender.stdout.readlines()
        for line in said:
            word, number = line.split()
            (sent if word == "sent" else filled).add(f"order-{number}")
        storage = open_storage(paths, HandClock())
        assert storage.notices == []
        store = OrderStore(storage.user)
        orders = {each.id for each in store.all(limit=10_000)}
        fills = {each.order_id for each in store.fills("demo-1")}
        assert sent <= orders
        assert filled <= fills <= orders
        assert len(orders - sent) <= turn + 1, (
            "more than one order for each kill is unaccounted for"
        )
        with storage.user.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        storage.close()


def test_a_start_killed_at_any_moment_is_begun_again(paths: Paths):
    begin = (
        "import pathlib, sys; from puffling.core.paths import Paths;"
        "from puffling.core.clock import SystemClock;"
        "from puffling.store.opening import open_storage;"
        "print('ready', flush=True);"
        "open_storage(Paths(pathlib.Path(sys.argv[1])), SystemClock()); print('open', flush=True)"
    )
    chance = random.Random(1)
    for turn in range(6):
        root = paths.root / str(turn)
        with subprocess.Popen(
            [sys.executable, "-c", begin, str(root)], stdout=subprocess.PIPE, text=True
        ) as starter:
            assert starter.stdout is not None
            starter.stdout.readline()
            # A busy wait of random length: the moment of the kill is what is being tried.
            for _ in range(chance.randrange(400_000)):
                pass
            starter.kill()
        storage = open_storage(type(paths)(root), HandClock())
        assert storage.notices == []
        AccountStore(storage.user).open(ACCOUNT)
        storage.close()
