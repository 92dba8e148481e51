"""Commands about the assistant: ask, stop, find and keep conversations, keys of models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id
from puffling.core.conversations import LONGEST_QUESTION, LONGEST_TITLE, Conversation, Speaker
from puffling.core.errors import BadValueError, NotConfirmedError
from puffling.core.settings_assistant import Provider
from puffling.services.model_keys import NAMES, OF, TITLES, ModelConnection

if TYPE_CHECKING:
    from puffling.core.conversations import ChatMessage

Service = Annotated[str, Field(title="Service", description=f"{' or '.join(NAMES)}.")]
AnyService = Annotated[
    str, Field(title="Service", description=f"{' or '.join(NAMES)}; empty for the one in use.")
]
Title = Annotated[
    str, Field(max_length=LONGEST_TITLE, title="Title", description="What it is called in lists.")
]
Words = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        title="Question",
        description="In your words, or one of /brief /analyse /backtest /scan /risk /report "
        "/explain; @AAPL names a symbol.",
    ),
]
InConversation = Annotated[
    str, Field(title="Conversation", description="Its id; empty begins a new one.")
]
OfConversation = Annotated[
    str, Field(title="Conversation", description="Its id; empty for all of them.")
]
Sought = Annotated[str, Field(title="Words", description="In titles and in what was said.")]
File = Annotated[
    Path, Field(title="File", description="A .md or .json, or a folder for one named by its title.")
]


@command(
    "assistant.ask", "Ask the assistant…", menu=None, effect=Effect.CHANGE, words="ai chat model"
)
async def ask(context: Context, text: Words, conversation: InConversation = "") -> dict[str, Any]:
    """Ask the assistant something, and wait for its answer.

    It looks things up by itself, asks you before it changes anything, and never trades: what it
    would trade waits in the inbox for you.
    """
    await context.late.prepare()
    id_ = conversation or context.conversations.new().id
    try:
        last = await context.assistant.ask(id_, text)
    except BadValueError:
        if not conversation:
            context.conversations.delete(id_)  # nothing was said in it
        raise
    return _answered(context, last)


@command("assistant.regenerate", "Answer again…", menu=None, effect=Effect.CHANGE, words="retry")
async def regenerate(context: Context, id: Id) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Have the last question of a conversation answered anew."""
    await context.late.prepare()
    return _answered(context, await context.assistant.regenerate(id))


