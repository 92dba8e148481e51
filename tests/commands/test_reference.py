"""The pages of help are what the declarations say; `make reference` writes them again."""

from __future__ import annotations

from puffling.commands import keystrokes
from puffling.commands.reference import commands_page, settings_page, write
from puffling.core.paths import resources


def test_the_page_of_commands_is_not_stale(registry):
    assert (resources() / "help/commands.md").read_text() == commands_page(registry)


def test_the_page_of_settings_is_not_stale():
    assert (resources() / "help/settings.md").read_text() == settings_page()


def test_the_page_of_keys_is_not_stale(registry):
    assert (resources() / "help/keys.md").read_text() == keystrokes.page(registry)


def test_every_command_is_on_its_page_with_its_key_and_its_parameters(registry):
    page = commands_page(registry)
    for each in registry:
        assert f"### `{each.id}`: {each.title}" in page
        if each.shortcut:
            assert f" · {each.shortcut}" in page
        for name in each.params.model_fields:
            assert f"- `{name}` (" in page


def test_the_pages_are_written_where_asked(registry, tmp_path):
    written = write(registry, tmp_path / "help")
    assert [each.name for each in written] == ["commands.md", "settings.md", "keys.md"]
    assert written[0].read_text() == commands_page(registry)
