"""What a command may use that is made only when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from puffling.commands.assisting import AssistantMoves
    from puffling.services.allocation import AllocationService
    from puffling.services.analysis import AnalysisService
    from puffling.services.backtests import BacktestService
    from puffling.services.conversations import ConversationService
    from puffling.services.drafting import DraftService
    from puffling.services.ideas import IdeaService
    from puffling.services.knowledge import Knowledge
    from puffling.services.laboratory import Laboratory
    from puffling.services.model_keys import ModelKeys
    from puffling.services.model_usage import ModelUsage
    from puffling.services.news import NewsService
    from puffling.services.research import ResearchService
    from puffling.services.searches import SearchService
    from puffling.services.strategies import StrategyService


class LateParts(Protocol):
    """What is made when it is first asked for, because most of a day goes by without it."""

    @property
    def laboratory(self) -> Laboratory:
        """What tries, searches and measures."""
        ...

    @property
    def conversations(self) -> ConversationService:
        """What was said to the assistant, and what it answered."""
        ...

    @property
    def model_keys(self) -> ModelKeys:
        """Keys of models, and the services they open."""
        ...

    @property
    def model_usage(self) -> ModelUsage:
        """What models used, and what they may use."""
        ...

    @property
    def knowledge(self) -> Knowledge:
        """What can be said about prices, news and words."""
        ...

    @property
    def assistant(self) -> AssistantMoves:
        """Who asks models and carries out what they ask for, as far as it may be."""
        ...

    async def prepare(self) -> None:
        """Load what the assistant needs, off the loop's thread: before it is touched first."""
        ...


class LateContext:
    """Their names in a context: each is made at the first use."""

    __slots__ = ()
    late: LateParts

    @property
    def backtests(self) -> BacktestService:
        """Backtests, run and kept."""
        return self.late.laboratory.backtests

    @property
    def searches(self) -> SearchService:
        """Searches for parameters."""
        return self.late.laboratory.searches

    @property
    def strategies(self) -> StrategyService:
        """Strategies, yours and those that came with the program."""
        return self.late.laboratory.strategies

    @property
    def research(self) -> ResearchService:
        """Factors, regimes, and the state of prices."""
        return self.late.laboratory.research

    @property
    def allocation(self) -> AllocationService:
        """How to split money, and what a book risks."""
        return self.late.laboratory.allocation

    @property
    def conversations(self) -> ConversationService:
        """What was said to the assistant, and what it answered."""
        return self.late.conversations

    @property
    def assistant(self) -> AssistantMoves:
        """The assistant."""
        return self.late.assistant

    @property
    def model_keys(self) -> ModelKeys:
        """Keys of models."""
        return self.late.model_keys

    @property
    def model_usage(self) -> ModelUsage:
        """What models used."""
        return self.late.model_usage

    @property
    def ideas(self) -> IdeaService:
        """Ideas over your universe, and what became of them."""
        return self.late.knowledge.ideas

    @property
    def news(self) -> NewsService:
        """Headlines and how texts sound."""
        return self.late.knowledge.news

    @property
    def analysis(self) -> AnalysisService:
        """Facts about a symbol or the book."""
        return self.late.knowledge.analysis

    @property
    def drafts(self) -> DraftService:
        """Strategies from rules and from words."""
        return self.late.knowledge.drafts
