"""A typed model's fields under a few titles, some of which matter only with certain choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from puffling.ui.forms.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import BaseModel

    from puffling.ui.forms.fields import Editor
    from puffling.ui.theme.theme import Theme

_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """Some fields; `matters` says with which values of the others they are shown."""

    names: tuple[str, ...]
    title: str = ""
    matters: Callable[[Mapping[str, object]], bool] | None = None


class Sheet(QWidget):
    """Edits one model in several parts; hidden parts keep their values and are not judged.

    Signals:
        changed: The person changed a value (the field's name).
    """

    changed = Signal(str)

    def __init__(self, theme: Theme, model: type[BaseModel], parts: Sequence[Part]) -> None:
        super().__init__()
        self.model = model
        self._theme = theme
        self._parts: list[tuple[Part, QLabel | None, Form]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        for part in parts:
            heading = QLabel(part.title) if part.title else None
            if heading is not None:
                theme.set_role(heading, "heading")
                column.addWidget(heading)
            form = Form(model, theme=theme, only=part.names, captions=False)
            _let_shrink(form)
            form.changed.connect(self._tell)
            column.addWidget(form)
            self._parts.append((part, heading, form))
        column.addStretch(1)
        self._adapt()

    def editor(self, name: str) -> Editor:
        """Return the editor of a field.

        Raises:
            KeyError: If there is no such field.
        """
        for _, _, form in self._parts:
            if name in form.names:
                return form.editor(name)
        raise KeyError(name)

    def add(self, widget: QWidget, place: int = -1) -> None:
        """Put something else among the parts, last unless a place is given."""
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(place if place >= 0 else column.count() - 1, widget)

    def values(self) -> dict[str, object]:
        """Return the values that are right by themselves, of the parts in sight."""
        found: dict[str, object] = {}
        for _, _, form in self._parts:
            if not form.isHidden():
                found |= form.values()
        return found

    def show_values(self, values: Mapping[str, object]) -> None:
        """Show these values, and leave the others as they are."""
        for _, _, form in self._parts:
            for name in form.names:
                if name in values:
                    form.editor(name).show_value(values[name])
        self._adapt()

    def problems(self, also: Mapping[str, object] | None = None) -> dict[str, str]:
        """Return what is wrong, by field; `also` are values that are asked elsewhere."""
        whole = self.values() | dict(also or {})
        found: dict[str, str] = {}
        for _, _, form in self._parts:
            if form.isHidden():
                continue
            for name in form.names:
                if form.editor(name).problem:
                    found[name] = form.editor(name).problem
        try:
            self.model.model_validate(whole)
        except ValidationError as error:
            from puffling.ui.forms.wording import sentence

            for each in error.errors(include_url=False):
                found.setdefault(str(each["loc"][0]) if each["loc"] else "", sentence(each))
        return found

    def check(self, also: Mapping[str, object] | None = None) -> bool:
        """Show what is wrong, put the cursor there, and return whether all is right."""
        problems = self.problems(also)
        first = True
        for _, _, form in self._parts:
            own = {name: each for name, each in problems.items() if name in form.names}
            form.show_problems(own)
            if own and first:
                form.editor(next(iter(own))).setFocus()
                first = False
        return not problems

    def first_editor(self) -> QWidget:
        """Return where the keyboard should go first."""
        return self._parts[0][2].first_editor()

    def state(self) -> dict[str, Any]:
        """Return all values as JSON would hold them."""
        found: dict[str, Any] = {}
        for _, _, form in self._parts:
            found |= {name: to_jsonable_python(each) for name, each in form.values().items()}
        return found

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up remembered values; what does not fit any more is passed over."""
        self.show_values(_fitting(self.model, state))

    def _tell(self, name: str) -> None:
        self._adapt()
        # A part judges itself as if the others were as they come; together they are judged here.
        problems = self.problems()
        for _, _, form in self._parts:
            form.show_problems(
                {name: problems[name]} if name in problems and name in form.names else {}
            )
        self.changed.emit(name)

    def _adapt(self) -> None:
        values: dict[str, object] = {}
        for _, _, form in self._parts:
            values |= form.values()
        for part, heading, form in self._parts:
            if part.matters is not None:
                on = part.matters(values)
                form.setVisible(on)
                if heading is not None:
                    heading.setVisible(on)


def _fitting(model: type[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
    """Return remembered values in the model's types, each by itself: others may be missing."""
    found: dict[str, object] = {}
    for name, value in values.items():
        if name not in model.model_fields:
            continue
        try:
            whole = model.__pydantic_validator__.validate_assignment(
                model.model_construct(), name, value
            )
        except ValidationError:
            continue
        found[name] = getattr(whole, name)
    return found


def _let_shrink(form: QWidget) -> None:
    """Let every box of a form shrink; its list still shows the choices in full."""
    for box in form.findChildren(QComboBox):
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_LETTERS)
        metrics = box.fontMetrics()
        widest = max(
            (metrics.horizontalAdvance(box.itemText(n)) for n in range(box.count())), default=0
        )
        box.view().setMinimumWidth(widest + 2 * metrics.averageCharWidth() + 16)
