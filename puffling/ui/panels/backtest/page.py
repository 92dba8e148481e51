"""A page that is built when it is first looked at: a panel opens without waiting for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QShowEvent


class Remembered(Protocol):
    """What a page needs of the widget it builds."""

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        ...

    def restore(self, state: Mapping[str, Any], /) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        ...


W = TypeVar("W", bound=Remembered)


class Page(QWidget, Generic[W]):
    """Holds the place of a widget until it is needed."""

    def __init__(self, build: Callable[[QWidget], W]) -> None:
        """Take what builds the widget, as a child of the one it is given."""
        super().__init__()
        self._build = build
        self._widget: W | None = None
        self._state: Mapping[str, Any] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    @property
    def is_built(self) -> bool:
        """Whether there is a widget yet."""
        return self._widget is not None

    @property
    def widget(self) -> W:
        """The widget; built now if it was not."""
        if self._widget is None:
            self._widget = made = self._build(self)
            cast("QVBoxLayout", self.layout()).addWidget(cast("QWidget", made))
            if self._state:
                made.restore(self._state)
        return self._widget

    def state(self) -> dict[str, Any]:
        """Return the widget's state; what was remembered if it was never built."""
        return dict(self._state) if self._widget is None else self._widget.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Hand a remembered state to the widget, once there is one."""
        if self._widget is None:
            self._state = state
        else:
            self._widget.restore(state)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        assert self.widget is not None  # noqa: S101 - it is built by being looked at
