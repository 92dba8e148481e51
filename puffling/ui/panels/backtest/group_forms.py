"""The forms of one group of options; they are built when the group is first unfolded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from puffling.core import formats
from puffling.ui.forms.fields import DayEditor
from puffling.ui.forms.form import Form
from puffling.ui.panels.backtest.narrow import let_shrink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from PySide6.QtGui import QShowEvent

    from puffling.ui.forms.describe import Field
    from puffling.ui.forms.fields import Editor
    from puffling.ui.panels.backtest.groups import Group
    from puffling.ui.theme.theme import Theme


class GroupForms(QWidget):
    """Holds the values of a group, and edits them once it can be seen.

    Signals:
        changed: A value changed.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        model: type[BaseModel],
        group: Group,
        fields: Mapping[str, Field],
        fixed: Mapping[str, object],
    ) -> None:
        """Take the group, the fields it may have, and values of fields asked elsewhere."""
        super().__init__()
        self._theme, self._model, self._fixed = theme, model, dict(fixed)
        self.group = group
        self._by = group.by if group.by in fields else ""
        self._pieces = _pieces(group, fields, chooses=bool(self._by))
        self._fields = {name: fields[name] for _, names in self._pieces for name in names}
        self._given: dict[str, object] = {}  # shown values, until there are forms
        self._days: dict[str, date] = {}
        self._forms: list[tuple[str, Form]] = []
        self._after: QWidget = self
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.px(22), 0, 0, theme.px(6))
        self._column.setSpacing(theme.px(8))

    @property
    def names(self) -> tuple[str, ...]:
        """The fields it asks."""
        return tuple(self._fields)

    def editor(self, name: str) -> Editor:
        """Return the editor of a field.

        Raises:
            KeyError: If there is no such field.
        """
        return next(form for form in self._built() if name in form.names).editor(name)

    def values(self) -> dict[str, object]:
        """Return the values of the fields that are right by themselves."""
        if not self._forms:
            return {
                name: self._given.get(name, each.default) for name, each in self._fields.items()
            }
        return {name: each for _, form in self._forms for name, each in form.values().items()}

    def show_values(self, values: Mapping[str, object]) -> None:
        """Show these values, and defaults for the rest."""
        self._given = {name: each for name, each in values.items() if name in self._fields}
        for _, form in self._forms:
            own = {name: each for name, each in self._given.items() if name in form.names}
            form.show_values(own | self._fixed)
        self._adapt()

    def propose(self, days: Mapping[str, date]) -> None:
        """Offer these days to whoever gives one; none is given by this."""
        self._days = dict(days)
        for name, day in self._days.items() if self._forms else ():
            editor = self.editor(name)
            if isinstance(editor, DayEditor):
                editor.propose(day)

    @property
    def is_right(self) -> bool:
        """Whether everything that matters can be used."""
        return not any(form.problems() for form in self._in_force())

    def check(self) -> bool:
        """Show what is wrong and return whether all is right."""
        return all(form.check() for form in self._in_force())

    def words(self) -> list[str]:
        """Return what differs from how it comes, each with its name."""
        values = self.values()
        chosen = str(values.get(self._by)) if self._by else ""
        shown = {name for value, names in self._pieces for name in names if value in {"", chosen}}
        return [
            _words(self._fields[name], value)
            for name, value in values.items()
            if name in shown and value != self._fields[name].default and value not in {None, ""}
        ]

    def summary(self) -> str:
        """Return in a line what it holds."""
        return ", ".join(self.words()) or self.group.usual

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._built()

    def _built(self) -> list[Form]:
        if not self._forms:
            before = self._after
            for value, names in self._pieces:
                form = Form(self._model, self._fixed, theme=self._theme, only=names, captions=False)
                let_shrink(form)
                form.changed.connect(lambda _: self._tell())
                self._column.addWidget(form)
                self._forms.append((value, form))
                before = form.stand_after(before)
            self.show_values(self._given)
            self.propose(self._days)
        return [form for _, form in self._forms]

    def stand_after(self, widget: QWidget) -> None:
        """Let Tab come from there to the fields; to be said before they are built."""
        self._after = widget

    def _in_force(self) -> list[Form]:
        return [form for _, form in self._forms if not form.isHidden()]

    def _tell(self) -> None:
        self._adapt()
        self.changed.emit()

    def _adapt(self) -> None:
        """Show the fields that matter with what is chosen."""
        chosen = str(self.values().get(self._by)) if self._by else ""
        for value, form in self._forms:
            form.setVisible(value in {"", chosen})


def _pieces(
    group: Group, fields: Mapping[str, Field], *, chooses: bool
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the group's fields: those always asked, and those asked with one choice only."""
    more = [names for _, names in group.only_if]
    every = [("", group.names), *group.only_if]
    if not chooses:
        every = [("", (*group.names, *(name for names in more for name in names)))]
    known = [(value, tuple(each for each in names if each in fields)) for value, names in every]
    return [(value, names) for value, names in known if names]


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
    if isinstance(value, int | float | Decimal):
        return f"{title} {formats.number(value, places=4).rstrip('0').rstrip('.')}"
    return f"{title} {value}"
