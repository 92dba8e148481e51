"""Published option prices, where they lie beside this checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from puffin.options.pricing import Contracts

REFERENCE = Path(__file__).parents[4] / "shared/reference/numeric"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference numbers are not beside this checkout"
)


def haug(table: str) -> list[dict[str, Any]]:
    """Return one table of Haug's book as QuantLib's tests have it."""
    document: dict[str, list[dict[str, Any]]] = json.loads(
        (REFERENCE / "options_haug_quantlib.json").read_text()
    )
    return document[table]


def vollib() -> dict[str, np.ndarray]:
    """Return the columns of vollib's test data."""
    document = json.loads((REFERENCE / "options_py_vollib_test_data.json").read_text())
    rows = np.array(document["data"], np.float64)
    return {name: rows[:, index] for index, name in enumerate(document["columns"])}


def column(rows: list[dict[str, Any]], name: str) -> np.ndarray:
    """Return one field of all rows."""
    return np.array([row[name] for row in rows], np.float64)


def contracts_of(rows: list[dict[str, Any]]) -> Contracts:
    """Return the contracts that rows describe."""
    return Contracts.of(
        call=[row["type"] == "call" for row in rows],
        spot=column(rows, "spot"),
        strike=column(rows, "strike"),
        years=column(rows, "T"),
        volatility=column(rows, "vol"),
        rate=column(rows, "r"),
        dividend_yield=column(rows, "q"),
    )


def market(count: int, seed: int, **fixed: Any) -> Contracts:
    """Return made-up contracts of all kinds."""
    random = np.random.default_rng(seed)
    values: dict[str, Any] = {
        "call": random.random(count) < 0.5,
        "spot": 100.0,
        "strike": random.uniform(60, 150, count),
        "years": random.uniform(0.02, 2, count),
        "volatility": random.uniform(0.1, 0.9, count),
        "rate": 0.05,
        "dividend_yield": 0.03,
    }
    return Contracts.of(**(values | fixed))
