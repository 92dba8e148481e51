"""What a backtest assumes: the command's own fields, in groups that can be folded."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffling.core import formats
from puffling.ui.forms.describe import describe
from puffling.ui.forms.fields import DayEditor
from puffling.ui.forms.form import Form
from puffling.ui.panels.backtest.groups import ELSEWHERE, GROUPS, OTHER
from puffling.ui.panels.backtest.narrow import let_shrink
from puffling.ui.panels.backtest.section import Section
from puffling.ui.panels.backtest.values import plain, typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from puffling.ui.forms.describe import Field
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
        self._theme, self.model = theme, model
        self._fields = {each.name: each for each in describe(model) if each.name not in ELSEWHERE}
        self._fixed = {
            name: each for name, each in _ASKED_ELSEWHERE.items() if name in model.model_fields
        }
        self.sections: dict[str, Section] = {}
        self._forms: dict[str, list[Form]] = {}
        self._parts: dict[str, dict[str, Form]] = {}  # of a group, by the value that shows each
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        for group in self._groups():
            column.addWidget(self._section(group))

    def editor(self, name: str) -> Editor:
        """Return the editor of a field.

        Raises:
            KeyError: If there is no such field.
        """
        for form in self._all():
            if name in form.names:
                return form.editor(name)
        raise KeyError(name)

    def unfold(self, name: str) -> None:
        """Show the section a field is in."""
        for group, forms in self._forms.items():
            if any(name in form.names for form in forms):
                self.sections[group].unfold()

    def values(self) -> dict[str, object]:
        """Return the values of the fields that are right by themselves."""
        found: dict[str, object] = {}
        for form in self._all():
            found |= form.values()
        return found

    def show_values(self, values: Mapping[str, object]) -> None:
        """Show these values, and defaults for the rest."""
        fitting = typed(self.model, {**values, **self._fixed})
        for form in self._all():
            own = {name: each for name, each in fitting.items() if name in form.names}
            form.show_values(own | self._fixed)
        self._adapt()

    @property
    def is_right(self) -> bool:
        """Whether everything that matters can be used."""
        return not any(form.problems() for form in self._all() if not form.isHidden())

    def check(self) -> bool:
        """Show what is wrong, unfold where it is, and return whether all is right."""
        for group, forms in self._forms.items():
            for form in forms:
                if not form.isHidden() and form.problems():
                    self.sections[group].unfold()
                    form.check()
                    return False
        return True

    def propose_days(self, first: date, last: date) -> None:
        """Offer a period to whoever limits the test to one; by itself it takes all there is."""
        for name, day in (("start", first), ("end", last)):
            editor = self.editor(name)
            if isinstance(editor, DayEditor):
                editor.propose(day)

    def words(self) -> str:
        """Return in a line what differs from how it comes."""
        said = [each for group in self._forms for each in self._changed(group) if group != OTHER.id]
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

    # -- inside ------------------------------------------------------------------------------

    def _all(self) -> Iterator[Form]:
        for forms in self._forms.values():
            yield from forms

    def _groups(self) -> list[Group]:
        known = {
            name
            for group in GROUPS
            for name in (*group.names, *(each for _, names in group.only_if for each in names))
        }
        rest = tuple(name for name in self._fields if name not in known)
        other = type(OTHER)(OTHER.id, OTHER.title, rest, OTHER.usual)
        every = (*GROUPS, other)
        return [each for each in every if any(name in self._fields for name in each.names)]

    def _section(self, group: Group) -> Section:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(self._theme.px(22), 0, 0, self._theme.px(6))
        column.setSpacing(self._theme.px(8))
        self._forms[group.id], self._parts[group.id] = [], {}
        by = group.by in self._fields
        pieces = [("", group.names), *(group.only_if if by or not group.by else ())]
        if group.by and not by:
            pieces = [("", (*group.names, *(each for _, names in group.only_if for each in names)))]
        for value, names in pieces:
            if not any(name in self._fields for name in names):
                continue
            form = Form(self.model, self._fixed, theme=self._theme, only=names, captions=False)
            let_shrink(form)
            form.changed.connect(lambda _: self._tell())
            column.addWidget(form)
            self._forms[group.id].append(form)
            if value:
                self._parts[group.id][value] = form
        section = Section(
            self._theme,
            group.title,
            body,
            is_open=group.is_open,
            summary=lambda: ", ".join(self._changed(group.id)) or group.usual,
        )
        self.sections[group.id] = section
        self._adapt()
        return section

    def _tell(self) -> None:
        self._adapt()
        self.changed.emit()

    def _adapt(self) -> None:
        """Show the fields that matter with what is chosen, and say anew what sections hold."""
        for group in GROUPS:
            parts = self._parts.get(group.id)
            if parts and group.by in self._fields:
                chosen = self.editor(group.by).value()
                for value, form in parts.items():
                    form.setVisible(str(chosen) == value)
        for section in self.sections.values():
            section.refresh()

    def _changed(self, group: str) -> list[str]:
        said = []
        for form in self._forms[group]:
            if form.isHidden():
                continue
            for name, value in form.values().items():
                field = self._fields[name]
                if value != field.default and value not in {None, ""}:
                    said.append(_words(field, value))
        return said


def _words(field: Field, value: object) -> str:
    """Return a value with its name."""
    title = field.title
    if isinstance(value, bool):
        return title if value else f"{title}: no"
    if field.choices:
        return next((words for words, each in field.choices if each == value), str(value))
    if isinstance(value, Enum):
        return str(getattr(value, "label", value.value))
    if isinstance(value, date):
        return f"{title.lower()} {value.isoformat()}"
    if isinstance(value, int | float):
        return f"{title} {formats.number(value, places=4).rstrip('0').rstrip('.')}"
    return f"{title} {value}"
