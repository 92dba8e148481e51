"""What a strategy is: typed parameters, and a pure function from bars to targets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeVar

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.orders import Context, Orders


class Parameters(BaseModel):
    """What can be set of a strategy: forms, grids and schemas are made from its fields.

    Each field has a default, bounds, a title and a description, and the step of a grid in
    `json_schema_extra`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


Needs: TypeAlias = Literal["one symbol", "two symbols", "many symbols"]
Side: TypeAlias = Literal["entry long", "exit long", "entry short", "exit short", ""]
# Inside Strategy its own attribute hides the name.
ParametersType: TypeAlias = type[Parameters]
P_co = TypeVar("P_co", bound=Parameters, default=Parameters, covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What a strategy wants to hold, decided at each bar's close.

    `target` is a share of the money it may use: 1 all of it, -1 all of it short, 0 nothing;
    NaN means not ready, or nothing new: what was wanted before stays.

    Raises:
        ParameterError: If a target lies outside [-1, 1].
    """

    target: NDArray[np.float64]

    def __post_init__(self) -> None:
        if bool((self.target > 1).any()) or bool((self.target < -1).any()):
            raise ParameterError("A strategy's targets must lie between -1 and 1.")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Something a strategy looks at, such as an average: one value a bar, NaN until it is ready.

    `pane` says where it is drawn: over the prices, or on a scale of its own.
    """

    title: str
    values: NDArray[np.float64]
    pane: Literal["price", "own"] = "own"


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """Something that is true or not at each bar's close; what is not known yet is not true.

    `side` is what it leads to; nothing if it is only a part of that.
    """

    title: str
    holds: NDArray[np.bool_]
    side: Side = ""


class Rule(ABC, Generic[P_co]):
    """What every kind of strategy has: a name, typed parameters and a warm-up.

    Attributes:
        id: Its name in files and commands.
        title: Its name on the screen.
        summary: What it does, in a sentence.
        Parameters: What can be set.
        needs: How many symbols it decides on at once.
        grid: The values that an optimiser tries by default, by parameter; combinations that the
            parameters refuse are left out.
        cautions: What a reader of its results must know, as sentences.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    Parameters: ClassVar[ParametersType] = Parameters
    needs: ClassVar[Needs] = "one symbol"
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {}
    cautions: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: P_co | None = None) -> None:
        chosen = self.Parameters() if parameters is None else parameters
        if not isinstance(chosen, self.Parameters):
            raise ParameterError(f"These are not the parameters of {self.title}.")
        self._parameters = cast("P_co", chosen)

    @property
    def parameters(self) -> P_co:
        """The parameters in use."""
        return self._parameters

    @property
    @abstractmethod
    def warm_up(self) -> int:
        """How many bars it needs before the first decision."""

    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        """Return what it looks at, for charts and for the question why."""
        del bars
        return ()

    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        """Return what must hold for it to act, for the question why."""
        del bars
        return ()

    def strength(self, bars: Bars) -> NDArray[np.float64] | None:
        """Return how strongly it speaks at each close, 0 to 1; None if it has no such measure."""
        del bars
        return None


class Strategy(Rule[P_co]):
    """A rule that turns prices into targets.

    `signals` sees all bars at once but must decide each one on that bar and those before it;
    a test cuts the future off and looks whether the past changes.
    """

    @abstractmethod
    def signals(self, bars: Bars) -> Signals:
        """Return the target at every bar's close."""


class OrderStrategy(Rule[P_co]):
    """A rule that turns prices into orders; like `Strategy`, it decides each bar on the past."""

    @abstractmethod
    def orders(self, bars: Bars) -> Orders:
        """Return what is ordered at every bar's close."""


class EventStrategy(Rule[P_co]):
    """A rule that decides bar by bar, and so may look at what it holds.

    It can do what the other kinds can and more, but runs slower: each bar is a call in Python.
    """

    @abstractmethod
    def on_bar(self, context: Context) -> None:
        """Decide at a bar's close; called for each one once the strategy has warmed up."""

    def start(self, bars: Bars) -> None:
        """Prepare for a run, such as indicators of all `bars`; use only what a bar may know."""