@command("assistant.stop", "Stop the answer…", menu=None, effect=Effect.CHANGE, words="cancel halt")
async def stop(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Stop the answer of a conversation within a second, and keep what there is of it."""
    context.conversations.get(id)
    await context.assistant.stop(id)


@command("assistant.new", "New conversation…", menu=None, effect=Effect.CHANGE, words="thread chat")
async def new(context: Context, title: Title = "") -> Conversation:
    """Begin a conversation; without a title it is called after its first question."""
    return context.conversations.new(title)


@command("assistant.list", "Conversations", menu=None, effect=Effect.LOOK, words="threads chats")
async def list_(context: Context) -> list[Conversation]:
    """List the conversations with the assistant, the one used last first."""
    return context.conversations.all()


@command("assistant.show", "Show conversation…", menu=None, effect=Effect.LOOK, words="thread")
async def show(context: Context, id: Id) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Show what was said in a conversation, with the tools that were used."""
    thread = context.conversations.thread(id)
    return {
        "conversation": thread.conversation,
        "messages": [_message(each) for each in thread.messages],
    }


@command(
    "assistant.search", "Find in conversations…", menu=None, effect=Effect.LOOK, words="search chat"
)
async def search(context: Context, text: Sought) -> list[dict[str, Any]]:
    """Find words in the titles of conversations and in what was said."""
    return [
        {
            "id": each.conversation.id,
            "title": each.conversation.title,
            "message": each.message,
            "excerpt": each.excerpt,
        }
        for each in await context.conversations.search(text)
    ]


@command("assistant.rename", "Rename conversation…", menu=None, effect=Effect.CHANGE, words="title")
async def rename(context: Context, id: Id, title: Title) -> Conversation:  # noqa: A002 - what the list calls it
    """Call a conversation something else."""
    old = context.conversations.get(id)
    changed = context.conversations.rename(id, title)
    context.undo.note(
        "Title of a conversation",
        lambda: context.conversations.rename(id, old.title),
        lambda: context.conversations.rename(id, changed.title),
    )
    return changed


@command(
    "assistant.export",
    "Export conversation…",
    menu=None,
    effect=Effect.CHANGE,
    words="save markdown json",
)
async def export(context: Context, id: Id, path: File) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Write a conversation to a file: Markdown to read, or JSON to keep.

    Keys and passwords that somebody typed into it are blotted out.
    """
    return {"path": await context.conversations.export(id, path)}


@command(
    "assistant.delete", "Delete conversation…", menu=None, effect=Effect.CHANGE, words="remove"
)
async def delete(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Delete a conversation; it can be brought back until Puffling closes.

    What it proposed stays in the inbox, and what its models used stays counted.
    """
    conversations, assistant = context.conversations, context.assistant
    conversations.get(id)
    await assistant.stop(id)
    assistant.lock(id)
    thread = conversations.delete(id)

    def back() -> None:
        conversations.put_back(thread)
        assistant.unlock(id)

    def again() -> None:
        assistant.lock(id)
        conversations.delete(id)

    context.undo.note("Deleted conversation", back, again)


@command(
    "assistant.usage", "Usage of models", menu=None, effect=Effect.LOOK, words="tokens cost budget"
)
async def usage(context: Context, conversation: OfConversation = "") -> dict[str, Any]:
    """Show how many tokens models used and what they cost, today and in a conversation.

    Money is counted only where prices are set; the services tell none.
    """
    ledger = context.model_usage
    shown = {"today": ledger.today(), "limits": ledger.allowances(conversation)}
    return shown | ({"conversation": ledger.of(conversation)} if conversation else {})


@command(
    "assistant.set_key",
    "Set a model's key…",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    words="anthropic claude openai ollama ai api",
)
async def set_key(context: Context, name: Service) -> dict[str, Any]:
    """Ask for the key of a service of models, hidden while it is typed, and try it out.

    It goes into the system's keyring and nowhere else. Where no provider was chosen yet, one whose
    key works is.
    """
    title = TITLES.get(name, name)
    text = f"From the page of {title}. It is kept in the system's keyring."
    typed = await context.desk.ask_key(f"Key of {title}", text)
    if typed is None:
        raise NotConfirmedError("The key stays as it was.")
    note = await context.model_keys.set_key(name, typed, context.actor)
    tried = await context.model_keys.test(name)
    if tried.works and context.settings.current.assistant.provider is Provider.NONE:
        chosen = next(each for each, known in OF.items() if known == name)
        context.settings.change("assistant", provider=chosen)
    return {"connection": tried, **({"note": note} if note else {})}


@command(
    "assistant.remove_key", "Remove a model's key…", menu=None, effect=Effect.CHANGE, words="forget"
)
async def remove_key(context: Context, name: Service) -> list[ModelConnection]:
    """Forget the key of a service of models; its conversations stay."""
    await context.model_keys.remove(name, context.actor)
    return await context.model_keys.list()


@command("assistant.test", "Test a model's key…", menu=None, effect=Effect.LOOK, words="try")
async def test(context: Context, name: Service) -> ModelConnection:
    """Ask a service for its models, which tells whether its key and its address are right."""
    return await context.model_keys.test(name)


@command("assistant.models", "Models", menu=None, effect=Effect.LOOK, words="list claude gpt")
async def models(context: Context, name: AnyService = "") -> dict[str, Any]:
    """List the models that a service offers now; the names are for the settings."""
    if not (name or context.model_keys.chosen):
        return {"models": [], "note": "No provider is chosen in the settings."}
    return {"models": await context.model_keys.models(name)}


def _answered(context: Context, last: ChatMessage) -> dict[str, Any]:
    """Return what was said since the last question."""
    messages = context.conversations.messages(last.conversation)
    asked = max((each.height for each in messages if each.role is Speaker.PERSON), default=0)
    return {
        "conversation": last.conversation,
        "state": last.state,
        "answer": [_message(each) for each in messages if each.height > asked],
    }


def _message(message: ChatMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "role": message.role,
        "at": message.created_at,
        "provider": message.provider,
        "model": message.model,
        "text": message.text,
        "trouble": f"{message.trouble} {message.hint}".strip(),
        "tools": [
            {
                "tool": each.tool,
                "values": each.arguments,
                "state": each.state,
                "seconds": each.seconds,
            }
            for each in message.calls
        ],
        "tokens": None if message.usage is None else message.usage.total,
        "cost": message.cost,
    }


COMMANDS = (
    ask,
    regenerate,
    stop,
    new,
    list_,
    show,
    search,
    rename,
    export,
    delete,
    usage,
    set_key,
    remove_key,
    test,
    models,
)
