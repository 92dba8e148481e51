"""Finds every sentence the desk may say, in its own source; `puffling words --write` keeps them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from puffling.core import sentences
from puffling.core.paths import resources
from puffling.core.sentences import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGES = ("puffin", "puffling")
# What is never on the screen: the store's history, the servers' words, the command line's help.
_SILENT = (
    *("puffling/store/revisions/", "puffling/__main__.py"),
    *("puffin/ai/", "puffling/agents/prompts"),
)
_QUIET_CALLS = {
    *("getattr", "setattr", "hasattr", "TypeVar", "NewType", "getLogger", "compile", "search"),
    *("debug", "info", "warning", "exception", "strftime", "strptime", "setObjectName"),
    *("setProperty", "property", "set_role", "set_flag", "icon", "pixmap", "open", "encode"),
    *("removeprefix", "removesuffix", "startswith", "endswith", "split", "import_module", "sub"),
}
_SPOKEN = re.compile(r"[A-Za-z]{2,}")
_SINGLE = re.compile(r"&?[A-Z][a-z'&]+(-[A-Za-z][a-z]+)*[…:.?!]?\Z")
_LOWER = re.compile(r"[a-z]{3,}\Z")
_CODE = re.compile(
    r"[\\\x00]|%[YmdHMSbaj]|\b[a-z_]+\.[a-z_]+\(|^[a-z_]+(\.[a-z_]+)+$|://|^(SELECT|INSERT|UPDATE"
    r"|CREATE|DELETE|PRAGMA)\b|^application/|^[a-z]+/[a-z]+$|^--|^\*\.|^\W*$|[{};]\s*$|^#"
)
_CAPITALS = re.compile(r"[A-Z0-9_\W]+\Z")
_FILE = re.compile(r"\S*\.[a-z]{2,5}\Z")
_PLACES = 1


def find(root: Path) -> list[Entry]:
    """Return the sentences of the source below `root`, each with the files that say it."""
    places: dict[str, list[str]] = defaultdict(list)
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if name.startswith(_SILENT):
                continue
            for text in dict.fromkeys(spoken(path.read_text(encoding="utf-8"))):
                if len(places[text]) < _PLACES:
                    places[text].append(name)
    return [Entry(text, places=tuple(files)) for text, files in places.items()]


def page(root: Path | None = None) -> str:
    """Return the catalogue that translators start from."""
    return sentences.write(find(root or Path(__file__).resolve().parents[2]))


def write(root: Path | None = None) -> Path:
    """Write the catalogue; return where."""
    path = resources() / "languages" / "puffling.pot"
    path.write_text(page(root), encoding="utf-8")
    return path


def spoken(source: str) -> Iterator[str]:
    """Yield the sentences that a module may say, those with values as patterns."""
    finder = _Finder()
    finder.visit(ast.parse(source))
    yield from finder.found


class _Finder(ast.NodeVisitor):
    """Collects words and passes over what is only for the program."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._either = False  # within words chosen by a condition, or the values of an enum

    @override
    def visit_Module(self, node: ast.Module) -> None:
        self._body(node.body)

    @override
    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        names = [ast.unparse(each) for each in node.bases]
        either, self._either = self._either, any("Enum" in each for each in names)
        if names == ["Section"]:  # the settings dialog shows what each is for
            self._add((ast.get_docstring(node) or "").splitlines()[0])
        if names:
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    self._title(each.target.id)
        self._body(node.body)
        self._either = either

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    @override
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    @override
    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func).rpartition(".")[2]
        if name in _QUIET_CALLS:
            for each in node.args:
                if isinstance(each, ast.Call):
                    self.visit(each)
            return
        if name == "command" and node.args and isinstance(node.args[0], ast.Constant):
            self._title(str(node.args[0].value).partition(".")[0])  # the noun, as keys show it
        for each in node.args:
            self.visit(each)
        for word in node.keywords:
            if not (name == "command" and word.arg == "words"):  # what people may search for
                self.visit(word.value)
        if isinstance(node.func, ast.Attribute):
            self.visit(node.func.value)

    @override
    def visit_Assign(self, node: ast.Assign) -> None:
        names = [each.id for each in node.targets if isinstance(each, ast.Name)]
        if "__all__" not in names:
            self.generic_visit(node)

    @override
    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)

    @override
    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        kind = ast.unparse(node.value)
        if kind in {"Literal", "Annotated"}:
            either, self._either = self._either, kind == "Literal"
            self.visit(node.slice)
            self._either = either

    @override
    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self._offer(key.value)
            either, self._either = self._either, True
            self.visit(value)
            self._either = either

    @override
    def visit_Tuple(self, node: ast.Tuple) -> None:
        either = self._either  # a value and what it is called
        self._either = either or any(isinstance(each, ast.Attribute) for each in node.elts)
        self.generic_visit(node)
        self._either = either

    @override
    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        either, self._either = self._either, True
        self.visit(node.body)
        self.visit(node.orelse)
        self._either = either

    @override
    def visit_Compare(self, node: ast.Compare) -> None:
        """Words that are compared are not said."""

    @override
    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._pattern(node)
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                self.visit(each.value)

    @override
    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._offer(node.value)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in node.decorator_list:
            self.visit(each)
        if any(isinstance(each, ast.Call) for each in node.decorator_list):
            told = ast.get_docstring(node)
            if told:
                self._add(told.splitlines()[0])
            for argument in (*node.args.args, *node.args.kwonlyargs):
                self._title(argument.arg)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        self._body(node.body)

    def _body(self, body: list[ast.stmt]) -> None:
        for at, each in enumerate(body):
            told = isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
            if not (told and at == 0):
                self.visit(each)

    def _title(self, name: str) -> None:
        words = name.strip("_").replace("_", " ")
        if _SPOKEN.search(words):
            self._add(words[:1].upper() + words[1:])

    def _pattern(self, node: ast.JoinedStr) -> None:
        made, names = "", set[str]()
        for each in node.values:
            if isinstance(each, ast.Constant):
                made += str(each.value).replace("{", "(").replace("}", ")")
            elif isinstance(each, ast.FormattedValue):
                name = _name(each.value)
                if not name or name in names:
                    name = str(len(names))
                names.add(name)
                made += f"{{{name}}}"
        filled = re.sub(r"\{\w*\}", "0", made)
        if _SPOKEN.search(filled) and not _CODE.search(filled) and not _FILE.match(filled):
            self._add(made)

    def _offer(self, text: str) -> None:
        bare = text.strip()
        if not _SPOKEN.search(bare) or _CODE.search(bare) or _CAPITALS.match(bare):
            return
        if " " in bare or _SINGLE.match(bare) or (self._either and _LOWER.match(bare)):
            self._add(bare)
        elif self._either and "_" in bare and bare.replace("_", "").isalpha():
            self._title(bare)

    def _add(self, text: str) -> None:
        self.found.append(text)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    return node.id.strip("_").lower() if isinstance(node, ast.Name) else ""
