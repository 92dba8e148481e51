"""News: what an article is, and the port of those who have some. All of it is text of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Article:
    """A headline and what came with it: data to judge, never an instruction, never markup.

    Attributes:
        title: The headline.
        text: What it says, or the beginning of it; empty where only a headline came.
        published: When, as its source says; None where it does not.
        source: Who published it.
        url: Where it stands; only http and https, empty otherwise.
        symbols: What it is about.
        others: Further sources that had the same story.
    """

    title: str
    text: str = ""
    published: datetime | None = None
    source: str = ""
    url: str = ""
    symbols: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class NewsSource(Protocol):
    """Somebody who has news. Calls block: run them off the loop."""

    @property
    def name(self) -> str:
        """What the source is called on screen."""
        ...

    def headlines(self, symbol: str, most: int = 20) -> list[Article]:
        """Return the latest articles about `symbol`, newest first; empty when there are none.

        Raises:
            DataError: They cannot be had, with the reason.
        """
        ...
