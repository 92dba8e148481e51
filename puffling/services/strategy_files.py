"""Strategies of your own as files in a folder: read, looked at in a process, and told of."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffin.strategies.specs import StrategySpec
from puffling.core.errors import BadValueError, PufflingError
from puffling.core.files import file_errors
from puffling.services.elsewhere import within
from puffling.services.strategy_cards import FILE, About, State, card_of, try_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from puffling.core.clock import Clock
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.strategy_cards import StrategyCard

    Tell = Callable[[float], None]

FILE_SECONDS = 10.0  # without a sign of life from a file that is looked at
LARGEST = 256 * 1024  # bytes of a strategy file
MOST_FILES = 200


class StrategyFiles:
    """The folder of strategy files. `refresh` blocks: call it from a job or a thread.

    A file is somebody's program: it is never run in this process.
    """

    def __init__(self, folder: Path, clock: Clock, elsewhere: Elsewhere) -> None:
        self.folder = folder
        self._clock = clock
        self._elsewhere = elsewhere
        self._known: dict[str, About] = {}  # by the hash of the text

    def make_folder(self) -> Path:
        """Make the folder, if it is not there, and return it."""
        with file_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder

    def refresh(self, progress: Tell) -> bool:
        """Look at every file that is new or has changed; whether there was any.

        A file that fails, never ends, or makes no strategy gets an error on its card.
        """
        new = [
            (path, text)
            for path, text in self._read()
            if isinstance(text, str) and _key(text) not in self._known
        ]
        for number, (path, text) in enumerate(new):
            progress(number / len(new))
            self._known[_key(text)] = self._look(_spec(path, text), progress)
        return bool(new)

    def about(self, spec: StrategySpec) -> About:
        """Return what is known of a file with this text; nothing but its title before a look."""
        return self._known.get(_key(spec.source), About(spec.title))

    def cards(self) -> list[StrategyCard]:
        """Return a card for each file, as it was last looked at."""
        cards = []
        for path, text in self._read():
            if isinstance(text, PufflingError):
                spec = StrategySpec("file", FILE + path.stem, path.stem)
                broken = card_of(spec, About(path.stem, error=str(text)))
                cards.append(replace(broken, path=path))
                continue
            spec, known = _spec(path, text), self._known.get(_key(text))
            if known is not None and not known.error:
                spec = replace(spec, title=known.title)
            state = State.UNREAD if known is None else State.DRAFT
            found = card_of(spec, known or About(spec.title), state=state)
            cards.append(replace(found, path=path))
        return cards

    def _read(self) -> list[tuple[Path, str | PufflingError]]:
        """Return the files with their text, or with why it cannot be read."""
        if not self.folder.is_dir():
            return []
        found: list[tuple[Path, str | PufflingError]] = []
        for path in sorted(self.folder.glob("*.py"))[:MOST_FILES]:
            try:
                with file_errors(path):
                    if path.stat().st_size > LARGEST:
                        raise BadValueError(f"{path.name} is larger than {LARGEST // 1024} kB.")
                    found.append((path, path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                found.append((path, BadValueError(f"{path.name} is not text in UTF-8.")))
            except PufflingError as error:
                found.append((path, error))
        return found

    def _look(self, spec: StrategySpec, progress: Tell) -> About:
        """Look at one strategy file in a process."""
        tell = within(FILE_SECONDS, spec.title, progress, self._clock.monotonic)
        try:
            return self._elsewhere.call(try_out, spec, progress=tell)
        except (PuffinError, PufflingError) as error:
            return About(spec.title, error=" ".join([str(error), error.hint]).strip())


def _spec(path: Path, text: str) -> StrategySpec:
    return StrategySpec("file", FILE + path.stem, path.stem, source=text)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
