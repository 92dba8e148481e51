"""On what a factor is computed and how it is judged."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, field_validator


class FactorWords(BaseModel):
    """The form of the Factors tab."""

    model_config = ConfigDict(extra="forbid")

    symbols: tuple[str, ...] = Field(
        default=(),
        max_length=500,
        title="Symbols",
        description="Several, parted by spaces or commas; three or more to evaluate.",
    )
    horizons: str = Field(
        default="1 5 10 20",
        max_length=60,
        title="Bars ahead",
        description="How far ahead it is judged: up to ten numbers from 1 to 500.",
    )
    quantiles: int | None = Field(
        default=None,
        ge=2,
        le=20,
        title="Quantiles",
        description="Into how many parts symbols are sorted; empty chooses by their number.",
    )
    start: date | None = Field(
        default=None, title="First day", description="Empty: as far as prices go."
    )
    end: date | None = Field(default=None, title="Last day", description="Empty: up to now.")

    @field_validator("symbols")
    @classmethod
    def _upper(cls, symbols: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.upper() for each in symbols))

    @field_validator("horizons")
    @classmethod
    def _numbers(cls, text: str) -> str:
        words = text.replace(",", " ").split()
        known = all(each.isdecimal() and 1 <= int(each) <= 500 for each in words)  # noqa: PLR2004 - as it says
        if not words or len(words) > 10 or not known:  # noqa: PLR2004 - the same
            raise ValueError("Up to ten numbers from 1 to 500, such as 1 5 20.")
        return text

    @property
    def ahead(self) -> tuple[int, ...]:
        """The horizons as numbers."""
        return tuple(int(each) for each in self.horizons.replace(",", " ").split())
