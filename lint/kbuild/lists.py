"""Kbuild files as lists: which object or directory is listed where, apart for built-in and for modules.

What make would have to be run for (functions, shell, pattern rules) is not understood and becomes a ``?text`` atom or
a word that nothing matches; nothing is ever run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lint.kbuild.values import BUILTIN, MODULE, Value, conditional, split_words, suffix_value
from lint.logic import Formula, both, either, negate

_LISTS = ("obj", "lib", "core", "drivers", "libs", "net", "head", "init", "virt", "extra", "always")
_KEYWORDS = ("ifeq", "ifneq", "ifdef", "ifndef")
_SUFFIXES = ("objs", "y", "m")
_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One word of one assignment: an object (``foo.o``), a linker script, a directory, an included file or a variable.

    ``kind``: ``obj`` and ``lib`` for the lists of Kbuild, ``subdir`` for a directory in one of them, ``composite`` for
    a member of ``owner`` (``foo-y`` and ``foo-objs`` have the owner ``foo``, a plain variable is its own), ``include``
    for another Makefile. ``builtin`` and ``module``: when the word stands in the y list and in the m list.
    """

    path: str
    line: int
    target: str
    kind: str
    owner: str
    builtin: Formula
    module: Formula

    @property
    def condition(self) -> Formula:
        """When the word is listed at all."""
        return either((self.builtin, self.module))


def parse_lists(path: str, text: bytes) -> tuple[Listed, ...]:
    """The lists of one Makefile or Kbuild file, word by word, in order; raises nothing."""
    found: list[Listed] = []
    for line, content, stripped, around in _conditional_lines(text):
        if not content.startswith("\t") or "+=" in content or ":=" in content:
            found.extend(_assignment(path, line, stripped, around))
    return tuple(found)


def assigned(text: bytes, name: str) -> tuple[tuple[str, Formula], ...]:
    """Each word that a makefile assigns to a variable, alone on its line, and when that line counts."""
    found = []
    for _, _, stripped, around in _conditional_lines(text) if name.encode() in text else ():
        left, value = _sides(stripped)
        if left == name and value.strip() and len(value.split()) == 1 and "$" not in value:
            found.append((value.strip(), around))
    return tuple(found)


def _conditional_lines(text: bytes) -> Iterator[tuple[int, str, str, Formula]]:
    """The lines that are no conditionals: number, content as it stands and without blanks, and when it counts."""
    # Of every open conditional: that no earlier branch was taken, and when the open branch is.
    branches: list[tuple[Formula, Formula]] = []
    for line, content in logical_lines(text):
        stripped = content.strip()
        word, _, rest = stripped.replace("\t", " ").partition(" ")
        if word.partition("(")[0] in _KEYWORDS:
            test = conditional(stripped)
            branches.append((negate(test), test))
        elif word == "else" and branches:
            before, inner = branches[-1][0], rest.strip()
            test = conditional(inner) if inner.startswith(_KEYWORDS) else True
            branches[-1] = (both((before, negate(test))), both((before, test)))
        elif word == "endif" and branches:
            branches.pop()
        else:
            yield line, content, stripped, both(branch for _, branch in branches)


def _assignment(path: str, line: int, content: str, around: Formula) -> Iterator[Listed]:
    words = content.split(None, 1)
    if len(words) == 2 and words[0] in ("include", "-include", "sinclude"):
        yield from (Listed(path, line, word, "include", "", around, False) for word in split_words(words[1]))
        return
    name, value = _sides(content)
    if not name:
        return
    owner, kind, listed = _list(name)
    builtin, module = both((around, listed[0])), both((around, listed[1]))
    for word in _expanded(value):
        if owner == "subdir":
            yield Listed(path, line, word.rstrip("/") + "/", "subdir", owner, builtin, module)
        elif word.endswith("/") and kind != "composite":
            yield Listed(path, line, word, "subdir", owner, builtin, module)
        elif word.endswith((".o", ".lds", ")", "/")):
            yield Listed(path, line, word, kind, owner, builtin, module)


def _list(name: str) -> tuple[str, str, Value]:
    """Of a variable's name: its owner, the kind of its words, and the list that they stand in."""
    owner, dash, suffix = name.partition("-$(")
    if dash:
        value = suffix_value("$(" + suffix)
    else:
        owner, dash, suffix = name.rpartition("-")
        if not dash or suffix not in _SUFFIXES:
            return name, "composite", BUILTIN
        value = MODULE if suffix == "m" else BUILTIN
    if suffix != "objs" and (owner in _LISTS or owner == "subdir"):
        return owner, "lib" if owner in ("lib", "libs") else "obj", value
    return owner, "composite", value


def _sides(content: str) -> tuple[str, str]:
    """The variable and the value of an assignment; empty for a rule or anything else."""
    depth = 0
    for at, char in enumerate(content):
        depth += (char == "(") - (char == ")")
        if char == "=" and depth == 0:
            name = content[:at].rstrip("+:? \t").removeprefix("export ").strip()
            return (name, content[at + 1 :]) if name and (" " not in name or "$(" in name) else ("", "")
        if char == ":" and depth == 0 and content[at + 1 : at + 2] not in ("=", ":"):
            return "", ""
    return "", ""


def _expanded(value: str) -> Iterator[str]:
    """The words of a value, with ``$(addprefix dir/,a.o b.o)`` written out."""
    for word in split_words(value):
        if word.startswith("$(addprefix ") and word.endswith(")"):
            prefix, comma, rest = word[len("$(addprefix ") : -1].partition(",")
            if comma and "$" not in prefix:
                yield from (inner if "$(" in inner else prefix.strip() + inner for inner in split_words(rest))
                continue
        yield word


def logical_lines(text: bytes) -> Iterator[tuple[int, str]]:
    """Lines with continuations joined and comments cut, with the number of the first."""
    pending: list[str] = []
    start = 0
    for number, line in enumerate(text.decode("utf-8", "replace").split("\n")[:_MOST_LINES], 1):
        if not pending:
            start = number
        if line.endswith("\\"):
            pending.append(line[:-1])
            continue
        content = " ".join((*pending, line)).partition("#")[0].rstrip()
        pending = []
        if "${" in content:
            content = content.replace("${", "$(").replace("}", ")")
        if content:
            yield start, content
    if pending:
        yield start, " ".join(pending).partition("#")[0].rstrip()
