"""Keys of models: in the keyring and nowhere else, tried out, and made into providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from puffin.ai.base import ModelError, ModelInfo, Trouble
from puffling.core.errors import BadValueError, NotConfirmedError
from puffling.core.settings_assistant import Provider
from puffling.services.model_keys import ModelKeys, make
from tests.agents.models import Model
from tests.servers.anthropic import anthropic_server

if TYPE_CHECKING:
    from puffling.app import App
    from puffling.services.model_keys import Place
    from tests.fakes import FakeDesk
    from tests.outside import FakeSecrets

KEY = "sk-ant-canary-0123456789"


class Service(Model):
    """A service with as many models as a test wants, or none that answers."""

    def __init__(self) -> None:
        super().__init__()
        self.offered = [ModelInfo("big-2", "Big 2"), ModelInfo("big-1", "Big 1")]
        self.fault: ModelError | None = None

    @override
    async def models(self) -> list[ModelInfo]:
        if self.fault is not None:
            raise self.fault
        return self.offered


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def asked() -> list[Place]:
    return []


@pytest.fixture
def keys(puffling: App, keyring: FakeSecrets, service: Service, asked: list[Place]) -> ModelKeys:
    def maker(place: Place) -> Service:
        asked.append(place)
        return service

    context = puffling.context
    return ModelKeys(
        keyring, context.settings, context.audit, context.bus, context.clock, maker=maker
    )


async def test_a_key_is_kept_tried_and_forgotten_and_shows_four_letters(
    keys: ModelKeys, keyring: FakeSecrets, service: Service
):
    await keys.set_key("anthropic", f"  {KEY} ", "test")
    assert keyring.kept == {"anthropic": KEY}
    assert keys.listed("anthropic") == ()
    tried = await keys.test("anthropic")
    assert (tried.works, tried.text) == (True, "It answers, and offers 2 models: big-2, big-1.")
    assert [each.id for each in keys.listed("anthropic")] == ["big-2", "big-1"]
    assert tried.hint == "6789"
    service.fault = ModelError("The key is wrong.", Trouble.KEYS, hint="Set another.")
    tried = await keys.test("anthropic")
    assert (tried.works, tried.text) == (False, "The key is wrong. Set another.")
    await keys.remove("anthropic", "test")
    assert keyring.kept == {}
    assert service.closed
    assert [each.text for each in await keys.list()] == ["No key.", "No key."]


@pytest.mark.parametrize("typed", ["", "short", "with a space in it", "ключ-не-ascii", "a\nb" * 9])
async def test_what_cannot_be_a_key_is_refused(keys: ModelKeys, typed: str):
    with pytest.raises(BadValueError, match=r"key"):
        await keys.set_key("anthropic", typed, "test")
    with pytest.raises(BadValueError, match="no provider 'claude'"):
        await keys.set_key("claude", KEY, "test")


async def test_the_chosen_service_is_asked_where_the_settings_say(
    puffling: App, keys: ModelKeys, asked: list[Place]
):
    change = puffling.context.settings.change
    assert await keys.provider() is None
    change("assistant", provider=Provider.ANTHROPIC)
    assert await keys.provider() is None  # no key
    await keys.set_key("anthropic", KEY, "test")
    assert await keys.provider() is not None
    assert (asked[-1].address, KEY in repr(asked[-1])) == ("", False)
    assert await keys.model() == "big-2"  # Anthropic's newest
    change("assistant", provider=Provider.OPENAI, openai_address="http://127.0.0.1:11434/v1")
    assert await keys.provider() is not None  # on this computer: no key needed
    with pytest.raises(BadValueError, match="offers 2 models, and none is chosen"):
        await keys.model()
    change("assistant", openai_model="llama")
    assert await keys.model() == "llama"
    change("assistant", openai_address="http://127.0.0.1:1234/v1")
    assert keys.listed("openai") == ()  # another program was asked


@pytest.mark.parametrize(
    "address", ["http://models.example.com/v1", "ftp://127.0.0.1", "nothing", "https://a:b@c.d"]
)
async def test_a_key_is_sent_to_no_address_that_others_could_read(puffling: App, address: str):
    for name in ("anthropic_address", "openai_address"):
        with pytest.raises(BadValueError, match="address"):
            puffling.context.settings.change("assistant", **{name: address})


async def test_the_real_providers_are_made_without_loading_their_libraries(asked: list[Place]):
    from puffling.services.model_keys import Place

    assert make(Place("anthropic", KEY, "", 60)).name == "Anthropic"
    assert make(Place("openai", "", "http://127.0.0.1:1/v1", 60)).name == "Local model"


@pytest.mark.slow
async def test_a_key_is_typed_at_the_desk_and_is_nowhere_but_in_the_keyring(
    puffling: App, registry, desk: FakeDesk, keyring: FakeSecrets
):
    context = puffling.context
    command = registry["assistant.set_key"]
    desk.keys = None
    with pytest.raises(NotConfirmedError):
        await command.run_with(context, {"name": "openai"})
    assert "key" not in command.params.model_fields
    desk.keys = (KEY, "")
    context.settings.change("assistant", openai_address="http://127.0.0.1:9/v1")
    told = await command.run_with(context, {"name": "openai"})
    assert told["connection"].works is False  # nobody is there
    assert keyring.kept["openai"] == KEY
    assert KEY not in context.paths.settings.read_text() + str(context.audit.all()) + str(told)


@pytest.mark.slow
async def test_the_first_key_that_works_chooses_its_provider(
    puffling: App, registry, keyring, desk: FakeDesk
):
    context = puffling.context
    with anthropic_server() as server:
        context.settings.change("assistant", anthropic_address=server.url)
        desk.keys = (server.key, "")
        told = await registry["assistant.set_key"].run_with(context, {"name": "anthropic"})
    assert (told["connection"].works, keyring.kept["anthropic"]) == (True, server.key)
    assert context.settings.current.assistant.provider is Provider.ANTHROPIC
