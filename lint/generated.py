"""Names that the build makes: out of tables that the change feeds, or by macros that paste them together."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lint.change import Change, is_source
from lint.cparse.facts import FileFacts
from lint.cparse.model import Kind
from lint.state import State

_WORD = re.compile(rb"[A-Za-z_]\w{2,}")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")
_TEXT = (".rst", ".txt", ".yaml", ".json", ".dts", ".dtsi", ".py", ".sh", ".pl", ".config")
_LINKER = (".lds", ".lds.S", ".lds.h")
_BUILD = ("Makefile", "Kbuild", "MAINTAINERS", "CREDITS", ".gitignore")


def is_generated(change: Change, name: str) -> bool:
    """Whether the change adds a line to a table (a ``.tbl``, a register description) with a word of ``name`` in it.

    Such tables are turned into headers during the build, so that the definition is nowhere to be read.
    """
    parts = set(_parts(name))
    return any(word in parts for word in _table_words(change))


def is_pasted(state: State, paths: Iterable[str], name: str) -> bool:
    """Whether macros in one of these files could make ``name`` by pasting their arguments.

    Either an invocation at file scope that may expand to anything with that argument, or one in the body of another
    macro (a list of names) whose argument fits a paste of these files exactly.
    """
    files = [file for path in dict.fromkeys(paths) if (file := state.facts(path)) is not None]
    fitting = {rest for file in files for paste in file.pastes if (rest := _rest(paste.prefix, paste.suffix, name))}
    for file in files:
        for call in file.calls():
            if (not call.function or file.path.endswith(_LINKER)) and any(_may_make(a, name) for a in call.arguments):
                return True
            if not fitting.isdisjoint(call.arguments) and _is_macro(file, call.function):
                return True
    return False


def _rest(prefix: str, suffix: str, name: str) -> str:
    """What has to stand between a prefix and a suffix to make a name; empty when nothing does."""
    if not (prefix or suffix) or not (name.startswith(prefix) and name.endswith(suffix)):
        return ""
    return name[len(prefix) : len(name) - len(suffix)]


def _is_macro(file: FileFacts, name: str) -> bool:
    return bool(name) and any(item.kind is Kind.MACRO for item in file.definitions_of(name))


def _may_make(argument: str, name: str) -> bool:
    if not _IDENTIFIER.match(argument) or argument == name or len(argument) < 2:
        return False
    return name.startswith(argument) or name.endswith(argument) or f"_{argument}_" in name


def _table_words(change: Change) -> Iterable[str]:
    for file in change.files:
        if _is_table(file.path) and file.after is not None:
            for _, text in change.added_lines(file):
                for word in _WORD.findall(text):
                    yield word.decode("ascii")


def _is_table(path: str) -> bool:
    name = path.rpartition("/")[2]
    if is_source(path) or path.startswith("Documentation/") or name.startswith("Kconfig") or name in _BUILD:
        return False
    return not path.endswith(_TEXT) and not path.endswith("_defconfig")


def _parts(name: str) -> Iterable[str]:
    """Every run of whole underscore-separated words of a name."""
    words = name.split("_")
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield "_".join(words[start:end])
