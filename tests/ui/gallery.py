"""Pictures of every built-in layout, in every look, size and scale, and what is cut in them.

`python -m tests.ui.gallery FOLDER --size 1366x768 --scale 2 --looks dark/compact,light/comfortable`
starts the real window offscreen, drives it a part of the guided tour so that there is something to
see, takes the pictures, and prints as JSON what does not fit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTableView
from typing_extensions import override

from puffling.__main__ import build_app
from puffling.core.bus import EventBus
from puffling.core.language import pseudo
from puffling.core.paths import Paths
from puffling.core.settings import Density, Language, Theme
from puffling.core.settings_store import SettingsStore
from puffling.ui.shell.builtin_layouts import BUILT_IN
from puffling.ui.shell.start import make_application, make_loop
from puffling.ui.tour import Tour
from tests.ui.cutting import cut, outside
from tests.ui.walking import called, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtWidgets import QWidget

LOOKS = [f"{theme.value}/{density.value}" for theme in Theme for density in Density]
_ARROW = 20  # pixels of a heading that the sort arrow may take
_QUIET = 0.8


class Gallery(Tour):
    """Walks until there is something to see, then takes its pictures."""

    def __init__(self, app: QApplication, paths: Paths, folder: Path) -> None:
        super().__init__(app, paths, folder, build_app)
        self._pictures = folder
        self.wrong: list[str] = []

    @override
    def _shows(self, words: str) -> bool:
        disguised = pseudo(words).strip("[]").rstrip("é")
        return super()._shows(words) or super()._shows(disguised)

    async def hang(self, size: tuple[int, int], looks: Sequence[str], layouts: set[str]) -> None:
        """Take the pictures of these looks at this size."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        try:
            await self._open()
            await self._welcome()
            await self._market()
            await self._choose_a_symbol()
            await self._backtest()
            await self._buy()
            await self._alert()
            for look in looks:
                await self._look(size, look, layouts)
        finally:
            await self._end()

    async def _look(self, size: tuple[int, int], look: str, layouts: set[str]) -> None:
        theme, _, density = look.partition("/")
        self.context.settings.change("appearance", theme=theme, density=density)
        for each in BUILT_IN:
            if layouts and each.name not in layouts:
                continue
            self.context.desk.apply_layout(each.name)
            self.window.resize(*size)
            await asyncio.sleep(_QUIET)
            picture = self.window.grab()
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # words that grew
            where = f"{size[0]}x{size[1]} {look} {each.name}"
            self.wrong += [f"{where}: {fault}" for fault in faults_of(self.window)]
            name = where.replace("/", "-").replace(" ", "_")
            picture.save(str(self._pictures / f"{name}.png"))


def faults_of(window: QWidget) -> Iterator[str]:
    """Yield what is cut, what is elided without a tip, and what is blurred."""
    yield from cut(window)
    yield from outside(window)
    ratio = window.devicePixelRatio()
    for each in within(window):
        if not each.isVisible() or each.visibleRegion().isEmpty():
            continue
        if isinstance(each, QTableView):
            yield from _headings(each)
        elif isinstance(each, QAbstractButton) and not each.icon().isNull():
            side = each.iconSize().width()
            drawn = each.icon().pixmap(each.iconSize(), ratio)
            if drawn.width() < round(side * ratio) - 1:
                yield f"Blurred icon, {drawn.width()} of {side * ratio:.0f}: {called(each)}"
        elif (
            isinstance(each, QLabel)
            and not each.pixmap().isNull()
            and each.pixmap().devicePixelRatio() < ratio
        ):
            yield f"Blurred picture: {called(each)}"


def _headings(table: QTableView) -> Iterator[str]:
    header = table.horizontalHeader()
    model = table.model()
    for at in range(model.columnCount()):
        text = str(model.headerData(at, header.orientation()) or "")
        need = header.fontMetrics().horizontalAdvance(text) + _ARROW // 2
        tip = model.headerData(at, header.orientation(), Qt.ItemDataRole.ToolTipRole)
        if not header.isSectionHidden(at) and need > header.sectionSize(at) and not tip:
            yield f"Heading {text!r} is cut and has no tip: {called(table)}"


def main(argv: Sequence[str]) -> int:
    """Take the pictures; say what is wrong with them."""
    parser = argparse.ArgumentParser(prog="tests.ui.gallery")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1366x768")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--looks", default=",".join(LOOKS))
    parser.add_argument("--layouts", default="")
    parser.add_argument("--language", default=Language.ENGLISH.value)
    asked = parser.parse_args(argv)
    wide, high = (int(each) for each in asked.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="puffling-gallery-") as home:
        screens = Path(home) / "screens.json"
        factor = float(asked.scale)
        screen = {"name": "one", "x": 0, "y": 0, "dpr": 1, "logicalDpi": 96}
        screen |= {"width": int(wide * factor), "height": int(high * factor)}
        screens.write_text(json.dumps({"screens": [screen]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screens}"
        os.environ["QT_SCALE_FACTOR"] = asked.scale
        app = make_application()
        with make_loop(app) as loop:
            paths = Paths(Path(home) / "profile")
            paths.make()
            settings = SettingsStore(paths.settings, EventBus())
            settings.change("general", language=Language(asked.language))
            gallery = Gallery(app, paths, asked.folder)
            layouts = {each for each in asked.layouts.split(",") if each}
            work = gallery.hang((wide, high), asked.looks.split(","), layouts)
            loop.run_until_complete(work)
    sys.stdout.write(json.dumps(sorted(set(gallery.wrong)), indent=1, ensure_ascii=False) + "\n")
    return 1 if gallery.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
