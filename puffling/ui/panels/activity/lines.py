"""What is known of every connection at this moment, a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.errors import PufflingError
from puffling.core.events import FeedState
from puffling.ui.panels.activity.connections import Connection, known, of_keys, of_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from puffin.meter import Reading
    from puffling.commands.context import Context
    from puffling.services.bars import Source
    from puffling.services.connections import Connection as Keys


def rows(context: Context, keys: Iterable[Keys], sources: Sequence[Source]) -> list[Connection]:
    """Return prices, orders, hosts that answer questions, keys, and sources of history."""
    readings = context.connections.readings()
    told = {each.name for each in sources}
    hosts = {name: each for name, each in readings.items() if name not in told}
    return [
        _data(context),
        _broker(context),
        *of_readings(hosts),
        *of_keys(keys),
        *(_source(each, readings.get(each.name)) for each in sources),
    ]


def _data(context: Context) -> Connection:
    """How quotes are doing: what was said last, or what can be seen from them."""
    ages = [context.quotes.age(each.symbol) for each in context.quotes.all()]
    age = min((each for each in ages if each is not None), default=None)
    said = context.connections.said.get("data")
    state = FeedState.CONNECTING if age is None else FeedState.LIVE
    text, error, error_age = _said(context, "data")
    return Connection(
        "data",
        "Prices",
        context.market.source if said is None else said.provider,
        state if said is None else said.state,
        (state if said is None else said.state).value,
        text or context.market.describe(),
        age,
        _retry_in(context, "data"),
        len(context.modes.here.symbols),
        latency=known(context.quotes.meter.read())["latency"],
        error=error,
        error_age=error_age,
    )


def _broker(context: Context) -> Connection:
    said = context.connections.said.get("broker")
    text, error, error_age = _said(context, "broker")
    try:
        name, state = context.orders.broker.name, FeedState.LIVE
    except PufflingError as unready:
        name, state, text = "", FeedState.CONNECTING, text or str(unready)
    if said is not None:
        name, state = said.provider, said.state
    return Connection(
        "broker",
        "Orders",
        name,
        state,
        state.value,
        text,
        retry_in=_retry_in(context, "broker"),
        error=error,
        error_age=error_age,
    )


def _said(context: Context, name: str) -> tuple[str, str, float | None]:
    """Return the last word of a connection, and its last failure with its age."""
    said, failed = context.connections.said.get(name), context.connections.failures.get(name)
    text = "" if said is None else said.text
    if failed is None:
        return text, "", None
    return text, failed.text, (context.clock.now() - failed.at).total_seconds()


def _retry_in(context: Context, name: str) -> float | None:
    said = context.connections.said.get(name)
    if said is None or said.retry_at is None:
        return None
    return max((said.retry_at - context.clock.now()).total_seconds(), 0.0)


def _source(source: Source, reading: Reading | None) -> Connection:
    found = None if reading is None else known(reading)
    pause = 0.0 if reading is None else reading.pause
    word = "in use" if source.in_use else "not in use"
    return Connection(
        source.name,
        "History",
        source.name,
        FeedState.STALE if pause else None,
        "paused" if pause else word,
        source.text,
        retry_in=pause or None,
        latency=None if found is None else found["latency"],
        error="" if found is None else found["error"],
        error_age=None if found is None else found["error_age"],
    )
