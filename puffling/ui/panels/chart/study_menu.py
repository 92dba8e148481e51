"""The menu of studies: the usual ones, all by what they tell, those drawn, and templates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QInputDialog

from puffin.errors import ParameterError
from puffling.core.errors import BadValueError
from puffling.services.chart_templates import LONGEST
from puffling.services.study_offers import COMPARE, USUAL, groups, offer
from puffling.services.study_specs import StudySpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu

    from puffling.services.study_offers import Offer
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.chart.study_desk import StudyDesk


class StudyMenu:
    """Fills menus as they open, so that they always say how things are."""

    def __init__(self, panel: PanelWidget, desk: StudyDesk) -> None:
        self._panel, self._desk = panel, desk
        self._icon = panel.parts.theme.icon

    def fill(self, menu: QMenu) -> None:
        """Fill a menu with everything about studies."""
        desk = self._desk
        menu.addAction(self._icon("plus"), "Find a study…", desk.ask).setShortcut("Ctrl+I")
        menu.addAction("Compare with a symbol…", self.ask_symbol)
        menu.addSeparator()
        there = menu.addMenu("On the chart")
        there.setEnabled(bool(desk.there))
        for place, spec in enumerate(desk.there):
            inside = there.addMenu(spec.title)
            inside.addAction("Settings…", partial(desk.edit, place))
            inside.addAction("Remove", partial(desk.remove, place))
        menu.addSeparator()
        for usual in USUAL:
            self._offer(menu, offer(usual))
        every = menu.addMenu("All studies")
        for name, known in groups().items():
            inside = every.addMenu(name)
            for each in known:
                if each.id != COMPARE:
                    self._offer(inside, each)
        menu.addSeparator()
        self.templates(menu.addMenu("Templates"))
        menu.addAction("Remove all", desk.clear).setEnabled(bool(desk.there))

    def templates(self, menu: QMenu) -> None:
        """Fill a menu with the templates: to put on the chart, to keep, to delete."""
        desk, kept = self._desk, self._desk.templates
        own = [each for each in kept.all() if not kept.is_built_in(each.name)]
        for each in kept.all():
            menu.addAction(each.name, partial(desk.apply, each))
        menu.addSeparator()
        menu.addAction("Keep as a template…", self.ask_template)
        if own:
            gone = menu.addMenu("Delete")
            for each in own:
                gone.addAction(each.name, partial(kept.remove, each.name))

    def ask_template(self) -> None:
        """Ask for the name under which the look of the chart is to be kept."""

        def keep(name: str) -> None:
            self._desk.templates.save(self._desk.template(name[:LONGEST]))

        self._ask("Keep as a template", "Name", keep)

    def ask_symbol(self) -> None:
        """Ask for a symbol to compare with."""
        self._ask("Compare", "Symbol", self._desk.compare)

    def _ask(self, title: str, words: str, take: Callable[[str], None]) -> None:
        dialog = QInputDialog(self._panel)
        dialog.setWindowTitle(title)
        dialog.setLabelText(words)
        dialog.textValueSelected.connect(lambda text: self._attempt(lambda: take(text)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _offer(self, menu: QMenu, known: Offer) -> None:
        on_chart = [each for each in self._desk.there if each.indicator == known.id]
        action = menu.addAction(known.title)
        action.setCheckable(True)
        action.setChecked(bool(on_chart))
        action.triggered.connect(lambda _=False: self._turn(known))

    def _turn(self, known: Offer) -> None:
        """Add it as it usually is, or take the last of its kind away."""
        there = self._desk.there
        places = [place for place, each in enumerate(there) if each.indicator == known.id]
        if places:
            self._desk.remove(places[-1])
            return
        try:
            self._desk.add(StudySpec(known.id))
        except (BadValueError, ParameterError) as error:
            self._panel.parts.runner.report(error)

    def _attempt(self, do: Callable[[], object]) -> None:
        try:
            do()
        except BadValueError as error:
            self._panel.parts.runner.report(error)
