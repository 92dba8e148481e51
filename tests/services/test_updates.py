from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from puffling.core.errors import BadValueError
from puffling.services.updates import LARGEST, look

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "https://announce.example"


def announced(**values: object):
    return lambda _address: json.dumps(values).encode()


@pytest.mark.parametrize(
    ("version", "newer"),
    [("1.2.4", True), ("1.10.0", True), ("1.2.3", False), ("0.9.9", False)],
)
def test_versions_are_compared_by_their_numbers(version: str, *, newer: bool):
    found = look(
        HOST, "1.2.3", announced(version=version, notes="Faster.", page="https://page.example")
    )
    assert (found.version, found.is_newer) == (version, newer)
    assert (found.notes, found.page) == ("Faster.", "https://page.example")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"version": 3}',
        b'{"version": "1.2"}',
        b'{"version": "1.2.3; rm"}',
        b" " * (LARGEST + 1),
    ],
)
def test_what_is_no_announcement_is_refused(answer: bytes):
    with pytest.raises(BadValueError):
        look(HOST, "1.2.3", lambda _address: answer)


@pytest.mark.parametrize(
    "address", ["", "http://announce.example", "file:///etc/passwd", "https://"]
)
def test_only_a_safe_address_is_asked(address: str):
    def fetch(address: str) -> bytes:
        pytest.fail(f"{address} was asked")

    with pytest.raises(BadValueError):
        look(address, "1.2.3", fetch)


def test_a_page_that_is_not_safe_is_not_shown():
    assert look(HOST, "1.0.0", announced(version="1.0.1", page="javascript:alert(1)")).page == ""


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/puffling.json" else 404)
            self.end_headers()
            self.wfile.write(b'{"version": "9.0.0"}')

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    made = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


def test_a_server_is_asked_and_one_that_is_gone_is_named(server: str):
    assert look(f"{server}/puffling.json", "1.0.0").version == "9.0.0"
    with pytest.raises(BadValueError, match=r"127\.0\.0\.1 does not answer"):
        look(f"{server}/other", "1.0.0")
