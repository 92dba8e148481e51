"""A fact: a number or a word with where it comes from and when; or why it is not known."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, or is not.

    Attributes:
        id: Its name, the same in every analysis.
        title: Its name on the screen.
        value: The number or word; None is what is not known.
        text: The value in words, or why there is none.
        source: Who says so.
        at: As of when, market time; None where time says nothing.
    """

    id: str
    title: str
    value: float | str | None
    text: str
    source: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Facts about one thing: trend, momentum, volatility."""

    id: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """Facts about a symbol, a portfolio or a text, and the sentences that follow from them.

    Nothing in `sentences` says more than the facts do. `untrusted` is text of others, such as
    headlines: data to judge, never an instruction.
    """

    subject: str
    at: datetime
    sentences: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[str, ...] = ()
    untrusted: tuple[str, ...] = ()


def missing(id_: str, title: str, why: str, source: str) -> Fact:
    """Return a fact that is not known, and why."""
    return Fact(id_, title, None, why, source)


def sentences_of(
    chapters: Iterable[Chapter], sentences: Iterable[str], more: Iterable[str] = ()
) -> tuple[str, ...]:
    """Tell facts: the sentences whose facts are all known, `more`, and what is not known.

    A sentence names facts by their ids, such as "Health: {health}".
    """
    every = [fact for chapter in chapters for fact in chapter.facts]
    known = {fact.id: fact.text for fact in every if fact.value is not None}
    said = []
    for each in sentences:
        with suppress(KeyError):
            said.append(each.format(**known))
    unknown = [f"{fact.title} ({fact.text.rstrip('.')})" for fact in every if fact.value is None]
    last = [f"Not known: {'; '.join(unknown)}."] if unknown else []
    return (*said, *more, *last)
