"""What is written for somebody who helps has no secret, no order, and no name of a folder."""

from __future__ import annotations

from pathlib import Path

from puffling.core.redaction import HIDDEN
from puffling.services.diagnostics import LEFT_OUT, plain_settings, scrubbed, without_orders

LOG = [
    "2026-01-05 15:00:00,000 INFO    MainThread puffling.app.assembly: built",
    "2026-01-05 15:00:01,000 WARNING MainThread puffling.services.order_sending: Buy 10 AAPL",
    "Traceback of it, with Buy 10 AAPL",
    "2026-01-05 15:00:01,500 INFO    MainThread puffling.ui.run: Refused or failed: 10 AAPL",
    "2026-01-05 15:00:02,000 ERROR   MainThread puffling.ui.shell.crashes: broken",
    "Traceback of the crash",
]


def test_lines_that_may_speak_of_orders_are_left_out_with_what_follows_them():
    assert without_orders(LOG) == [LOG[0], LEFT_OUT, *LOG[4:]]


def test_settings_that_are_called_or_look_like_a_secret_are_hidden():
    values = {"data": {"api_key": "x", "yahoo": True}, "general": {"note": "Bearer abcdef123456"}}
    assert plain_settings(values) == {
        "data": {"api_key": HIDDEN, "yahoo": True},
        "general": {"note": HIDDEN},
    }


def test_folders_of_a_person_are_not_named(paths):
    text = scrubbed(f"{paths.root}/puffling.db and {Path.home()}/notes, token=abcdefgh", paths)
    assert text == f"DATA/puffling.db and ~/notes, token={HIDDEN}"
