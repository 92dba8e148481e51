"""How drawings usually look: a style for each tool, and styles kept under a name."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import read_style, write_style
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from puffling.core.drawing_kinds import Style
    from puffling.store.state import StateStore

log = logging.getLogger(__name__)

KEPT = "drawing styles"
MOST = 50
LONGEST_NAME = 40


class DrawingStyles:
    """Remembers how you like drawings to look."""

    def __init__(self, state: StateStore) -> None:
        self._state = state
        kept = state.get(KEPT)
        kept = kept if isinstance(kept, dict) else {}
        self._usual = {
            DrawingKind(name): style
            for name, style in _read(kept.get("usual")).items()
            if name in set(DrawingKind)
        }
        self._named = _read(kept.get("named"))
        self._magnet = kept.get("magnet") is not False
        risk = kept.get("risk")
        self._risk = float(risk) if isinstance(risk, int | float) and risk > 0 else None

    @property
    def risk(self) -> float | None:
        """The money a new long or short position may lose: as much as was named last."""
        return self._risk

    def set_risk(self, risk: float | None) -> None:
        """Let new positions lose so much; None leaves their quantity open."""
        self._risk = risk
        self._keep()

    @property
    def magnet(self) -> bool:
        """Whether points are drawn to the prices of bars."""
        return self._magnet

    def set_magnet(self, *, on: bool) -> None:
        """Draw points to the prices of bars from now on, or not."""
        self._magnet = on
        self._keep()

    def usual(self, kind: DrawingKind) -> Style:
        """Return how a new drawing of this kind looks."""
        return self._usual.get(kind, kind.facts.style)

    def set_usual(self, kind: DrawingKind, style: Style | None) -> None:
        """Draw new ones of this kind so from now on; None as they were at first."""
        if style is None:
            self._usual.pop(kind, None)
        else:
            self._usual[kind] = style
        self._keep()

    def named(self) -> dict[str, Style]:
        """Return the styles kept under a name, by name."""
        return dict(sorted(self._named.items(), key=lambda each: each[0].casefold()))

    def save(self, name: str, style: Style) -> None:
        """Keep a style under a name, in the place of the one that had it.

        Raises:
            BadValueError: The name is empty or too long, or there are too many.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME:
            raise BadValueError(f"A style has a name of at most {LONGEST_NAME} letters.")
        if len(self._named) >= MOST and name not in self._named:
            raise BadValueError(f"There are {MOST} styles already.", hint="Remove one first.")
        self._named[name] = style
        self._keep()

    def remove(self, name: str) -> None:
        """Forget the style of that name.

        Raises:
            BadValueError: There is none.
        """
        if name not in self._named:
            raise BadValueError(f"There is no style {name!r}.")
        del self._named[name]
        self._keep()

    def _keep(self) -> None:
        usual = {kind.value: write_style(style) for kind, style in self._usual.items()}
        named = {name: write_style(style) for name, style in self._named.items()}
        self._state.put(
            KEPT, {"usual": usual, "named": named, "risk": self._risk, "magnet": self._magnet}
        )


def _read(kept: Any) -> dict[str, Style]:  # noqa: ANN401 - plain values of any shape
    found: dict[str, Style] = {}
    for name, document in kept.items() if isinstance(kept, dict) else ():
        try:
            found[name] = read_style(document)
        except (ValueError, TypeError, KeyError) as error:
            log.warning("The style %s of drawings cannot be read: %s", name, error)
    return found
