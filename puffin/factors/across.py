"""Figures across symbols: each row of a table by itself, what is unknown left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]


def places(values: Floats) -> Floats:
    """Return each value's place in its row: 1 for the lowest; equal ones share their mean place.

    Args:
        values: One row for each time, one column for each symbol.
    """
    rows, columns = values.shape
    if not columns:
        return np.empty((rows, 0))
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    at = np.broadcast_to(np.arange(columns), values.shape)
    begins = np.ones(values.shape, bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    ends = np.ones(values.shape, bool)
    ends[:, :-1] = begins[:, 1:]
    first = np.maximum.accumulate(np.where(begins, at, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, at, columns)[:, ::-1], axis=1)[:, ::-1]
    found = np.empty(values.shape)
    np.put_along_axis(found, order, (first + last) / 2 + 1, axis=1)
    return np.where(np.isnan(values), np.nan, found)


def rank(values: Floats) -> Floats:
    """Return each value's place over how many are known: 1 the highest, near 0 the lowest."""
    return places(values) / known(values)


def demean(values: Floats) -> Floats:
    """Return what each value is above the mean of its row."""
    return np.asarray(values - _sum(values) / known(values), np.float64)


def scale(values: Floats) -> Floats:
    """Return the values over the sum of their sizes; NaN in a row of zeros."""
    size = _sum(np.abs(values))
    return np.asarray(values / np.where(size > 0, size, np.nan), np.float64)


def known(values: Floats) -> Floats:
    """Return how many values of each row are known, as a column; NaN where none is."""
    count = (~np.isnan(values)).sum(axis=1, keepdims=True).astype(np.float64)
    return np.where(count > 0, count, np.nan)


def _sum(values: Floats) -> Floats:
    return np.asarray(np.nansum(values, axis=1, keepdims=True), np.float64)
