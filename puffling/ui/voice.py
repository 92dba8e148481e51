"""The language of the desk, for what shows words without one of Qt's methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puffling.core.language import Catalogue


class _Voice:
    """The catalogue in force; None while the desk speaks English."""

    catalogue: Catalogue | None = None


def use(catalogue: Catalogue | None) -> None:
    """Speak `catalogue` from here on; None is English."""
    _Voice.catalogue = catalogue


def said(text: str) -> str:
    """Return `text` in the language of the desk."""
    return text if _Voice.catalogue is None else _Voice.catalogue.say(text)
