"""Rows as text that a spreadsheet takes in without running anything."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from puffling.ui.tables.columns import Column

_DANGEROUS = ("=", "+", "-", "@", "\t")
_NUMBER = re.compile(r"[+\-][0-9][0-9,]*(\.[0-9]+)?( ?%)?\Z")
_BREAKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")


def cell(text: str) -> str:
    """Return `text` as one safe cell.

    What a spreadsheet would take for a formula gets an apostrophe; a plain signed number stays
    one. The true minus sign becomes a hyphen, so that numbers stay numbers.
    """
    text = text.replace("−", "-")
    starts = text.startswith(_DANGEROUS) and not _NUMBER.match(text)
    text = _BREAKS.sub(" ", text)
    return f"'{text}" if starts else text


def as_tsv(columns: Sequence[Column[Any]], records: Iterable[Any]) -> str:
    """Return the headings and the records, a line each."""
    lines = ["\t".join(cell(each.heading) for each in columns)]
    lines += [
        "\t".join(cell((each.copied or each.text)(record)) for each in columns)
        for record in records
    ]
    return "\n".join(lines)


def as_csv(
    columns: Sequence[Column[Any]], records: Iterable[Any], totals: Sequence[str] = ()
) -> str:
    """Return the headings, the records and the totals, if any, as comma-separated values."""
    page = io.StringIO()
    sheet = csv.writer(page)
    sheet.writerow([cell(each.heading) for each in columns])
    for record in records:
        sheet.writerow([cell((each.copied or each.text)(record)) for each in columns])
    if totals:
        sheet.writerow([cell(each) for each in totals])
    return page.getvalue()
