"""Every layout in one list: used, saved, renamed, copied, deleted, exchanged, all by keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton

from puffling.core.errors import PufflingError
from puffling.ui.dialogs.base import Dialog
from puffling.ui.tables.columns import Column
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.ask_bar import AskBar
from puffling.ui.widgets.file_dialog import ask_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

ENDING = "puffling-layout"
_KINDS = f"Layouts (*.{ENDING});;JSON (*.json)"
_COLUMNS = 5


class Shelf(Protocol):
    """The layouts as the dialog sees them."""

    def rows(self) -> Sequence[LayoutRow]:
        """Return every layout, the built-in ones first."""
        ...

    def apply(self, name: str) -> None:
        """Use a layout."""
        ...

    def reset(self, name: str) -> None:
        """Bring a layout back to how it was built or saved."""
        ...

    def save(self, name: str) -> str:
        """Keep the present arrangement under a name; return it as it is shown."""
        ...

    def rename(self, name: str, to: str) -> str:
        """Give a layout another name; return it as it is shown."""
        ...

    def duplicate(self, name: str, to: str) -> str:
        """Copy a layout; return the copy's name as it is shown."""
        ...

    def remove(self, name: str) -> None:
        """Delete a layout."""
        ...

    def bring_back(self) -> str:
        """Bring back what was deleted last; return its name."""
        ...

    def write_file(self, name: str, path: Path) -> Path:
        """Write a layout to a file."""
        ...

    def take_file(self, path: Path) -> Sequence[str]:
        """Read layouts from a file; return their names."""
        ...


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """A layout in the list. `note` says where it is from, whether it is in use and changed."""

    name: str
    panels: str
    note: str
    is_built_in: bool
    keys: str = ""


class LayoutsDialog(Dialog):
    """The list of layouts; Return uses one and closes the dialog."""

    topic = "layouts"

    def __init__(self, theme: Theme, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Layouts", parent, width=760)
        self._shelf = shelf
        self.model: RecordModel[LayoutRow] = RecordModel(_columns(), lambda row: row.name, self)
        self.table = RecordView(theme, self.model, empty="No layout.", name="Layouts")
        self.table.setMinimumHeight(theme.px(280))
        self.table.opened.connect(self._use)
        self._keys = TableKeys(
            self.table,
            {
                "S": self._save,
                "F2": self._rename,
                "C": self._duplicate,
                "Del": self._remove,
                "Ctrl+Z": self._bring_back,
                "0": self._reset,
                "E": self._export,
                "I": self._import,
            },
        )
        self.ask = AskBar(theme)
        self.ask.closed.connect(self.table.setFocus)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.body.addWidget(self.table)
        self.body.addWidget(self.ask)
        self.body.addWidget(self.message)
        self.body.addLayout(self._buttons())
        self.close_ = self.add_button("Close")
        self.close_.clicked.connect(self.reject)
        self.fill()
        self.say("Return uses the chosen layout. Every other action is a key, too.")
        self.table.setFocus()

    def say(self, text: str, tone: str = Tone.MUTED) -> None:
        """Say something below the list."""
        self.message.setText(text)
        self.theme.set_role(self.message, "caption", tone)

    def fill(self, chosen: str = "") -> None:
        """Read the list again and choose a layout in it."""
        row = self.table.current
        wanted = chosen or (row.name if row is not None else "")
        rows = list(self._shelf.rows())
        self.model.reset(rows)
        names = [each.name for each in rows]
        if names:
            self.table.choose(wanted if wanted in names else names[0])

    # What can be done

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Use  ⏎", self._use),
            ("Save as…  S", self._save),
            ("Rename…  F2", self._rename),
            ("Copy…  C", self._duplicate),
            ("Reset  0", self._reset),
            ("Delete  Del", self._remove),
            ("Bring back  Ctrl+Z", self._bring_back),
            ("Export…  E", self._export),
            ("Import…  I", self._import),
        )
        for at, (words, act) in enumerate(acts):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked, act=act: act())
            grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
        return grid

    def _use(self, *_: object) -> None:
        row = self.table.current
        if row is not None and self._done(lambda: self._shelf.apply(row.name)):
            self.accept()

    def _save(self) -> None:
        row = self.table.current
        name = "" if row is None or row.is_built_in else row.name
        self.ask.ask_name("Save the present arrangement as", name, "Save layout", self._saved)

    def _saved(self, name: str) -> None:
        self._tell(lambda: self._shelf.save(name), "Saved as “{}”.")

    def _rename(self) -> None:
        row = self._own("renamed")
        if row is not None:
            self.ask.ask_name(
                f"Another name for “{row.name}”",
                row.name,
                "Rename",
                lambda to: self._tell(lambda: self._shelf.rename(row.name, to), "It is “{}” now."),
            )

    def _duplicate(self) -> None:
        row = self.table.current
        if row is not None:
            self.ask.ask_name(
                f"A name for the copy of “{row.name}”",
                f"{row.name} 2",
                "Copy",
                lambda to: self._tell(lambda: self._shelf.duplicate(row.name, to), "“{}” is new."),
            )

    def _remove(self) -> None:
        row = self._own("deleted")
        if row is not None and self._done(lambda: self._shelf.remove(row.name)):
            self.fill()
            self.say(f"“{row.name}” is deleted. Ctrl+Z brings it back.")

    def _bring_back(self) -> None:
        self._tell(self._shelf.bring_back, "“{}” is back.")

    def _reset(self) -> None:
        row = self.table.current
        if row is not None and self._done(lambda: self._shelf.reset(row.name)):
            self.fill()
            how = "built" if row.is_built_in else "saved"
            self.say(f"“{row.name}” is as it was {how}. Ctrl+Alt+Z on the desk takes that back.")

    def _export(self) -> None:
        row = self.table.current
        if row is not None:
            ask_file(
                self,
                "Export layout",
                lambda path: self._tell(
                    lambda: str(self._shelf.write_file(row.name, Path(path))), "Written to {}."
                ),
                kinds=_KINDS,
                save_as=f"{row.name}.{ENDING}",
            )

    def _import(self) -> None:
        ask_file(self, "Import layouts", self._take, kinds=_KINDS)

    def _take(self, path: str) -> None:
        self._tell(lambda: ", ".join(self._shelf.take_file(Path(path))), "Imported: {}.")

    # Inside

    def _own(self, done: str) -> LayoutRow | None:
        row: LayoutRow | None = self.table.current
        if row is not None and row.is_built_in:
            self.say(
                f"A built-in layout is not {done}. C makes a copy that is yours.", Tone.WARNING
            )
            return None
        return row

    def _tell(self, act: Callable[[], str], words: str) -> None:
        found: list[str] = []
        if self._done(lambda: found.append(act())):
            self.fill(found[0])
            self.say(words.format(found[0]))

    def _done(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except PufflingError as error:
            self.say(f"{error} {error.hint}".strip(), Tone.DANGER)
            return False
        return True


def _columns() -> tuple[Column[LayoutRow], ...]:
    return (
        Column("name", "Layout", lambda row: row.name, width=170),
        Column("panels", "Panels", lambda row: row.panels, tone=lambda _: Tone.MUTED, stretch=True),
        Column("note", "", lambda row: row.note, tone=lambda _: Tone.MUTED, width=190),
        Column("keys", "Keys", lambda row: row.keys, tone=lambda _: Tone.MUTED, width=70),
    )
