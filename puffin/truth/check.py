"""One look at a backtest: how it came out, in a sentence and in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.errors import PuffinError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Figure: TypeAlias = "float | str | None"


class Grade(StrEnum):
    """How a check came out; grey says nothing, because the check does not apply."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"

    @property
    def weight(self) -> int:
        """The higher, the worse."""
        return _WEIGHTS[self]

    @classmethod
    def worst(cls, grades: Iterable[Grade]) -> Grade:
        """Return the worst of several; grey if there is none."""
        return max(grades, key=lambda grade: grade.weight, default=cls.GREY)


_WEIGHTS = {Grade.GREY: 0, Grade.GREEN: 1, Grade.AMBER: 2, Grade.RED: 3}


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found.

    `sentence` tells it to a trader with its numbers; `figures` are those numbers by name, for a
    table. What could not be known is None there.
    """

    id: str
    title: str
    grade: Grade
    sentence: str
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return {
            "id": self.id,
            "title": self.title,
            "grade": str(self.grade),
            "sentence": self.sentence,
            "figures": dict(self.figures),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Check:
        """Return the check that `to_dict` wrote.

        Raises:
            PuffinError: It is damaged.
        """
        try:
            return cls(
                str(plain["id"]),
                str(plain["title"]),
                Grade(plain["grade"]),
                str(plain["sentence"]),
                dict(plain["figures"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PuffinError(f"The stored verdict is damaged: {error}.") from error
