"""What a backtest assumes: the command's own fields, in groups that can be folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffling.ui.forms.describe import describe
from puffling.ui.forms.schema import plain, typed
from puffling.ui.panels.backtest.group_forms import GroupForms
from puffling.ui.panels.backtest.groups import ELSEWHERE, GROUPS, OTHER
from puffling.ui.panels.backtest.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pydantic import BaseModel

    from puffling.ui.forms.fields import Editor
    from puffling.ui.panels.backtest.groups import Group
    from puffling.ui.theme.theme import Theme

_ASKED_ELSEWHERE = {"strategy": "-", "symbol": "-", "symbols": ("A",)}


class OptionsForm(QWidget):
    """Sections of fields.

    Signals:
        changed: A value changed.
    """

    changed = Signal()

    def __init__(self, theme: Theme, model: type[BaseModel]) -> None:
        """Take the parameters of the command; those asked elsewhere are left out."""
        super().__init__()
        self.model = model
        fields = {each.name: each for each in describe(model) if each.name not in ELSEWHERE}
        self._fixed = {
            name: each for name, each in _ASKED_ELSEWHERE.items() if name in model.model_fields
        }
        self.sections: dict[str, Section] = {}
        self.groups: dict[str, GroupForms] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        for group in _groups(tuple(fields)):
            forms = GroupForms(theme, model, group, fields, self._fixed)
            self.groups[group.id] = forms
            forms.changed.connect(self._tell)
            self.sections[group.id] = section = Section(
                theme,
                group.title,
                forms,
                is_open=group.is_open,
                summary=forms.summary,
            )
            forms.stand_after(section.header)
            column.addWidget(section)

    def editor(self, name: str) -> Editor:
        """Return the editor of a field.

        Raises:
            KeyError: If there is no such field.
        """
        return self.groups[self._group_of(name)].editor(name)

    def unfold(self, name: str) -> None:
        """Show the section a field is in."""
        self.sections[self._group_of(name)].unfold()

    def values(self) -> dict[str, object]:
        """Return the values of the fields that are right by themselves."""
        return {
            name: each for group in self.groups.values() for name, each in group.values().items()
        }

    def show_values(self, values: Mapping[str, object]) -> None:
        """Show these values, and defaults for the rest."""
        fitting = typed(self.model, {**values, **self._fixed})
        for group in self.groups.values():
            group.show_values(fitting)
        self._refresh()

    @property
    def is_right(self) -> bool:
        """Whether everything that matters can be used."""
        return all(group.is_right for group in self.groups.values())

    def check(self) -> bool:
        """Show what is wrong, unfold where it is, and return whether all is right."""
        for name, group in self.groups.items():
            if not group.is_right:
                self.sections[name].unfold()
                group.check()
                return False
        return True

    def propose_days(self, first: date, last: date) -> None:
        """Offer a period to whoever limits the test to one; by itself it takes all there is."""
        self.groups[self._group_of("start")].propose({"start": first, "end": last})

    def words(self) -> str:
        """Return in a line what differs from how it comes."""
        said = [
            each
            for name, group in self.groups.items()
            if name not in {OTHER.id, "note"}
            for each in group.words()
        ]
        return ", ".join(said)

    def state(self) -> dict[str, Any]:
        """Return values and which sections are open, as JSON would hold them."""
        return {
            "values": plain(self.values()),
            "open": [name for name, each in self.sections.items() if each.is_open],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        values, is_open = state.get("values", state), state.get("open")
        if isinstance(values, dict):
            self.show_values(values)
        if isinstance(is_open, list):
            for name, section in self.sections.items():
                section.unfold(on=name in is_open)

    def _group_of(self, name: str) -> str:
        for id_, group in self.groups.items():
            if name in group.names:
                return id_
        raise KeyError(name)

    def _tell(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        for section in self.sections.values():
            section.refresh()


def _groups(fields: tuple[str, ...]) -> list[Group]:
    """Return the groups that have a field, and one for what no group knows."""
    known = {name for group in GROUPS for name in group.every}
    rest = tuple(name for name in fields if name not in known)
    every = (*GROUPS, type(OTHER)(OTHER.id, OTHER.title, rest, OTHER.usual))
    return [each for each in every if set(each.every) & set(fields)]
