"""Imports the drawing library without what nothing here draws with.

Its package imports every plot, dialog, tree and table that it has, and Qt's OpenGL and tests, for
the sake of short names, and copies each name of Qt. The charts stand on a view, a box and an item.
The rest stays on the disk until it is imported from its own module, and a name of Qt is looked up
when it is asked for.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY: Final = "pyqtgraph"
# What charts are made of; the same two folders hold everything else, too.
_ITEMS = ("GraphicsItem", "GraphicsObject", "GraphicsWidget", "ItemGroup", "ViewBox")
_KEPT = (*(f"{LIBRARY}.graphicsItems.{each}" for each in _ITEMS), f"{LIBRARY}.widgets.GraphicsView")
_FOLDERS = (f"{LIBRARY}.graphicsItems", f"{LIBRARY}.widgets")
_SINGLE = ("SRTTransform", "SRTTransform3D", "SignalProxy", "ThreadsafeTimer", "Transform3D")
_MORE_SINGLE = ("Vector", "colormap", "imageview", "Qt.OpenGLHelpers")
_ALONE = frozenset(f"{LIBRARY}.{each}" for each in (*_SINGLE, *_MORE_SINGLE))
_ABSENT = frozenset({"PySide6.QtOpenGLWidgets", "PySide6.QtTest"})  # it asks, and can do without
_COPIED = ("QtCore", "QtGui", "QtWidgets")  # by the library, name by name


def import_library() -> None:
    """Import it, on the window's thread: it knows Qt."""
    if LIBRARY not in sys.modules:
        with _looked_up_when_asked(), _set_aside():
            import_module(LIBRARY)


@contextmanager
def _looked_up_when_asked() -> Iterator[None]:
    """Let the library find nothing to copy while it is imported, and every name later."""
    sources = [import_module(f"PySide6.{each}") for each in _COPIED]
    listing = [vars(each).get("__dir__") for each in sources]
    for name, source in zip(_COPIED, sources, strict=True):
        mirror = ModuleType(f"{LIBRARY}.Qt.{name}")
        vars(mirror)["__getattr__"] = partial(getattr, source)
        sys.modules.setdefault(mirror.__name__, mirror)
        vars(source)["__dir__"] = list  # what `dir` lists is what is copied
    try:
        yield
    finally:
        for source, names in zip(sources, listing, strict=True):
            del vars(source)["__dir__"]
            if names is not None:
                vars(source)["__dir__"] = names


@contextmanager
def _set_aside() -> Iterator[None]:
    """Put something empty in the place of what is not drawn with, and take it away again."""
    finder: Any = _Finder()  # importlib's own protocols have classes behind them
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for each in [each for each in sys.modules.values() if isinstance(each, _Aside)]:
            each.end()
        for package in (LIBRARY, f"{LIBRARY}.Qt", *_FOLDERS):
            names = vars(sys.modules[package]) if package in sys.modules else {}
            for name in [each for each, value in names.items() if isinstance(value, _Aside)]:
                del names[name]


class _Aside(ModuleType):
    """Has whatever is asked by name, nothing that could be copied, and later the true things."""

    _is_over = False  # whether the library has been imported

    @override
    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name) if self._is_over else self

    def end(self) -> None:
        """Make way: what is asked for from now on comes from the disk."""
        del sys.modules[self.__name__]
        self._is_over = True


class _Finder:
    """Finds something empty for what is set aside, and nothing for what Qt need not bring."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return where such a module comes from; None for all others."""
        del path, target
        if name in _ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        is_kept = any(name == each or name.startswith(f"{each}.") for each in _KEPT)
        is_aside = name in _ALONE or (name.rpartition(".")[0] in _FOLDERS and not is_kept)
        loader: Any = self
        return ModuleSpec(name, loader) if is_aside else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return something empty."""
        return _Aside(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty."""
