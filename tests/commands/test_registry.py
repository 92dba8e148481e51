from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, Registry, command
from puffling.core.errors import BadValueError, UnknownCommandError

Quantity = Annotated[Decimal, Field(gt=0, title="Quantity", description="How many.")]


@command("order.place", "Place order…", menu=Menu.TRADE, effect=Effect.TRADE, shortcut="F9")
async def place(context: Context, symbol: str, quantity: Quantity = Decimal(1)) -> tuple[str, str]:
    """Send it.

    Really.
    """
    return symbol, str(quantity)


@command("order.list", "Orders", menu=None, effect=Effect.LOOK)
async def list_(context: Context) -> None:
    """List them."""


class Words(BaseModel):
    """Values that belong together."""

    model_config = ConfigDict(extra="forbid")

    symbol: str
    count: int = Field(default=1, title="Count", description="How many.")


@command("order.plan", "Plan order…", menu=None, effect=Effect.LOOK)
async def plan(context: Context, words: Words) -> tuple[str, int]:
    """Say it."""
    return words.symbol, words.count


async def test_a_command_may_take_a_model_whose_fields_are_its_values(puffling):
    assert plan.params is Words
    assert await plan.run_with(puffling.context, {"symbol": "AAPL"}) == ("AAPL", 1)
    assert await plan(puffling.context, words=Words(symbol="IBM", count=2)) == ("IBM", 2)
    assert plan.check({"symbol": "AAPL"}) == Words(symbol="AAPL")
    with pytest.raises(BadValueError, match="count: input should be a valid integer"):
        plan.check({"symbol": "AAPL", "count": "many"})


async def test_a_command_is_called_like_a_function_or_with_plain_values(puffling):
    context = puffling.context
    assert await place(context, symbol="AAPL", quantity=Decimal(2)) == ("AAPL", "2")
    assert await place.run_with(context, {"symbol": "AAPL", "quantity": "2"}) == ("AAPL", "2")
    assert await place.run_with(context, {"symbol": "AAPL"}) == ("AAPL", "1")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "symbol: field required"),
        ({"symbol": "AAPL", "quantity": "many"}, "quantity: input should be a valid decimal"),
        ({"symbol": "AAPL", "quantity": 0}, "quantity: input should be greater than 0"),
        ({"symbol": "AAPL", "qty": 1}, "qty: extra inputs are not permitted"),
    ],
)
async def test_a_value_that_does_not_fit_is_named(puffling, values, sentence):
    with pytest.raises(BadValueError) as caught:
        await place.run_with(puffling.context, values)
    assert str(caught.value).startswith(sentence)
    assert caught.value.hint == "See the help of order.place."


def test_everything_about_it_comes_from_its_declaration():
    assert place.help == "Send it.\n\nReally."
    assert (place.tool_name, place.shortcut, place.effect) == ("order_place", "F9", Effect.TRADE)
    assert place.needs_values
    assert not list_.needs_values
    assert place.params.model_json_schema()["required"] == ["symbol"]


def test_what_it_takes_is_known_by_name_before_there_is_a_model_of_it():
    @command("order.try", "Try", menu=None, effect=Effect.LOOK)
    async def attempt(context: Context, symbol: str, words: Words) -> None:
        """Try it."""

    @command("order.one", "One", menu=None, effect=Effect.LOOK)
    async def one(context: Context, symbol: str) -> None:
        """Try one."""

    assert [each.parameters.names for each in (attempt, one)] == [("symbol", "words"), ("symbol",)]
    assert plan.parameters.names == ("symbol", "count")
    assert list_.parameters.names == ()
    assert "model" not in vars(attempt.parameters) | vars(one.parameters)
    assert attempt.params is attempt.params
    assert tuple(attempt.params.model_fields) == ("symbol", "words")


def test_commands_are_found_by_id_and_the_nearest_is_offered():
    registry = Registry([place, list_])
    assert registry["order.list"] is list_
    assert [each.id for each in registry] == ["order.place", "order.list"]
    assert len(registry) == 2
    assert "order.place" in registry
    assert "order.nothing" not in registry
    with pytest.raises(UnknownCommandError, match=r"Did you mean 'order\.place'"):
        _ = registry["order.plac"]
    with pytest.raises(UnknownCommandError, match=r"There is no command 'xyz'\.$"):
        _ = registry["xyz"]


def test_two_of_one_name_are_a_mistake():
    with pytest.raises(ValueError, match=r"Two commands are called 'order\.place'"):
        Registry([place, place])

    @command("order_place.x", "Twin", menu=None, effect=Effect.LOOK)
    async def twin(context: Context) -> None:
        """Have the same tool name."""

    @command("order.place_x", "Twin", menu=None, effect=Effect.LOOK)
    async def other(context: Context) -> None:
        """Have the same tool name."""

    with pytest.raises(ValueError, match="the tool name 'order_place_x'"):
        Registry([twin, other])


def test_a_registry_for_later_makes_its_commands_at_the_first_look():
    made: list[str] = []

    def make():
        made.append("now")
        return [place]

    registry = Registry.later(make)
    assert not made
    assert "order.place" in registry
    assert len(registry) == 1
    assert made == ["now"]
