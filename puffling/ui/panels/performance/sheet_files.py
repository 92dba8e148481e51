"""A tearsheet as a file: a PDF on A4, or a picture."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from puffling.core.errors import BadValueError
from puffling.core.files import file_errors
from puffling.ui.panels.performance.sheet_ink import HEIGHT, WIDTH, Ink
from puffling.ui.panels.performance.sheet_page import Page

if TYPE_CHECKING:
    from puffin.monitor.tearsheet import Sheet
    from puffling.ui.theme.theme import Theme

_SHARP = 2.0  # dots of a picture for each of the page
_DOTS = 300  # an inch, on paper


def write_sheet(path: Path, sheet: Sheet, theme: Theme) -> None:
    """Write a sheet as .pdf or .png, all or nothing; dark on white.

    Raises:
        BadValueError: The name ends in neither.
        StoreError: The file cannot be written.
    """
    path = path.expanduser()
    kinds = {".pdf": _write_pdf, ".png": _write_png}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise BadValueError(f"{path.name} is no .pdf or .png.", hint="Give it one of them.")
    with file_errors(path):
        handle, name = tempfile.mkstemp(
            prefix=f".{path.name}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
        try:
            kind(name, sheet, Ink.of_paper(theme))
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise


def picture(sheet: Sheet, ink: Ink, ratio: float) -> QImage:
    """Return the page as a picture with `ratio` dots for each of its own."""
    image = QImage(round(WIDTH * ratio), round(HEIGHT * ratio), QImage.Format.Format_RGB32)
    image.fill(ink.ground)
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    Page(painter, sheet, ink).draw()
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def _write_png(name: str, sheet: Sheet, ink: Ink) -> None:
    if not picture(sheet, ink, _SHARP).save(name):
        raise OSError("The picture could not be written")


def _write_pdf(name: str, sheet: Sheet, ink: Ink) -> None:
    writer = QPdfWriter(name)
    writer.setTitle(sheet.title)
    writer.setCreator("Puffling")
    writer.setResolution(_DOTS)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError("The PDF could not be written")
    painter.scale(writer.width() / WIDTH, writer.height() / HEIGHT)
    Page(painter, sheet, ink).draw()
    painter.end()
