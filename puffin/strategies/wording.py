"""Rules in words: what they say, and what has changed between two versions of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from puffin.factors.catalogue import indicator
from puffin.strategies.rules import RULES, WORDS
from puffin.strategies.terms import (
    All,
    Combined,
    Compare,
    Not,
    Number,
    Price,
    TimeOf,
    Volume,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.strategies.rules import RuleSet
    from puffin.strategies.terms import Comparison, Indicator, Operand, Part, Sum, Term

COMPARED: Final[Mapping[Comparison, str]] = {
    ">": "is above",
    "<": "is below",
    ">=": "is at or above",
    "<=": "is at or below",
    "crosses above": "crosses above",
    "crosses below": "crosses below",
    "is": "is",
}
TIMED: Final[Mapping[Comparison, str]] = {
    ">": "is after",
    "<": "is before",
    ">=": "is at or after",
    "<=": "is at or before",
}
SUMS: Final[Mapping[Sum, str]] = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}
ALL_OF: Final = "all of"
ANY_OF: Final = "any of"
NOT: Final = "not"
JOINTS: Final = (ALL_OF, ANY_OF, NOT)
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
TIMES: Final[Mapping[Part, str]] = {
    "weekday": "the weekday",
    "hour": "the hour in New York",
    "day": "the day of the month",
    "month": "the month",
}
DOES: Final = {
    "entry_long": "Buys",
    "exit_long": "Sells what it bought",
    "entry_short": "Sells short",
    "exit_short": "Buys back what it sold short",
}


def describe(rules: RuleSet) -> list[str]:
    """Return what the rules do, sentence by sentence."""
    said = [f"{DOES[name]} when {words(term)}." for name, term in rules.rules().items()]
    if rules.stop_loss:
        said.append(f"Closes at a loss of {rules.stop_loss:g} % from the close that decided.")
    if rules.take_profit:
        said.append(f"Closes at a gain of {rules.take_profit:g} % from the close that decided.")
    if rules.trailing:
        best = "the best price since the entry"
        said.append(f"Closes {rules.trailing:g} % of the deciding close away from {best}.")
    if rules.hold:
        said.append(f"Closes after {rules.hold} bar{'s' * (rules.hold > 1)}.")
    if rules.share < 100:  # noqa: PLR2004 - percent
        said.append(f"Takes {rules.share:g} % of the size that a backtest gives it.")
    protected = rules.stop_loss or rules.take_profit or rules.trailing or rules.hold
    for side, other in (("long", "short"), ("short", "long")):
        enters, turns = getattr(rules, f"entry_{side}"), getattr(rules, f"entry_{other}")
        if enters and not (getattr(rules, f"exit_{side}") or turns or protected):
            said.append(f"Nothing ends a {side} position.")
    return said


def words(term: Term) -> str:
    """Return a term in words."""
    if isinstance(term, Compare):
        return f"{operand(term.left)} {_compared(term)}"
    if isinstance(term, Not):
        return f"it is known not to be so that {words(term.term)}"
    if len(term.terms) == 1:
        return words(term.terms[0])
    joint = " and " if isinstance(term, All) else " or "
    return joint.join(_bracketed(each) for each in term.terms)


def _bracketed(term: Term) -> str:
    return words(term) if isinstance(term, Compare) else f"({words(term)})"


def _compared(term: Compare) -> str:
    if isinstance(term.left, TimeOf) and isinstance(term.right, Number):
        number, part = int(term.right.value), term.left.part
        names = {"weekday": DAYS, "month": MONTHS}.get(part)
        shown = names[number - 1] if names else str(number)
        return f"{TIMED.get(term.op, 'is')} {shown}"
    return f"{COMPARED[term.op]} {operand(term.right)}"


def operand(value: Operand) -> str:
    """Return an operand in words."""
    if isinstance(value, Number):
        return f"{value.value:.10g}"
    if isinstance(value, Combined):
        left, right = (
            f"({operand(each)})" if isinstance(each, Combined) else operand(each)
            for each in (value.left, value.right)
        )
        return f"{left} {SUMS[value.sum]} {right}"
    if isinstance(value, Price):
        named = f"the {value.field}"
    elif isinstance(value, Volume):
        named = "the volume"
    elif isinstance(value, TimeOf):
        named = TIMES[value.part]
    else:
        named = study_words(value)
    if not value.ago:
        return named
    return f"{named} {value.ago} bar{'s' * (value.ago > 1)} ago"


def study_words(value: Indicator) -> str:
    """Return an indicator, its settings and its output in words."""
    found = indicator(value.id)
    settings = found.parameters(value.parameters).model_dump(mode="json").values()
    shown = "/".join(f"{each:g}" if isinstance(each, float) else str(each) for each in settings)
    titles = {each.id: each.title for each in found.outputs}
    output = f" ({titles[value.output]})" if value.output and len(titles) > 1 else ""
    return f"{found.title}{' ' * bool(shown)}{shown}{output}"


def diff(old: RuleSet, new: RuleSet) -> list[str]:
    """Return what changed from one version to the next, sentence by sentence."""
    said: list[str] = []
    for name, title in WORDS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if name in RULES:
            said += [f"{title}: {each}" for each in _changed(before, after)]
        else:
            said.append(f"{title}: {_shown(before)} became {_shown(after)}.")
    return said


def _shown(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    return f"{value:g}" if isinstance(value, int | float) else f"“{value}”"


def _changed(old: Term | None, new: Term | None) -> list[str]:
    if new is None:
        return ["this rule is gone."]
    before, after = ([] if old is None else lines(old)), lines(new)
    had, has = _compared_in(before), _compared_in(after)
    gone, added = list((had - has).elements()), list((has - had).elements())
    if len(gone) == len(added):
        said = [f"“{one}” became “{other}”." for one, other in zip(gone, added, strict=True)]
    else:
        said = [f"“{each}” is gone." for each in gone] + [f"“{each}” is new." for each in added]
    if old is not None and (not said or _joints(before) != _joints(after)):
        said.append("its parts are joined in another way.")
    return said


def _compared_in(said: list[str]) -> Counter[str]:
    return Counter(each.strip() for each in said if each.strip() not in JOINTS)


def _joints(said: list[str]) -> list[str]:
    return [each for each in said if each.strip() in JOINTS]


def lines(term: Term, level: int = 0) -> list[str]:
    """Return a term line by line; what stands inside another one is set in by two blanks."""
    space = "  " * level
    if isinstance(term, Compare):
        return [space + words(term)]
    if isinstance(term, Not):
        return [f"{space}{NOT}", *lines(term.term, level + 1)]
    head = ALL_OF if isinstance(term, All) else ANY_OF
    return [space + head, *(line for each in term.terms for line in lines(each, level + 1))]
