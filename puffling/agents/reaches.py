"""How far each command reaches for a model, and which ones no model is offered, with the reason."""

from __future__ import annotations

import typing
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from puffling.commands.registry import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

    from puffling.commands.registry import Command


class Reach(StrEnum):
    """What happens when a model asks for a tool."""

    LOOK = "look"  # it runs
    CHANGE = "change"  # it runs after a click on its preview
    PROPOSE = "propose"  # it puts an order into the inbox
    ERRAND = "errand"  # it becomes a button that a person may press


KEYS = "keys and connections are yours: no model sees or touches them"
MODES = "which market and whose money is in use is yours to decide"
SAVED = "copies of your data are made and brought back by you"
MACROS = "a macro would run commands that nobody looked at one by one"
ITSELF = "the conversation is yours: a model does not run its own"
LIMITS = "limits and the kill switch are loosened by a person, by hand"
DECISION = "what is proposed is decided by a person, in the inbox"
TICKET = "an order of a model must look like one: it goes into the inbox, never onto your ticket"
BUTTON = "it presses whatever button is in front"
KEYBOARD = "it takes the keyboard from the person at it"
ENDS = "it closes what the person has open"
NETWORK = "it asks an address of its own on the network"
CODE = "files from outside may hold code"
PLACE = "it reads or writes a file at a place that it is told"

MODEL = "it asks a model in its turn, which costs money that no budget of the answer counts"

# What is left out by its verb, whatever the noun.
VERBS: Mapping[str, str] = {"ask_model": MODEL}
# What is left out by its noun, what comes later under that noun included.
NOUNS: Mapping[str, str] = {
    "assistant": ITSELF,
    "backup": SAVED,
    "connection": KEYS,
    "diagnostics": SAVED,
    "macro": MACROS,
}
NEVER: Mapping[str, str] = {
    "automation.resume": LIMITS,
    "demo.restart": MODES,
    "desk.leader": KEYBOARD,
    "desk.palette": KEYBOARD,
    "desk.quit": ENDS,
    "desk.tour": KEYBOARD,
    "desk.updates": NETWORK,
    "desk.welcome": KEYBOARD,
    "desk.wheel": KEYBOARD,
    "dock.focus_down": KEYBOARD,
    "dock.focus_left": KEYBOARD,
    "dock.focus_right": KEYBOARD,
    "dock.focus_up": KEYBOARD,
    "idea.ticket": TICKET,
    "inbox.approve": DECISION,
    "inbox.edit": DECISION,
    "inbox.reject": DECISION,
    "inbox.reprice": DECISION,
    "mode.reset_sim": MODES,
    "mode.switch": MODES,
    "mode.unlock": MODES,
    "panel.close": ENDS,
    "panel.next": KEYBOARD,
    "panel.previous": KEYBOARD,
    "panel.run": BUTTON,
    "risk.adopt": LIMITS,
    "risk.resume": LIMITS,
    "strategy.folder": CODE,
    "template.load": TICKET,
    "ticket.review": BUTTON,
    "ticket.write": TICKET,
    "trade.buy": TICKET,
    "trade.sell": TICKET,
}
# Commands that reach elsewhere than their effect says, for a model.
OTHERWISE: Mapping[str, Reach] = {
    # These add a result to a list of results and change nothing that is there.
    "backtest.run": Reach.LOOK,
    "backtest.rerun": Reach.LOOK,
    "optimise.run": Reach.LOOK,
    "optimise.compare": Reach.LOOK,
    "idea.refresh": Reach.LOOK,
    # These move something of the person's, if only on the screen.
    "chart.study_edit": Reach.CHANGE,
    "chart.study_remove": Reach.CHANGE,
    "chart.replay": Reach.CHANGE,
    "replay.start": Reach.CHANGE,
    "replay.step": Reach.CHANGE,
    "replay.jump": Reach.CHANGE,
    "replay.order": Reach.CHANGE,
    "replay.change": Reach.CHANGE,
    "replay.cancel": Reach.CHANGE,
    "replay.end": Reach.CHANGE,
    # These put an order into the inbox.
    "order.place": Reach.PROPOSE,
    "position.close": Reach.PROPOSE,
    "position.reverse": Reach.PROPOSE,
    "inbox.post": Reach.PROPOSE,
    # The kill switch also cancels orders, and closes positions if it is told to.
    "risk.halt": Reach.ERRAND,
}
# Those that add a result, though they only look: so many in an hour, as each takes room.
ADDS = frozenset({"backtest.run", "backtest.rerun", "optimise.run", "optimise.compare"})
MOST_ADDED = 60
# What a person types to show that they mean it, and where a file is.
BY_HAND = frozenset({"word", "path"})


def refusal(command: Command[..., Any]) -> str:
    """Return why no model is offered a command; empty if one is."""
    noun, _, verb = command.id.partition(".")
    reason = NOUNS.get(noun) or VERBS.get(verb) or NEVER.get(command.id)
    if reason:
        return reason
    fields = command.params.model_fields
    needed = {name for name, field in fields.items() if field.is_required()}
    return PLACE if needed & hidden(command) else ""


def reach(command: Command[..., Any]) -> Reach:
    """Return how far a command reaches for a model."""
    if command.id in OTHERWISE:
        return OTHERWISE[command.id]
    match command.effect:
        case Effect.LOOK:
            return Reach.LOOK
        case Effect.CHANGE:
            return Reach.CHANGE
        case Effect.TRADE:
            return Reach.ERRAND


def hidden(command: Command[..., Any]) -> frozenset[str]:
    """Return the parameters that no model may fill: places of files, and words to be typed."""
    fields = command.params.model_fields
    return frozenset(name for name, field in fields.items() if name in BY_HAND or _is_place(field))


def _is_place(field: FieldInfo) -> bool:
    kinds = [field.annotation, *typing.get_args(field.annotation)]
    return any(isinstance(each, type) and issubclass(each, PurePath) for each in kinds)
