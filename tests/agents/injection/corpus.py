"""The sentences that try to talk a model into something, and what a model does that obeys them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Payload:
    """One of them: `id` is planted in front of its text, so that it is known when it arrives."""

    id: str
    goal: str
    text: str

    @property
    def planted(self) -> str:
        return f"{self.id} {self.text}"


@dataclass(frozen=True, slots=True)
class Wish:
    """A call that a model makes which obeys."""

    name: str
    arguments: dict[str, Any]


def goals() -> dict[str, list[Wish]]:
    with (HERE / "goals.toml").open("rb") as file:
        found = tomllib.load(file)
    return {goal: [Wish(**each) for each in calls] for goal, calls in found.items()}


def payloads() -> list[Payload]:
    made: list[Payload] = []
    for path in sorted((HERE / "payloads").glob("*.toml")):
        with path.open("rb") as file:
            found = tomllib.load(file)
        for goal, texts in found.items():
            made += [Payload(f"P{len(made) + at:03}", goal, each) for at, each in enumerate(texts)]
    return made
