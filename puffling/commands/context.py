"""What a command may use while it runs: services, work, the desk, the gate and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from puffling.commands.late import LateContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from decimal import Decimal
    from pathlib import Path

    from puffin.types import Side, Ticket
    from puffling.commands.arranging import LayoutMoves, PanelMoves
    from puffling.commands.charting import ChartMoves
    from puffling.commands.late import LateParts
    from puffling.commands.studying import StudyMoves
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.core.settings_store import SettingsStore
    from puffling.services.alert_studies import AlertStudies
    from puffling.services.alerts import AlertService
    from puffling.services.automation import AutomationService
    from puffling.services.bars import BarService
    from puffling.services.baskets import BasketProposal, BasketService
    from puffling.services.broker_facts import BrokerFacts
    from puffling.services.connections import ConnectionService
    from puffling.services.demo import DemoService
    from puffling.services.drawing_alerts import DrawingAlerts
    from puffling.services.drawing_styles import DrawingStyles
    from puffling.services.drawings import DrawingService
    from puffling.services.goals import GoalService
    from puffling.services.inbox import InboxService
    from puffling.services.journal import JournalService
    from puffling.services.live_market import LiveMarket
    from puffling.services.macros import MacroService
    from puffling.services.market import MarketService
    from puffling.services.modes import ModeService
    from puffling.services.notifications import NotificationService
    from puffling.services.orders import Approval, OrderService, Proposal
    from puffling.services.performance import PerformanceService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.replay import ReplayService
    from puffling.services.risk import RiskService
    from puffling.services.undoing import UndoService
    from puffling.services.watched_splits import WatchedSplits
    from puffling.services.watchlists import WatchlistService
    from puffling.store.audit import AuditStore
    from puffling.store.layouts import LayoutStore
    from puffling.store.opening import Storage
    from puffling.store.state import StateStore
    from puffling.store.templates import TemplateStore
    from puffling.work.jobs import JobRunner
    from puffling.work.watchdog import Watchdog


class Gate(Protocol):
    """Where a yes to an order comes from: the dialog, the terminal, or a test's stand-in."""

    async def confirm(self, proposal: Proposal | BasketProposal) -> Approval | None:
        """Show `proposal` and return an approval of exactly it; None means no."""
        ...


