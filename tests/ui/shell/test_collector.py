"""Rubbish is collected on the window's thread, or not at all."""

from __future__ import annotations

import gc
import threading
import weakref

from puffling.ui.shell.collector import Collector


class Ring:
    """Something only the collector can free."""

    def __init__(self) -> None:
        self.itself = self
        self.freed_in: list[str] = []
        weakref.finalize(self, self._note, self.freed_in)

    @staticmethod
    def _note(freed_in: list[str]) -> None:
        freed_in.append(threading.current_thread().name)


def many_rings() -> list[list[str]]:
    return [Ring().freed_in for _ in range(5_000)]


def test_a_worker_that_makes_rubbish_does_not_collect_it(qtbot):
    collector, freed = Collector(), []
    try:
        worker = threading.Thread(target=lambda: freed.extend(many_rings()), name="worker")
        worker.start()
        worker.join()
        assert not any(freed)
        collector.look()
        assert {name for each in freed for name in each} == {threading.main_thread().name}
        assert all(freed)
    finally:
        collector.end()


def test_it_looks_by_itself_until_its_end(qtbot):
    collector = Collector()
    assert not gc.isenabled()
    freed = many_rings()
    collector._timer.setInterval(1)
    qtbot.waitUntil(lambda: all(freed))
    collector.end()
    assert not collector._timer.isActive()
