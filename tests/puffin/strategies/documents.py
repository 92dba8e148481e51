"""Rules drawn at random, as the documents that people and programs write."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from puffin.errors import ParameterError
from puffin.strategies.rules import RuleSet
from puffin.strategies.terms import Term

ADAPTER: TypeAdapter[Any] = TypeAdapter(Term)
AGO = st.integers(0, 4)
NUMBERS = st.one_of(
    st.floats(-200, 200, allow_nan=False), st.sampled_from([0.0, 30.0, 50.0, 70.0, 100.0])
).map(lambda value: {"kind": "number", "value": value})


def _indicator(name, outputs=("",), **ranges):
    return st.fixed_dictionaries(
        {
            "kind": st.just("indicator"),
            "id": st.just(name),
            "parameters": st.fixed_dictionaries({}, optional=ranges),
            "output": st.sampled_from(outputs),
            "ago": AGO,
        }
    )


WINDOW = st.integers(2, 12)
VALUES = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("price"),
            "field": st.sampled_from(["open", "high", "low", "close"]),
            "ago": AGO,
        }
    ),
    st.fixed_dictionaries({"kind": st.just("volume"), "ago": AGO}),
    _indicator("sma", window=WINDOW),
    _indicator("rsi", window=WINDOW),
    _indicator("bollinger", ("", "lower", "middle"), window=WINDOW, deviations=st.floats(0.5, 3)),
    _indicator("donchian", ("upper", "lower"), window=WINDOW),
    _indicator("macd", ("signal", "bars"), fast=st.integers(2, 5), slow=st.integers(6, 9)),
    _indicator("pattern_engulfing"),
)
SUMS = st.fixed_dictionaries(
    {
        "kind": st.just("combined"),
        "sum": st.sampled_from(["+", "-", "*", "/"]),
        "left": VALUES,
        "right": st.one_of(VALUES, NUMBERS),
    }
)
TIMES = st.one_of(
    *(
        st.fixed_dictionaries(
            {
                "kind": st.just("compare"),
                "left": st.fixed_dictionaries(
                    {"kind": st.just("time"), "part": st.just(part), "ago": AGO}
                ),
                "op": st.sampled_from([">", "<", ">=", "<=", "is"]),
                "right": st.integers(1, most).map(
                    lambda value: {"kind": "number", "value": float(value)}
                ),
            }
        )
        for part, most in (("weekday", 7), ("day", 28), ("month", 12), ("hour", 23))
    )
)
COMPARISONS = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("compare"),
            "left": st.one_of(VALUES, SUMS),
            "op": st.sampled_from([">", "<", ">=", "<=", "crosses above", "crosses below"]),
            "right": st.one_of(VALUES, NUMBERS, SUMS),
        }
    ),
    TIMES,
)
TERMS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["all", "any"]),
                "terms": st.lists(inner, min_size=1, max_size=3),
            }
        ),
        st.fixed_dictionaries({"kind": st.just("not"), "term": inner}),
    ),
    max_leaves=6,
)


@st.composite
def terms(draw):
    """A term that makes sense."""
    document = draw(TERMS)
    try:
        return ADAPTER.validate_python(document)
    except ValidationError:
        assume(condition=False)


@st.composite
def rule_sets(draw):
    """A set of rules that makes sense."""
    document: dict[str, object] = {"name": draw(st.text(min_size=1, max_size=20))}
    document |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "note": st.text(max_size=30),
                "entry_long": TERMS,
                "exit_long": TERMS,
                "entry_short": TERMS,
                "exit_short": TERMS,
                "stop_loss": st.floats(0.1, 50),
                "take_profit": st.floats(0.1, 90),
                "trailing": st.floats(0.1, 50),
                "hold": st.integers(0, 50),
                "share": st.floats(1, 100),
            },
        )
    )
    try:
        return RuleSet.read(document)
    except ParameterError:
        assume(condition=False)
