"""Who waits longest is next, and who gives up is forgotten."""

from __future__ import annotations

import threading

import pytest

from puffling.store.turns import Turns

SOON = 10.0


def in_line(turns: Turns, count: int) -> None:
    """Wait until so many threads wait."""
    look = threading.Event()
    while turns.waiting != count:
        look.wait(0.001)


def test_who_lets_go_and_wants_it_again_comes_after_who_waits():
    turns, order = Turns(), []

    def take(name: str) -> None:
        with turns:
            order.append(name)

    assert turns.acquire()
    threads = []
    for number, name in enumerate(("first", "second", "third")):
        threads.append(threading.Thread(target=take, args=(name,)))
        threads[-1].start()
        in_line(turns, number + 1)
    turns.release()
    with turns:
        order.append("again")
    for each in threads:
        each.join()
    assert order == ["first", "second", "third", "again"]


def test_who_gives_up_is_passed_over():
    turns = Turns()
    assert turns.acquire()
    assert not turns.acquire(timeout=0.001)
    assert turns.waiting == 0
    turns.release()
    assert turns.acquire(timeout=0)
    turns.release()


def test_a_turn_that_comes_while_its_thread_gives_up_is_taken(monkeypatch: pytest.MonkeyPatch):
    turns = Turns()
    assert turns.acquire()
    withdrawn = turns._withdrawn

    def late(mine: threading.Lock) -> bool:
        turns.release()
        return withdrawn(mine)

    monkeypatch.setattr(turns, "_withdrawn", late)
    assert turns.acquire(timeout=0.001)
    monkeypatch.undo()
    assert not turns.acquire(timeout=0.001)
    turns.release()
    assert turns.acquire(timeout=0)


@pytest.mark.parametrize("comes", [False, True])
def test_a_thread_that_is_broken_off_while_it_waits_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch, *, comes: bool
):
    turns = Turns()

    class Broken:
        def __init__(self) -> None:
            self.times = 0

        def acquire(self, timeout: float = -1) -> bool:
            self.times += 1
            if self.times > 1:
                if comes:
                    turns.release()
                raise KeyboardInterrupt
            return True

        def release(self) -> None:
            """Be given the turn."""

    assert turns.acquire()
    guard = turns._guard
    with monkeypatch.context() as patched:
        patched.setattr("puffling.store.turns.threading.Lock", Broken)
        with pytest.raises(KeyboardInterrupt):
            turns.acquire()
    assert turns._guard is guard
    if not comes:
        turns.release()
    assert turns.acquire(timeout=0)


def test_a_writer_that_never_rests_keeps_no_other_out():
    turns, tired = Turns(), threading.Event()

    def again_and_again() -> None:
        while not tired.is_set():
            with turns:
                pass

    thread = threading.Thread(target=again_and_again)
    thread.start()
    try:
        for _ in range(200):
            assert turns.acquire(timeout=SOON)
            turns.release()
    finally:
        tired.set()
        thread.join()