class Desk(Protocol):
    """The desk as commands see it: the main window in the app, a stand-in in a terminal."""

    @property
    def has_window(self) -> bool:
        """Whether there is a window at all."""
        ...

    @property
    def panels(self) -> PanelMoves:
        """Where panels are."""
        ...

    @property
    def layout_moves(self) -> LayoutMoves:
        """Layouts, beyond using one."""
        ...

    def open_panel(self, panel: str) -> None:
        """Bring a panel to the front and focus it, opening it if need be."""
        ...

    def close_panel(self) -> None:
        """Close the focused panel."""
        ...

    def next_panel(self) -> None:
        """Move the focus to the next panel."""
        ...

    def new_chart(self) -> None:
        """Open one more chart."""
        ...

    def choose_symbol(self, symbol: str) -> None:
        """Make `symbol` the linked symbol of the focused panel's colour."""
        ...

    @property
    def symbol(self) -> str:
        """The linked symbol in view; empty without a window."""
        ...

    def fill_ticket(self, side: Side, symbol: str = "", quantity: Decimal | None = None) -> None:
        """Open the ticket with these values and the cursor in its quantity."""
        ...

    def begin_alert(self, symbol: str = "", price: Decimal | None = None) -> None:
        """Open the editor of alerts with these values; empty means the linked symbol's."""
        ...

    def write_ticket(self, ticket: Ticket, *, sized: bool = True) -> None:
        """Open the ticket with this order written on it, to be corrected and reviewed.

        Without `sized` the quantity is left for the person to fill in.
        """
        ...

    def written_ticket(self) -> Ticket | None:
        """Return the order on the ticket; None when there is none that is complete."""
        ...

    def ask_template(self) -> None:
        """Ask on the ticket for the name under which its order is to be kept."""
        ...

    def review_ticket(self) -> None:
        """Do what the focused panel's main button does: review the order, apply the form."""
        ...

    def run_focused(self) -> None:
        """Run or refresh the focused panel."""
        ...

    @property
    def studies(self) -> StudyMoves:
        """What adds, changes and removes studies of the focused chart."""
        ...

    @property
    def charts(self) -> ChartMoves:
        """What draws, moves and replays the focused chart."""
        ...

    def chart_timeframe(self, interval: str) -> None:
        """Show the focused chart in another interval."""
        ...

    def chart_overlay(self, kind: str, window: int) -> None:
        """Add a moving average to the focused chart, or take it away."""
        ...

    def chart_fit(self) -> None:
        """Show all of the focused chart's bars."""
        ...

    def chart_draw(self, kind: str) -> None:
        """Take a tool into the hand on the focused chart; an empty one puts it away."""
        ...

    def chart_signals(self, strategy: str) -> None:
        """Mark the signals of a strategy on the chart in view; an empty one takes them away."""
        ...

    def chart_export(self, path: Path) -> None:
        """Save the focused chart as a picture."""
        ...

    def chart_picture(self, path: Path) -> str:
        """Write a picture of the chart in view, without a word; return its symbol."""
        ...

    def save_tearsheet(self, path: Path) -> None:
        """Write the tearsheet that the performance panel shows as a PDF or a picture."""
        ...

    def show_journal(self, id_: str) -> None:
        """Open a journal entry in the performance panel, to be written on."""
        ...

    async def write_pdf(self, html: str, pictures: Mapping[str, str], path: Path) -> None:
        """Write a page as a PDF; `pictures` are SVG, by the name that the page shows them by."""
        ...

    def show_conversation(self, id_: str) -> None:
        """Open a conversation with the assistant; an empty id begins a new one."""
        ...

    def ask_about(self, about: Mapping[str, str], words: str = "") -> None:
        """Open the assistant with its line about something: a symbol, a position, an order."""
        ...

    def show_backtest(self, id_: str) -> None:
        """Open a stored backtest in its panel and mark its trades on the chart."""
        ...

    def try_strategy(
        self, strategy: str, parameters: Mapping[str, Any], *, optimise: bool = False
    ) -> None:
        """Fill a strategy and its parameters into the backtest panel, to be run or optimised."""
        ...

    def show(self, what: str) -> None:
        """Open a dialog or pop-up by its name, such as palette, symbols, settings or layouts."""
        ...

    def apply_layout(self, name: str) -> None:
        """Switch to a built-in or saved layout."""
        ...

    def save_layout(self, name: str) -> None:
        """Keep the present arrangement under `name`."""
        ...

    def rename_layout(self, name: str, to: str) -> None:
        """Give a saved layout another name."""
        ...

    def remove_layout(self, name: str) -> None:
        """Remove a saved layout."""
        ...

    def reset_layout(self) -> None:
        """Bring the present layout back to how it was built or saved."""
        ...

    def run_lines(self, lines: Sequence[str]) -> None:
        """Do what several lines of the command line say, one after the other."""
        ...

    def record_lines(self) -> None:
        """Note the lines and commands that are run from now on."""
        ...

    def recorded_lines(self) -> Sequence[str]:
        """Stop noting, and return what was."""
        ...

    async def ask_word(self, title: str, text: str, word: str) -> bool:
        """Ask the person to type `word`; whether they did."""
        ...

    async def ask_unlock(self, facts: Sequence[tuple[str, str]]) -> bool:
        """Show what is in force when money is real and ask to type LIVE; whether they did."""
        ...

    async def ask_keys(self, title: str, text: str) -> tuple[str, str] | None:
        """Ask for a key and its secret, neither shown while it is typed; None means no."""
        ...

    async def ask_key(self, title: str, text: str) -> str | None:
        """Ask for a key that has no secret, not shown while it is typed; None means no."""
        ...

    async def ask_change(
        self, title: str, program: str, lines: Sequence[tuple[str, str, str]]
    ) -> bool:
        """Ask whether another program may make a change; only a click says yes."""
        ...

    def keyboard_kept(self) -> AbstractContextManager[None]:
        """Whatever is opened inside, the keyboard stays where it was, or goes nowhere."""
        ...

    def full_screen(self) -> None:
        """Turn full screen on or off."""
        ...

    def quit(self) -> None:
        """End the program in good order."""
        ...

    def restart(self) -> None:
        """End the program in good order and start it again."""
        ...


@dataclass(frozen=True, slots=True)
class Context(LateContext):
    """Everything a command may use. `actor` is who asks: "desk", "terminal", "test"."""

    paths: Paths
    clock: Clock
    bus: EventBus
    settings: SettingsStore
    storage: Storage
    layouts: LayoutStore
    state: StateStore
    audit: AuditStore
    market: MarketService
    demo: DemoService
    live: LiveMarket
    modes: ModeService
    connections: ConnectionService
    automation: AutomationService
    broker: BrokerFacts
    quotes: QuoteService
    bars: BarService
    watchlists: WatchlistService
    undo: UndoService
    macros: MacroService
    orders: OrderService
    baskets: BasketService
    inbox: InboxService
    goals: GoalService
    templates: TemplateStore
    risk: RiskService
    portfolio: PortfolioService
    performance: PerformanceService
    journal: JournalService
    alerts: AlertService
    studies: AlertStudies
    drawings: DrawingService
    drawing_styles: DrawingStyles
    drawing_alerts: DrawingAlerts
    watched_splits: WatchedSplits
    replay: ReplayService
    notifications: NotificationService
    jobs: JobRunner
    watchdog: Watchdog
    desk: Desk
    gate: Gate
    actor: str
    late: LateParts
