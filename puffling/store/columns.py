"""How values are kept in SQLite: exact decimals, times in UTC and JSON, each as text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from puffling.core.errors import StoreDamagedError

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_LARGEST_EXPONENT = 60  # beyond it the text would grow without sense


def decimal_text(value: Decimal) -> str:
    """Return the one text of a number: no exponent, no trailing zeros, no minus zero."""
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"{value} cannot be kept")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


class DecimalText(TypeDecorator[Decimal]):
    """A Decimal as canonical text. Never sum or compare it in SQL."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"{value!r} is not a Decimal")
        return decimal_text(value)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise StoreDamagedError("The database is damaged: it holds an unreadable number.")
        return Decimal(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC to the microsecond, so that its text sorts by time."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        plain = value.astimezone(UTC).replace(tzinfo=None)
        return f"{plain.isoformat(timespec='microseconds')}Z"

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        damaged = StoreDamagedError("The database is damaged: it holds an unreadable time.")
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise damaged
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise damaged from error


class JsonText(TypeDecorator[Any]):
    """Plain values as JSON: text, numbers that are finite, lists and mappings."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return json.dumps(value, allow_nan=False, separators=(",", ":"), ensure_ascii=False)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        try:
            return json.loads(value)
        except (ValueError, TypeError, RecursionError) as error:
            raise StoreDamagedError(
                "The database is damaged: it holds an unreadable record."
            ) from error
