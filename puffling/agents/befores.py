"""How what a change would touch is now: the values it would replace, the thing it would take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.core import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffling.commands.context import Context

REMOVES = frozenset({"remove", "delete", "forget", "template_delete", "study_remove"})


def before(context: Context, command: str, values: Mapping[str, Any]) -> Mapping[str, object]:
    """Return the values that a command would replace, by the names of its parameters."""
    find = _FINDERS.get(command)
    return {} if find is None else find(context, values)


def thing(context: Context, command: str, values: Mapping[str, Any]) -> str:
    """Return what a command would be done to, in words; empty when its values say it."""
    find = _THINGS.get(command)
    return "" if find is None else find(context, str(values["id"]))


def is_removal(command: str) -> bool:
    """Whether a command takes away what its values name."""
    return command.partition(".")[2] in REMOVES


def _journal(context: Context, values: Mapping[str, Any]) -> Mapping[str, object]:
    entry = context.journal.get(values["id"])
    return {name: getattr(entry, name) for name in values if name != "id" and hasattr(entry, name)}


def _backtest(context: Context, values: Mapping[str, Any]) -> Mapping[str, object]:
    return {"note": context.backtests.get(values["id"]).note}


def _drawing(context: Context, values: Mapping[str, Any]) -> Mapping[str, object]:
    drawing = context.drawings.get(values["id"])
    style = drawing.style
    return {
        "text": drawing.text,
        "color": style.color,
        "width": style.width,
        "line": style.dash,
        "locked": drawing.locked,
        "hidden": drawing.hidden,
    }


def _goal(context: Context, values: Mapping[str, Any]) -> Mapping[str, object]:
    for each in context.goals.all():
        if each.name == values["name"]:
            return {
                "targets": dict(each.targets),
                "band": each.band,
                "manner": each.manner,
                "foreign": each.foreign,
                "whole": each.whole,
            }
    return {}


def _weights(context: Context, values: Mapping[str, Any]) -> Mapping[str, object]:
    for each in context.allocation.saved():
        if each.name == values["name"]:
            return {"weights": each.weights}
    return {}


def _speed(context: Context, _: Mapping[str, Any]) -> Mapping[str, object]:
    return {"day_seconds": context.settings.current.demo.day_seconds}


def _entry(context: Context, id_: str) -> str:
    return context.journal.get(id_).title or formats.UNKNOWN


def _run(context: Context, id_: str) -> str:
    found = context.backtests.get(id_)
    return f"{found.strategy_id} on {', '.join(found.symbols)}"


def _drawn(context: Context, id_: str) -> str:
    found = context.drawings.get(id_)
    return f"{found.kind} on {found.symbol}"


_FINDERS: Mapping[str, Callable[[Context, Mapping[str, Any]], Mapping[str, object]]] = {
    "backtest.note": _backtest,
    "demo.speed": _speed,
    "drawing.change": _drawing,
    "goal.save": _goal,
    "journal.edit": _journal,
    "portfolio.save": _weights,
}
_THINGS: Mapping[str, Callable[[Context, str], str]] = {
    "backtest.note": _run,
    "backtest.remove": _run,
    "backtest.save_strategy": _run,
    "drawing.alert": _drawn,
    "drawing.change": _drawn,
    "journal.edit": _entry,
    "journal.remove": _entry,
}
