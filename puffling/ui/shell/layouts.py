"""Which layout is in use, how it was changed, and keeping it: never more than a second behind."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, Qt, QThreadPool, QTimer, Signal

from puffling.core.errors import BadValueError, PufflingError
from puffling.ui.shell.builtin_layouts import BUILT_IN, FIRST, built_in
from puffling.ui.shell.layout_document import Layout, Place, WindowPlace, graft, prune
from puffling.ui.shell.layout_history import LayoutHistory
from puffling.ui.shell.layout_reading import dump, parse
from puffling.ui.shell.layout_shapes import outline
from puffling.ui.shell.screens import below_title, brought_back, screen_of, screens_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QMainWindow

    from puffling.store.layouts import LayoutStore
    from puffling.ui.shell.workspace import Workspace

log = logging.getLogger(__name__)

EVERY = 800  # milliseconds between looks whether something moved
SMALLEST_WINDOW = (800, 500)
FIRST_SIZE = (1440, 900)


class Layouts(QObject):
    """The layouts of the desk.

    A layout keeps how you changed it while others are in use; `reset` brings it back to how it
    was built or saved.

    Signals:
        applied: Another layout is in use (its name).
        damaged: Something of what was kept could not be read (a sentence for the person).
        unsaved: The arrangement could not be written (a sentence for the person).
    """

    applied = Signal(str)
    damaged = Signal(str)
    unsaved = Signal(str)

    def __init__(self, window: QMainWindow, workspace: Workspace, store: LayoutStore) -> None:
        super().__init__(window)
        self._window, self._workspace, self.store = window, workspace, store
        self._original = self._grafting = _built(FIRST)
        self._changed: dict[str, Layout] = {}
        self._written: dict[str, Any] | None = None
        self._writing = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.save_if_changed)
        self.notices: list[str] = []
        self.history = LayoutHistory(workspace, self.snapshot, self.show)

    @property
    def name(self) -> str:
        """The name of the layout in use."""
        return self._original.name

    @property
    def names(self) -> list[str]:
        """The names of the saved layouts."""
        return self.store.named()

    def begin(self) -> None:
        """Show the arrangement of the last run, or the first layout; put the window in place."""
        document, notice = self.store.current()
        layout = None
        if document is not None:
            layout, problems = parse(document)
            self._take_changed(document)
            if problems:
                notice = f"The last arrangement had a mistake: {problems[0]}"
            elif layout is None:
                notice = "The last arrangement was empty."
        if notice:
            self.notices.append(notice)
        if layout is None or not any(self._workspace.knows(each) for each in layout.shown):
            layout = _built(FIRST)
        self._place_window(layout.window)
        self._original = self._known(layout.name) or replace(layout, window=None)
        self._workspace.arrange(layout)
        self._grafting = layout
        self._written = document

    def start(self) -> None:
        """Keep every change from now on: where panels are at once, what they show soon after."""
        self._workspace.docks.changed.connect(self.save_if_changed)
        self._timer.start()

    # What can be asked for

    def apply(self, name: str) -> None:
        """Switch to a built-in or saved layout, as it was left.

        Raises:
            BadValueError: There is no such layout.
            StoreError: It cannot be read.
        """
        original = self._find(name)
        if original is None:
            _, notice = self.store.load(name)
            raise PufflingError(notice or f"The layout {name} is empty.")
        self.history.note()
        # What panels show goes with the panels, not with the layout one leaves.
        self._changed[self.name] = replace(self.read(), panels={})
        self._original = original
        self._use(self._changed.get(original.name, original))

    def save(self, name: str) -> str:
        """Keep the present arrangement under `name`; return the name as it is shown.

        Raises:
            BadValueError: The name cannot be used.
            StoreError: It could not be written.
        """
        if built_in(name) is not None:
            raise BadValueError(
                f"{built_in_name(name)} is a built-in layout.", hint="Choose another name."
            )
        layout = self.read()
        shown = self.store.save(name, dump(layout))
        self._original = replace(layout, name=shown)
        self._changed.pop(shown, None)
        self.applied.emit(shown)
        return shown

    def rename(self, name: str, to: str) -> str:
        """Give a saved layout another name.

        Raises:
            BadValueError: It is built in, is not there, or the new name cannot be used.
            StoreError: It could not be written.
        """
        self._refuse_built_in(name)
        self._refuse_built_in(to)
        shown = self.store.rename(name, to)
        self._changed = {
            shown if each.casefold() == name.casefold() else each: layout
            for each, layout in self._changed.items()
        }
        if self.name.casefold() == name.casefold():
            self._original = replace(self._original, name=shown)
            self.applied.emit(shown)
        return shown

    def remove(self, name: str) -> None:
        """Remove a saved layout; the arrangement on the screen stays.

        Raises:
            BadValueError: It is built in or is not there.
            StoreError: It could not be removed.
        """
        self._refuse_built_in(name)
        self.store.remove(name)
        self._changed.pop(name, None)

    def saved(self, name: str) -> Layout | None:
        """Return a saved layout as it was saved; None if it cannot be read."""
        document, _ = self.store.load(name)
        return None if document is None else parse(document)[0]

    def is_changed(self, name: str) -> bool:
        """Whether a layout is not as it was built or saved any more."""
        now, original = self._workspace.snapshot(), self._original
        if name != self.name:
            left, known = self._changed.get(name), built_in(name) or self.saved(name)
            if left is None or known is None:
                return left is not None
            now, original = prune(left, self._workspace.knows), known
        original = prune(original, self._workspace.knows)
        return outline(now.root) != outline(original.root) or len(now.floating) != len(
            original.floating
        )

    def reset(self, name: str = "") -> None:
        """Bring a layout, usually the one in use, back to how it was built or saved."""
        if name and name != self.name:
            self._changed.pop(name, None)
            return
        self.history.note()
        self._changed.pop(self.name, None)
        self._original = self._known(self.name) or self._original
        self._use(self._original)

    def snapshot(self) -> Layout:
        """Return where every panel is, under the name of the layout in use."""
        return replace(self._workspace.snapshot(), name=self.name)

    def show(self, snapshot: Layout) -> None:
        """Show an earlier arrangement, of another layout too; what panels show stays theirs."""
        if snapshot.name != self.name:
            original = self._known(snapshot.name)
            if original is not None:
                self._changed[self.name] = replace(self.read(), panels={})
                self._original = original
        self._grafting = self._original
        self._workspace.apply(snapshot)
        self.applied.emit(self.name)

    # Keeping it

    def read(self) -> Layout:
        """Return the present arrangement, with the panels that are not built yet."""
        root, floating = self._workspace.docks.arrangement()
        wanted = self._grafting
        if root is not None:
            root = graft(root, wanted, lambda each: not self._workspace.knows(each))
        memories = self._workspace.memories()
        shown = set(self._workspace.docks.shown)
        return Layout(
            self.name,
            root,
            floating,
            {each: memories[each] for each in sorted(memories)},
            self._window_place(),
            tuple(each for each in sorted(memories) if each not in shown),
        )

    def document(self) -> dict[str, Any]:
        """Return everything to keep: the arrangement, and how other layouts were left."""
        kept = {
            name: dump(replace(layout, window=None))
            for name, layout in sorted(self._changed.items())
            if name != self.name
        }
        return {**dump(self.read()), "changed": kept}

    def save_if_changed(self) -> None:
        """Write the arrangement, off this thread, if it is not the one that was written last."""
        if self._writing:
            return
        document = self.document()
        if document == self._written:
            return
        self._writing = True
        self._pool.start(lambda: self._write(document))

    def finish(self) -> None:
        """Write the arrangement for the last time and stop."""
        if self._timer.isActive():
            self._timer.stop()
            self._workspace.docks.changed.disconnect(self.save_if_changed)
        self._pool.waitForDone()
        document = self.document()
        if document != self._written:
            self._write(document)

    def _write(self, document: dict[str, Any]) -> None:
        try:
            self.store.save_current(document)
        except PufflingError as error:
            log.warning("The arrangement was not written: %s", error)
            self.unsaved.emit(str(error))
        self._written = document  # also after a failure: the next change tries again
        self._writing = False

    # Inside

    def _find(self, name: str) -> Layout | None:
        known = built_in(name)
        if known is not None:
            return known
        document, notice = self.store.load(name)
        if document is None:
            self.damaged.emit(notice)
            return None
        layout, problems = parse(document)
        if problems:
            self.damaged.emit(f"The layout {name} has a mistake: {problems[0]}")
        return layout

    def _known(self, name: str) -> Layout | None:
        """Return the layout in use as it was built or saved; None if it has been removed."""
        try:
            return self._find(name)
        except BadValueError:
            return None

    def _use(self, layout: Layout) -> None:
        self._workspace.arrange(layout)
        self._grafting = layout
        self.applied.emit(self.name)

    def _take_changed(self, document: Mapping[str, Any]) -> None:
        raw = document.get("changed")
        for name, each in raw.items() if isinstance(raw, dict) else ():
            layout, _ = parse(each)
            if layout is not None and isinstance(name, str):
                self._changed[name] = replace(layout, name=name)

    def _place_window(self, place: WindowPlace | None) -> None:
        screens = [below_title(each) for each in screens_of(self._window)]
        first = screens[0].area
        fits = first.width >= FIRST_SIZE[0] and first.height >= FIRST_SIZE[1]
        width, height = FIRST_SIZE if fits else (first.width * 9 // 10, first.height * 9 // 10)
        centred = Place(
            first.x + (first.width - width) // 2,
            first.y + (first.height - height) // 2,
            width,
            height,
        )
        was = None if place is None or place.screen is None else below_title(place.screen)
        seen = brought_back(place or centred, was, screens, smallest=SMALLEST_WINDOW)
        self._window.setGeometry(QRect(seen.x, seen.y, seen.width, seen.height))
        if place.maximised if place is not None else not fits:
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    def _window_place(self) -> WindowPlace:
        window = self._window
        filled = window.isMaximized() or window.isFullScreen()
        size = window.normalGeometry() if filled else window.geometry()
        return WindowPlace(
            size.x(),
            size.y(),
            size.width(),
            size.height(),
            maximised=window.isMaximized(),
            screen=screen_of(window),
        )

    @staticmethod
    def _refuse_built_in(name: str) -> None:
        if built_in(name) is not None:
            raise BadValueError(f"{built_in_name(name)} is a built-in layout.")


def built_in_name(name: str) -> str:
    """Return the built-in layout's name as it is written."""
    found = built_in(name)
    return name if found is None else found.name


def _built(name: str) -> Layout:
    return next(each for each in BUILT_IN if each.name == name)
