"""Strategies of your own as files in a folder: read, looked at in a process, and told of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffin.strategies.specs import StrategySpec
from puffling.core.errors import BadValueError, JobFailedError, PufflingError
from puffling.core.files import file_errors
from puffling.services.elsewhere import within
from puffling.services.strategy_cards import FILE, About, State, card_of, try_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from puffling.core.clock import Clock
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.strategy_cards import StrategyCard
    from puffling.services.strategy_looks import Looks

    Tell = Callable[[float], None]

FILE_SECONDS = 10.0  # without a sign of life from a file that is looked at
LARGEST = 256 * 1024  # bytes of a strategy file
MOST_FILES = 200
AT_ONCE = 2  # files looked at side by side; there are as many processes


class StrategyFiles:
    """The folder of strategy files. `refresh` blocks: call it from a job or a thread.

    A file is somebody's program: it is never run in this process.
    """

    def __init__(self, folder: Path, clock: Clock, elsewhere: Elsewhere, looks: Looks) -> None:
        self.folder = folder
        self._clock = clock
        self._elsewhere = elsewhere
        self._looks = looks

    def make_folder(self) -> Path:
        """Make the folder, if it is not there, and return it."""
        with file_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder

    def refresh(
        self, progress: Tell, *, also: Sequence[StrategySpec] = (), again: bool = False
    ) -> bool:
        """Look at every file that is new or has changed; whether there was any.

        A file that fails, never ends, or makes no strategy gets an error on its card. What was
        found is remembered by the file's text, also when Puffling ends.

        Args:
            progress: Told how far along it is; may raise to stop.
            also: Strategies of files that need not be in the folder any more.
            again: Look once more at those that failed.
        """
        found = [_spec(path, text) for path, text in self._read() if isinstance(text, str)]
        asked = {each.source: each for each in (*also, *found)}  # each text once
        new = [each for each in asked.values() if self._is_new(each, again=again)]
        if new:
            self._look_at_all(new, progress)
        self._looks.keep(asked.keys())
        return bool(new)

    def about(self, spec: StrategySpec) -> About:
        """Return what is known of a file with this text; nothing but its title before a look."""
        return self._looks.get(spec.source) or About(spec.title)

    def cards(self) -> list[StrategyCard]:
        """Return a card for each file, as it was last looked at."""
        cards = []
        for path, text in self._read():
            if isinstance(text, PufflingError):
                spec = StrategySpec("file", FILE + path.stem, path.stem)
                broken = card_of(spec, About(path.stem, error=str(text)))
                cards.append(replace(broken, path=path))
                continue
            spec, known = _spec(path, text), self._looks.get(text)
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

    def _is_new(self, spec: StrategySpec, *, again: bool) -> bool:
        known = self._looks.get(spec.source)
        return known is None or (again and bool(known.error))

    def _look_at_all(self, specs: Collection[StrategySpec], progress: Tell) -> None:
        """Look at files side by side: one that never ends does not hold the others up."""
        ended: list[str] = []

        def look(spec: StrategySpec) -> None:
            self._look(spec, lambda _: progress(len(ended) / len(specs)))
            ended.append(spec.id)

        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="strategy files")
        try:
            for each in [pool.submit(partial(look, spec)) for spec in specs]:
                each.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _look(self, spec: StrategySpec, progress: Tell) -> None:
        """Look at one strategy file in a process, and remember what came of it."""
        limited = within(FILE_SECONDS, spec.called, progress, self._clock.monotonic)

        def tell(done: float) -> None:
            """Limit what the file does, not the wait for a process that is free."""
            (limited if done > 0 else progress)(done)

        for_good = True
        try:
            found = self._elsewhere.call(try_out, spec, progress=tell)
        except (PuffinError, PufflingError) as error:
            found = About(spec.title, error=" ".join([str(error), error.hint]).strip())
            for_good = not isinstance(error, JobFailedError)
        self._looks.tell(spec.source, found, for_good=for_good)


def _spec(path: Path, text: str) -> StrategySpec:
    return StrategySpec("file", FILE + path.stem, path.stem, source=text)
