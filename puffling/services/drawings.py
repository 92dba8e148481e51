"""What is drawn on charts: kept as it is dropped, told to every chart, undone and done again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from puffling.core.drawings import check, new_id, restated
from puffling.core.errors import BadValueError
from puffling.core.events import DrawingsChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from puffling.core.bus import EventBus
    from puffling.core.drawings import Drawing
    from puffling.store.drawings import DrawingStore

MOST = 1_000  # on the charts of one symbol
MOST_STEPS = 200  # that can be undone, of each symbol


@dataclass(frozen=True, slots=True)
class Step:
    """One change of what is drawn: what there was, what there is, and what it is called."""

    before: tuple[Drawing, ...]
    after: tuple[Drawing, ...]
    words: str

    @property
    def back(self) -> Step:
        """The step that takes it back."""
        return Step(self.after, self.before, self.words)


class DrawingService:
    """Keeps what is drawn on each symbol. Lives on the loop's thread.

    Every change is stored before it is announced, so that what a chart shows is never lost.
    `moment` tells in which shares the chart of a symbol is: what is drawn now is in them.
    """

    moment: Callable[[str], int]

    def __init__(self, store: DrawingStore, bus: EventBus) -> None:
        self._store = store
        self._bus = bus
        self.moment = lambda _: 0  # not known
        self._known: dict[str, tuple[Drawing, ...]] = {}
        self._done: dict[str, list[Step]] = {}
        self._undone: dict[str, list[Step]] = {}

    def of(self, symbol: str) -> tuple[Drawing, ...]:
        """Return the drawings of a symbol, the lowest first."""
        if symbol not in self._known:
            self._known[symbol] = tuple(self._store.of(symbol))
        return self._known[symbol]

    def symbols(self) -> dict[str, int]:
        """Return how many drawings each symbol has that has any."""
        return self._store.symbols()

    def find(self, id_: str) -> Drawing | None:
        """Return a drawing, or None."""
        for drawn in self._known.values():
            for each in drawn:
                if each.id == id_:
                    return each
        return self._store.get(id_)

    def get(self, id_: str) -> Drawing:
        """Return a drawing.

        Raises:
            BadValueError: No drawing has that id.
        """
        found = self.find(id_)
        if found is None:
            known = [each.id for drawn in self._known.values() for each in drawn]
            near = get_close_matches(id_, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "drawing.list shows them."
            raise BadValueError(f"There is no drawing {id_!r}.", hint=hint)
        return found

    # -- changing ----------------------------------------------------------------------------

    def add(self, drawings: Iterable[Drawing], words: str = "") -> list[Drawing]:
        """Draw these above all others of their symbol; one whose id is taken gets another.

        Raises:
            BadValueError: One cannot be drawn, or there are too many.
        """
        made: list[Drawing] = []
        for each in drawings:
            above = [other for other in made if other.symbol == each.symbol]
            height = 1 + max((other.height for other in (*self.of(each.symbol), *above)), default=0)
            id_ = each.id if each.id and self.find(each.id) is None else new_id()
            as_of = self.moment(each.symbol)
            made.append(check(replace(each, id=id_, height=height, as_of=as_of)))
        for symbol in dict.fromkeys(each.symbol for each in made):
            mine = tuple(each for each in made if each.symbol == symbol)
            self._do(symbol, Step((), mine, words or _words("Draw", mine)))
        return made

    def change(self, changed: Sequence[Drawing], words: str = "") -> None:
        """Put these in the place of the drawings with their ids.

        Raises:
            BadValueError: One of them is not there any more, or cannot be drawn.
        """
        before = tuple(self.get(check(each).id) for each in changed)
        for symbol in dict.fromkeys(each.symbol for each in changed):
            was = tuple(each for each in before if each.symbol == symbol)
            now = tuple(each for each in changed if each.symbol == symbol)
            if was != now:
                self._do(symbol, Step(was, now, words or _words("Change", now)))

    def remove(self, ids: Collection[str], words: str = "") -> list[Drawing]:
        """Take drawings away; return them.

        Raises:
            BadValueError: One of them is not there.
        """
        gone = [self.get(each) for each in ids]
        for symbol in dict.fromkeys(each.symbol for each in gone):
            mine = tuple(each for each in gone if each.symbol == symbol)
            self._do(symbol, Step(mine, (), words or _words("Remove", mine)))
        return gone

    def clear(self, symbol: str, *, locked: bool = False) -> int:
        """Take away every drawing of a symbol, the locked ones only if asked; return how many."""
        gone = tuple(each for each in self.of(symbol) if locked or not each.locked)
        if gone:
            self._do(symbol, Step(gone, (), _words("Remove", gone)))
        return len(gone)

    def hide_all(self, symbol: str, *, hidden: bool) -> None:
        """Hide or show every drawing of a symbol."""
        changed = [replace(each, hidden=hidden) for each in self.of(symbol)]
        self.change(changed, f"{'Hide' if hidden else 'Show'} all drawings")

    def raise_(self, id_: str) -> None:
        """Paint a drawing above all others of its symbol."""
        drawing = self.get(id_)
        highest = max(each.height for each in self.of(drawing.symbol))
        if drawing.height < highest or self.of(drawing.symbol)[-1].id != id_:
            self.change([replace(drawing, height=highest + 1)], "Bring to the front")

    def lower(self, id_: str) -> None:
        """Paint a drawing below all others of its symbol."""
        drawing = self.get(id_)
        lowest = min(each.height for each in self.of(drawing.symbol))
        if drawing.height > lowest or self.of(drawing.symbol)[0].id != id_:
            self.change([replace(drawing, height=lowest - 1)], "Send to the back")

    def restate(self, symbol: str, splits: Sequence[tuple[int, float]], until: int) -> None:
        """Bring the prices of what is drawn, and of what can be undone, to the shares of a moment.

        Each drawing is stored with its new prices and the moment they are of, all of them at
        once: whatever happens in between, a split never counts twice.

        Args:
            symbol: Whose drawings.
            splits: From which moment each of its splits counts, and by how much.
            until: The moment, in nanoseconds.
        """
        changed = [
            now for each in self.of(symbol) if (now := restated(each, splits, until)) != each
        ]
        if changed:
            self._put(symbol, Step((), tuple(changed), ""), restated=True)
        for steps in (self._done.get(symbol, []), self._undone.get(symbol, [])):
            steps[:] = [
                Step(
                    tuple(restated(each, splits, until) for each in step.before),
                    tuple(restated(each, splits, until) for each in step.after),
                    step.words,
                )
                for step in steps
            ]

    # -- undoing -----------------------------------------------------------------------------

    def undoable(self, symbol: str) -> str:
        """Return what would be undone, in words; nothing if there is nothing."""
        return self._done[symbol][-1].words if self._done.get(symbol) else ""

    def redoable(self, symbol: str) -> str:
        """Return what would be done again, in words; nothing if there is nothing."""
        return self._undone[symbol][-1].words if self._undone.get(symbol) else ""

    def undo(self, symbol: str) -> str:
        """Take the last change back; return what it was, nothing if there was none."""
        steps = self._done.get(symbol)
        if not steps:
            return ""
        step = steps[-1]
        self._apply(symbol, step.back)
        steps.pop()
        self._undone.setdefault(symbol, []).append(step)
        return step.words

    def redo(self, symbol: str) -> str:
        """Do again what was undone last; return what it was, nothing if there was none."""
        steps = self._undone.get(symbol)
        if not steps:
            return ""
        step = steps[-1]
        self._apply(symbol, step)
        steps.pop()
        self._done.setdefault(symbol, []).append(step)
        return step.words

    # -- keeping -----------------------------------------------------------------------------

    def _do(self, symbol: str, step: Step) -> None:
        fresh = len(step.after) - len(step.before)
        if len(self.of(symbol)) + fresh > MOST:
            raise BadValueError(
                f"{symbol} has {MOST:,} drawings already.", hint="Remove some of them."
            )
        self._apply(symbol, step)
        done = self._done.setdefault(symbol, [])
        done.append(step)
        del done[:-MOST_STEPS]
        self._undone.pop(symbol, None)

    def _apply(self, symbol: str, step: Step) -> None:
        self._put(symbol, step)

    def _put(self, symbol: str, step: Step, *, restated: bool = False) -> None:
        kept = {each.id for each in step.after}
        gone = {each.id for each in step.before} - kept
        self._store.change(step.after, gone)
        touched = kept | gone
        left = [each for each in self.of(symbol) if each.id not in touched]
        left += step.after
        self._known[symbol] = tuple(sorted(left, key=lambda each: (each.height, each.id)))
        self._bus.publish(DrawingsChanged(symbol, frozenset(kept), frozenset(gone), restated))


def _words(verb: str, drawings: Sequence[Drawing]) -> str:
    """Name a change: "Draw trend line", "Remove 3 drawings"."""
    if len(drawings) == 1:
        return f"{verb} {drawings[0].kind.label.lower()}"
    return f"{verb} {len(drawings)} drawings"
