"""A person's own strategies: plain Python files with one class that derives from a strategy.

A file is a program with all rights of the person who runs it; nothing keeps it in. What is promised
is that its mistakes become sentences with the line they stand on. An endless loop can only be ended
from outside: load and run a file in a process of its own, with a time limit (`probe.probe`).
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
from functools import wraps
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import ValidationError

from puffin.errors import CancelledError, ParameterError
from puffin.strategies.base import EventStrategy, OrderStrategy, Parameters, Rule, Signals, Strategy
from puffin.strategies.orders import Orders
from puffin.strategies.universe import UniverseStrategy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType

LONGEST: Final = 200_000  # characters of a file
HINT: Final = "The example under Templates shows what a file looks like."
# The methods that a strategy may have, and what each one is given beside itself.
METHODS: Final = {
    "signals": ("bars",),
    "orders": ("bars",),
    "on_bar": ("context",),
    "start": ("bars",),
    "weights": ("universe",),
    "readings": ("bars",),
    "conditions": ("bars",),
    "strength": ("bars",),
}
RETURNS: Final = {"signals": Signals, "orders": Orders, "readings": tuple, "conditions": tuple}


class StrategyFileError(ParameterError):
    """A mistake in a strategy file; `line` is where it stands, None if nowhere in particular."""

    hint = HINT

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        retry_after: float | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint, retry_after=retry_after)
        self.line = line


def load(text: str, name: str) -> type[Rule]:
    """Run a strategy file and return its strategy; `name` becomes the id.

    Raises:
        StrategyFileError: It is no Python, fails, or does not hold exactly one strategy.
    """
    made = _Loader(text, name)
    return made.strategy()


class _Loader:
    """One file on its way to a strategy."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._called = f"{name.rpartition(':')[2]}.py"
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]
        self._module = f"puffin_strategy_file_{digest}"
        self._file = f"<strategy {name}>"
        self._lines: dict[str, int] = {}  # where each class begins

    def strategy(self) -> type[Rule]:
        """Return the strategy that the file holds."""
        module = ModuleType(self._module)
        module.__file__ = self._file
        # Dataclasses and models look their own module up by name.
        sys.modules[self._module] = module
        try:
            return self._checked(module)
        except StrategyFileError:
            del sys.modules[self._module]
            raise

    def _checked(self, module: ModuleType) -> type[Rule]:
        code = self._compiled()
        try:
            exec(code, module.__dict__)  # noqa: S102 - a person's own program, which they chose to run
        except (Exception, SystemExit) as error:
            raise self._translated(error) from error
        found = self._only_one(module)
        self._name_it(found)
        self._check(found)
        self._guard(found)
        return found

    def _compiled(self) -> CodeType:
        if len(self._text) > LONGEST:
            raise self._error(f"the file has {len(self._text):,} characters; {LONGEST:,} fit.")
        try:
            tree = ast.parse(self._text, self._file)
            self._lines = {
                each.name: each.lineno for each in ast.walk(tree) if isinstance(each, ast.ClassDef)
            }
            return compile(tree, self._file, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise self._error(f"this is not Python: {error.msg}.", error.lineno) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise self._error(f"this is not Python: {error}.") from None

    def _only_one(self, module: ModuleType) -> type[Rule]:
        own = [
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, Rule) and each.__module__ == self._module
        ]
        own = list(dict.fromkeys(own))
        last = [each for each in own if not any(issubclass(o, each) for o in own if o is not each)]
        if not last:
            raise self._error(
                "there is no strategy in it: a class that derives from Strategy, OrderStrategy "
                "or EventStrategy of puffin.strategies.base."
            )
        if len(last) > 1:
            names = " and ".join(each.__name__ for each in last)
            raise self._error(
                f"there are {len(last)} strategies in it, {names}; one file holds one.",
                self._line(last[1]),
            )
        return last[0]

    def _name_it(self, found: type[Rule]) -> None:
        """Fill in what was left out; the id is the name that the file is kept under."""
        found.id = self._name
        for field, usual in (
            ("title", found.__name__),
            ("summary", (inspect.getdoc(found) or "A strategy of one's own.").splitlines()[0]),
        ):
            if not isinstance(getattr(found, field, None), str):
                setattr(found, field, usual)

    def _check(self, found: type[Rule]) -> None:
        if not issubclass(found, Strategy | OrderStrategy | EventStrategy | UniverseStrategy):
            text = f"{found.__name__} must derive from Strategy, OrderStrategy or EventStrategy."
            raise self._error(text, self._line(found))
        missing = sorted(getattr(found, "__abstractmethods__", ()))
        if missing:
            raise self._error(
                f"{found.__name__} has no {' and no '.join(missing)}.", self._line(found)
            )
        for name, given in METHODS.items():
            method = getattr(found, name, None)
            if isinstance(method, FunctionType) and method.__module__ == self._module:
                self._check_signature(name, method, given)
        if not isinstance(inspect.getattr_static(found, "warm_up"), property | int):
            raise self._error(f"warm_up of {found.__name__} must be a property.", self._line(found))
        kind: object = found.Parameters
        if not isinstance(kind, type) or not issubclass(kind, Parameters):
            text = f"Parameters of {found.__name__} must be a class that derives from Parameters."
            raise self._error(text, self._line(found))
        try:
            kind()
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = " ".join(str(each) for each in first["loc"])
            text = f"its parameters do not make sense by default: {name}: {first['msg']}."
            raise self._error(text, self._line(kind)) from None

    def _check_signature(self, name: str, method: FunctionType, given: Sequence[str]) -> None:
        try:
            inspect.signature(method).bind(None, *given)
        except TypeError:
            wanted = f"{name}(self, {', '.join(given)})"
            raise self._error(
                f"{name} must be written as {wanted}.", method.__code__.co_firstlineno
            ) from None

    def _guard(self, found: type[Rule]) -> None:
        """Make every method of the file tell its mistakes with their line."""
        for each in found.__mro__:
            if each.__module__ != self._module:
                continue
            for name, value in list(vars(each).items()):
                if isinstance(value, FunctionType) and (name in METHODS or name == "__init__"):
                    setattr(each, name, self._guarded(value, name))
                elif isinstance(value, property) and name == "warm_up" and value.fget:
                    setattr(each, name, property(self._guarded(value.fget, name)))

    def _guarded(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        line: int | None = getattr(getattr(function, "__code__", None), "co_firstlineno", None)

        @wraps(function)
        def guarded(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - passes anything through
            try:
                value = function(*arguments, **named)
            except (CancelledError, StrategyFileError):
                raise
            except (Exception, SystemExit) as error:
                raise self._translated(error) from error
            problem = _problem(name, value, arguments[1:])
            if problem:
                raise self._error(problem, line)
            if isinstance(value, Signals) and value.target.dtype != np.float64:
                return Signals(value.target.astype(np.float64))
            return value

        return guarded

    def _translated(self, error: BaseException) -> StrategyFileError:
        line = None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self._file:
                line = trace.tb_lineno
            trace = trace.tb_next
        if isinstance(error, ModuleNotFoundError) and error.name:
            text = f"there is no module called {error.name}."
            hint = "Puffling brings its own libraries, such as numpy, and no others."
            return self._error(text, line, hint)
        if isinstance(error, ImportError):
            return self._error(f"{str(error).partition(' (')[0]}.", line)
        if isinstance(error, ParameterError):
            return self._error(str(error), line)
        if isinstance(error, SystemExit):
            return self._error("it wanted to end the whole program.", line)
        said = str(error).strip().splitlines()
        first = said[0].removesuffix(".") if said else "no more is known"
        return self._error(f"{type(error).__name__}: {first}.", line)

    def _line(self, kind: type) -> int | None:
        return self._lines.get(kind.__name__)

    def _error(
        self, message: str, line: int | None = None, hint: str | None = None
    ) -> StrategyFileError:
        place = f", line {line}" if line else ""
        return StrategyFileError(f"{self._called}{place}: {message}", hint=hint, line=line)


def _problem(name: str, value: object, given: Sequence[object]) -> str:
    """Return what is wrong with what a method returned; nothing if it is right."""
    if name == "warm_up":
        right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return "" if right else f"warm_up must be a whole number of bars; it is {value!r}."
    wanted = RETURNS.get(name)
    if wanted is None:
        return ""
    if not isinstance(value, wanted):
        return f"{name} must return {wanted.__name__}; it returned {type(value).__name__}."
    target: object = value.target if isinstance(value, Signals) else None
    if target is not None and not (isinstance(target, np.ndarray) and target.ndim == 1):
        return "the targets must be an array with one number for each bar."
    count = len(value.target) if isinstance(value, Signals) else -1
    if isinstance(value, Orders):
        count = len(value)
    bars = given[0] if given else None
    needed = len(bars) if hasattr(bars, "__len__") else count
    if count >= 0 and count != needed:
        return f"{name} returned {count:,} rows for {needed:,} bars."
    return ""


def kind_of(found: type[Rule]) -> str:
    """Return how a strategy decides, in a word."""
    for kind, word in ((Strategy, "targets"), (OrderStrategy, "orders"), (EventStrategy, "events")):
        if issubclass(found, kind):
            return word
    return "weights"
