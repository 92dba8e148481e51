"""A page of HTML as a PDF."""

from __future__ import annotations

import pytest

from puffling.core.errors import StoreError
from puffling.ui.shell.page_files import write_pdf

PAGE = "<h1>Momentum on AAPL</h1><p><img src='curve'></p>" + "<p>A line.</p>" * 120
CURVE = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='40'><rect width='9'/></svg>"


def test_a_page_is_written_whole_with_its_picture(qapp, tmp_path):
    path = tmp_path / "page.pdf"
    write_pdf(PAGE, {"curve": CURVE}, path)
    written = path.read_bytes()
    assert written.startswith(b"%PDF-")
    assert written.rstrip().endswith(b"%%EOF")
    assert b"/Image" in written
    assert written.count(b"/Type /Page\n") > 1
    write_pdf("<p>Short.</p>", {}, path)
    assert b"/Subtype /Image" not in path.read_bytes()


def test_what_cannot_be_written_is_said_and_leaves_nothing(qapp, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        write_pdf(PAGE, {"curve": CURVE}, tmp_path / "file" / "page.pdf")
