"""What looking at strategy files found, by their text: a file is run once, not at every start."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from puffling import __version__
from puffling.services.strategy_cards import About

if TYPE_CHECKING:
    from collections.abc import Collection

    from puffling.store.state import StateStore

KEY = "strategy files"  # what the store keeps them under


def key_of(text: str) -> str:
    """Return what a file's text is known by; another version of Puffling looks for itself."""
    return hashlib.sha256(f"{__version__}\n{text}".encode()).hexdigest()


class Looks:
    """What is known of files. Several threads may ask and tell at once."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[str, About] | None = None
        self._passing: set[str] = set()

    def get(self, text: str) -> About | None:
        """Return what a file with this text was found to be; None if nobody looked."""
        with self._lock:
            return self._all().get(key_of(text))

    def tell(self, text: str, found: About, *, for_good: bool) -> None:
        """Take what a look found; what is not `for_good` is forgotten when Puffling ends."""
        key = key_of(text)
        with self._lock:
            self._all()[key] = found
            (self._passing.discard if for_good else self._passing.add)(key)

    def keep(self, texts: Collection[str]) -> None:
        """Store what is known of these files, and forget all others."""
        with self._lock:
            wanted = {key_of(each) for each in texts}
            known = {key: each for key, each in self._all().items() if key in wanted}
            self._known = known
            self._passing &= wanted
            lasting = {key: asdict(known[key]) for key in known.keys() - self._passing}
            self._store.put(KEY, lasting or None)

    def _all(self) -> dict[str, About]:
        if self._known is None:
            stored = self._store.get(KEY)
            self._known = {}
            for key, each in (stored if isinstance(stored, dict) else {}).items():
                try:
                    self._known[key] = TypeAdapter(About).validate_python(each)
                except ValidationError:  # of another version: the file is looked at again
                    continue
        return self._known
