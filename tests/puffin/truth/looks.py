"""Looks at verdicts and checks, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puffin.truth.verdict import Check, Verdict


def one(verdict: Verdict, id_: str) -> Check:
    """The check of that name, which must be there."""
    found = verdict.check(id_)
    assert found is not None, id_
    return found


def figure(check: Check, name: str) -> float:
    """A number of a check, which must be known."""
    found = check.figures[name]
    assert isinstance(found, float), (name, found)
    return found
