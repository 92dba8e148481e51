"""How the trials of a search are written down: what is known of all of them, then their columns."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from puffin.backtest.sets import Sets
from puffin.backtest.trials import NAMES, NOTHING, Trial, Trials
from puffling.core.errors import StoreDamagedError

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = b"trials 2\n"
LENGTH = struct.Struct("<Q")  # of what comes first
LARGEST = 1 << 28  # bytes of it unpacked; more is not one of ours
NUMBER, CODE = np.dtype("<f8"), np.dtype("<i4")


def packed(trials: Trials, found: Mapping[str, Any] | None) -> bytes:
    """Return trials and what else was found as bytes.

    Text comes first, as JSON, compressed: the parameters and their values, what was found, and
    why some trials have no figures. Then the codes of the parameters, then the figures, as they
    lie in memory; neither would become much smaller.
    """
    reasons: dict[str, list[int]] = {}
    for row, why in trials.errors.items():
        reasons.setdefault(why, []).append(row)
    sets = trials.sets
    first = {
        "found": None if found is None else dict(found),
        "count": len(trials),
        "names": sets.names,
        "values": sets.values,
        "figures": NAMES,
        "errors": reasons,
    }
    text = json.dumps(first, allow_nan=False, separators=(",", ":")).encode()
    head = zlib.compress(text, 6)
    codes, figures = sets.codes.astype(CODE), trials.figures.astype(NUMBER)
    return b"".join([MARK, LENGTH.pack(len(head)), head, codes.tobytes(), figures.tobytes()])


def unpacked(document: bytes) -> tuple[Trials, dict[str, Any] | None]:
    """Return what `packed` was given.

    Raises:
        StoreDamagedError: It cannot be read.
    """
    try:
        if not document.startswith(MARK):
            return _one_by_one(document)
        (length,) = LENGTH.unpack_from(document, len(MARK))
        start = len(MARK) + LENGTH.size
        first = _unzipped(document[start : start + length])
        return _trials(first, document[start + length :]), first["found"]
    except (AttributeError, TypeError, ValueError, KeyError, struct.error, zlib.error) as error:
        raise StoreDamagedError(
            "The stored search is damaged.", hint="Run the search again."
        ) from error


def _trials(first: Mapping[str, Any], columns: bytes) -> Trials:
    names, count = tuple(first["names"]), int(first["count"])
    values = tuple(tuple(each) for each in first["values"])
    wide = CODE.itemsize * len(names) * count
    codes = np.frombuffer(columns[:wide], CODE).reshape(count, len(names))
    kept = np.frombuffer(columns[wide:], NUMBER).reshape(count, len(first["figures"]))
    figures = np.full((count, len(NAMES)), np.nan)
    for place, name in enumerate(first["figures"]):
        if name in NAMES:
            figures[:, NAMES.index(name)] = kept[:, place]
    highest: list[int] = codes.max(0, initial=-1).tolist()
    if any(len(known) <= most for known, most in zip(values, highest, strict=True)):
        raise ValueError("A code means nothing.")
    errors = {int(row): str(why) for why, rows in first["errors"].items() for row in rows}
    return Trials(Sets(names, values, codes.astype(np.int32)), figures, errors)


def _one_by_one(document: bytes) -> tuple[Trials, dict[str, Any] | None]:
    """Read what was written before there were columns: lines of JSON, compressed."""
    lines = zlib.decompressobj().decompress(document, LARGEST).splitlines()
    first, *chunks = (json.loads(each) for each in lines)
    trials = [Trial.from_dict(one) for each in chunks for one in each]
    return (Trials.of(trials) if trials else NOTHING), first["found"]


def _unzipped(head: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(zlib.decompressobj().decompress(head, LARGEST))
    return found
