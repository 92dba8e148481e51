"""The line leads where it is meant to, carries what it is meant to, and is heard by nobody else."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from puffin.ai import wire
from puffin.ai.anthropic import AnthropicProvider
from puffin.ai.base import ModelError, Timing, Trouble
from puffin.ai.openai import OpenAIProvider
from puffin.ai.sse import StreamError
from puffin.ai.wire import address
from puffin.errors import ParameterError
from tests.puffin.ai.stage import NAMES, provider_for, question, staged, trouble_of
from tests.servers.anthropic import anthropic_server
from tests.servers.models import Answer, plain

if TYPE_CHECKING:
    from tests.puffin.ai.stage import Stage

SECRETS = (
    ("ANTHROPIC_CUSTOM_HEADERS", "X-Strange: canary-header"),
    ("ANTHROPIC_AUTH_TOKEN", "canary-token"),
    ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9"),
    ("OPENAI_CUSTOM_HEADERS", "Authorization: canary-header\nX-Strange: canary"),
    ("OPENAI_API_KEY", "canary-environment"),
    ("OPENAI_ADMIN_KEY", "canary-admin"),
    ("OPENAI_ORG_ID", "canary-organization"),
    ("OPENAI_PROJECT_ID", "canary-project"),
    ("OPENAI_BASE_URL", "http://127.0.0.1:9"),
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("ALL_PROXY", "http://127.0.0.1:9"),
)


@pytest.mark.parametrize(
    ("url", "host", "local"),
    [
        ("https://api.anthropic.com", "api.anthropic.com", False),
        ("https://models.example.com:8443/v1/", "models.example.com", False),
        ("http://127.0.0.1:11434/v1", "127.0.0.1", True),
        ("http://127.9.9.9/v1", "127.9.9.9", True),
        ("http://localhost:1234/v1", "localhost", True),
        ("http://[::1]:8080", "::1", True),
        ("https://127.0.0.1", "127.0.0.1", True),
    ],
)
def test_an_address_is_safe_or_on_this_computer(url: str, host: str, *, local: bool):
    found = address(url)
    assert (found.url, found.host, found.local) == (url.rstrip("/"), host, local)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.openai.com",
        "http://api.openai.com/v1",
        "http://192.168.1.5:11434/v1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/v1",
        "https://key:secret@example.com",
        "https://example.com\\@127.0.0.1",
        "https://example.com/v1?key=1",
        "https://example.com/v1#",
        "https://exa mple.com",
        "https://example.com\n.evil.com",
        "https://exämple.com",
        "http://0x7f000001",
        "http://[::1",
        "http://127.0.0.1:99999",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://",
        "http://0.0.0.0:11434",
    ],
)
def test_any_other_address_is_refused_in_words(url: str):
    with pytest.raises(ParameterError) as caught:
        address(url)
    assert caught.value.hint


async def test_what_the_environment_says_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
):
    for name, value in SECRETS:
        monkeypatch.setenv(name, value)
    for each in NAMES:
        async with staged(each) as stage:
            await stage.reply(stage.says("Yes."))
            (asked,) = stage.server.requests
            assert asked.headers["authorization"] == f"Bearer {stage.server.key}"
            assert set(asked.headers) <= wire.HEADERS | {"accept-encoding", "authorization"}
            assert "canary-" not in json.dumps(asked.headers).replace(stage.server.key, "")


async def test_a_service_on_this_computer_needs_no_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "canary-environment")
    for each in NAMES:
        async with staged(each, key="") as stage:
            stage.server.key = ""
            await stage.reply(stage.says("Yes."))
            assert "authorization" not in stage.server.requests[0].headers


@pytest.mark.parametrize("provider", [AnthropicProvider(""), OpenAIProvider("")])
async def test_a_service_elsewhere_is_not_asked_without_one(
    provider: AnthropicProvider | OpenAIProvider,
):
    error = await trouble_of(provider)
    assert error.trouble is Trouble.KEYS
    assert str(error).startswith("There is no key for ")


async def test_nobody_is_led_elsewhere(stage: Stage):
    with anthropic_server() as elsewhere:
        moved = {"Content-Type": "text/plain", "Location": f"{elsewhere.url}/v1/messages"}
        stage.server.plan(Answer(b"", 307, moved))
        error = await trouble_of(stage.provider)
        assert error.trouble is Trouble.REQUEST
        assert not elsewhere.requests


@pytest.mark.parametrize("key", ["canary-key", ""])
async def test_the_line_leads_to_one_place_alone(key: str):
    async with wire.http_client(address("http://127.0.0.1:9"), key, Timing()) as line:
        with pytest.raises(StreamError, match="elsewhere"):
            await line.get("http://localhost:9/v1/models")


async def test_a_service_cannot_send_without_measure(once: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "MOST", 1_000)
    once.server.plan(plain({"error": {"message": "x" * 5_000}}, 400))
    assert (await trouble_of(once.provider)).trouble is Trouble.SERVICE
    once.server.plan(plain({"data": [{"id": "x" * 5_000}]}))
    with pytest.raises(Exception, match="nobody can read"):
        await once.provider.models()


async def test_a_packed_answer_is_refused(once: Stage):
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    once.server.plan(Answer(b"\x1f\x8b", 200, packed))
    assert (await trouble_of(once.provider)).trouble is Trouble.SERVICE
    assert {each.headers["accept-encoding"] for each in once.server.requests} == {"identity"}


async def test_all_details_of_a_log_show_neither_key_nor_question(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    await stage.provider._ready()
    with caplog.at_level(logging.DEBUG):
        await stage.reply(stage.says("A canary-answer."), ask=question("A canary-question"))
        await stage.provider.models()
        for status in (401, 429, 500):
            stage.server.plan(stage.server.refused(status, "insufficient_quota", stage.server.key))
            await trouble_of(stage.provider, question("A canary-question"))
    assert "canary" not in caplog.text


@pytest.mark.parametrize("name", NAMES)
async def test_without_the_library_there_is_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, name, None)
    provider = provider_for(name, "key", Timing())("http://127.0.0.1:9")
    error = await trouble_of(provider)
    assert error.trouble is Trouble.LIBRARY
    assert str(error).endswith("is not installed.")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "ftp://canary-user:canary-word@127.0.0.1:9"),
        ("ALL_PROXY", "socks5://127.0.0.1:9"),
        ("SSL_CERT_FILE", "/nowhere/to-be-found.pem"),
    ],
)
async def test_a_computer_that_is_set_up_wrongly_is_told_in_words(
    name: str,
    variable: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setenv(variable, value)
    provider = provider_for(name, "key", Timing())("https://models.example.com")
    error = await trouble_of(provider)
    assert error.trouble is Trouble.NETWORK
    assert "HTTPS_PROXY" in error.hint
    with pytest.raises(ModelError):
        await provider.models()
    assert "canary-word" not in caplog.text
    await provider.close()


def test_providers_are_made_without_their_libraries():
    said = (
        "import sys; from puffin.ai.anthropic import AnthropicProvider as A;"
        "from puffin.ai.openai import OpenAIProvider as O; import puffin.ai.scripted;"
        "A('k'); O('k'); found = {'anthropic', 'openai', 'httpx2', 'pydantic'} & set(sys.modules);"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", said], check=True, env=dict(os.environ))
