"""The search path that makefiles give to the compiler: every ``-I`` on the way from a directory to the top.

Read generously: a flag counts for the whole directory and all below it, whatever object or condition it stands for.
What make would have to be run for becomes a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname, normpath

from lint.snapshot.tree import Tree

_TOKEN = r"((?:\$\([^()\s]*+\)|\$\{[^{}\s]*+\}|[^\s$(){},'\"\\;])++,?+)"
_FLAG = re.compile(r"(?<![\w-])-(?:I|iquote|isystem|idirafter)(?:[ \t]++|[ \t]*+\\\n[ \t]*+|,)?+" + _TOKEN)
_ASSIGNED = re.compile(r"^[ \t]*+(?:export[ \t]++|override[ \t]++)?([\w-]++)[ \t]*+[:?+]?=[ \t]*+(\S++)[ \t]*+$", re.M)
_INCLUDED = re.compile(r"^[ \t]*+-?s?include[ \t]++(\S++)", re.M)
_VARIABLE = re.compile(r"\$[({]([\w-]++)[)}]")
_FORCED = re.compile(r"-include[ \t]++\$\(srctree\)/([\w/.-]++)")
_MOST_VALUES = 4
_MOST_DIRECTORIES = 400
_MOST_NESTED = 5
_HOST = ("tools/", "scripts/", "usr/", "samples/", "Documentation/")
# What the makefile of an architecture includes by computed names.
_PLATFORM = ("Platform", "Makefile.", "Kbuild.")
# Where the flags stand that every object of the kernel is compiled with.
_COMMON = ("Makefile", "scripts/Makefile.lib", "scripts/Makefile.build")


@dataclass(frozen=True, slots=True)
class SearchPath:
    """Directories relative to the tree, in order; ``patterns`` match those that make would have to work out."""

    directories: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    def matches(self, directory: str) -> bool:
        """Whether a pattern may stand for this directory."""
        return any(pattern.fullmatch(directory) for pattern in self.patterns)


class Flags:
    """The search paths of one tree; every makefile is read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._found: dict[tuple[str, str], SearchPath] = {}

    def of(self, directory: str, arch: str) -> SearchPath:
        """What the makefiles from ``directory`` up to the top, and that of the architecture, add to the search path."""
        key = directory, arch
        if key not in self._found:
            self._found[key] = self._collect(directory, arch)
        return self._found[key]

    @cached_property
    def forced(self) -> tuple[str, ...]:
        """The headers that every object is compiled with (``-include``), those that exist."""
        texts = (self._read(path) for path in _COMMON)
        found = dict.fromkeys(name for text in texts for name in _FORCED.findall(text))
        return tuple(path for path in found if self._tree.exists(path))

    def _collect(self, directory: str, arch: str) -> SearchPath:
        exact: dict[str, None] = {}
        wild: dict[str, re.Pattern[str]] = {}
        variables: dict[str, list[str]] = {"SRCARCH": [arch], "ARCH": [arch]} if arch else {}
        for own, text in self._texts(directory, arch):
            for name, value in _ASSIGNED.findall(text):
                known = variables.setdefault(name, [])
                if name not in ("SRCARCH", "ARCH") and value not in known and len(known) < _MOST_VALUES:
                    known.append(value)
            for token in _FLAG.findall(text):
                for value in _expanded(token, own, directory, variables, 0):
                    if "\0" in value:
                        wild.setdefault(value, _pattern(value))
                    elif not value.startswith(("/", "..")) and len(exact) < _MOST_DIRECTORIES:
                        exact[value] = None
        return SearchPath(tuple(exact), tuple(wild.values()))

    def _texts(self, directory: str, arch: str) -> Iterator[tuple[str, str]]:
        """Makefiles with the directory that ``$(src)`` means in them, from the top down."""
        chain = [directory]
        while chain[-1]:
            chain.append(dirname(chain[-1]))
        seen: set[str] = set()
        if directory.startswith(_HOST):
            chain.pop()  # what the top says is for the kernel's own objects
        elif arch and f"arch/{arch}" not in chain:
            chain.insert(-1, f"arch/{arch}")
        for own in reversed(chain):
            names = [f"{own}/{name}" if own else name for name in ("Makefile", "Kbuild")]
            if arch and own == f"arch/{arch}":
                names += (p for p in self._tree.list(f"{own}/") if p.rpartition("/")[2].startswith(_PLATFORM))
            for path in names:
                yield from self._with_included(path, own, seen, 0)

    def _with_included(self, path: str, own: str, seen: set[str], depth: int) -> Iterator[tuple[str, str]]:
        if path in seen or depth > _MOST_NESTED:
            return
        seen.add(path)
        text = self._read(path)
        if not text:
            return
        variables: dict[str, list[str]] = {}
        for name, value in _ASSIGNED.findall(text):
            variables.setdefault(name, []).append(value)
        for included in _INCLUDED.findall(text) if own else ():
            for value in _expanded(included, own, own, variables, 0):
                if "\0" not in value and not value.startswith("scripts/"):
                    yield from self._with_included(value, own, seen, depth + 1)
        yield own, text

    def _read(self, path: str) -> str:
        return (self._tree.read(path) or b"").decode("utf-8", "replace").replace("\\\n", " ")


def _expanded(token: str, own: str, start: str, variables: Mapping[str, list[str]], depth: int) -> Iterator[str]:
    """The directories that a word can mean; a NUL stands for what is not known.

    ``own`` is the makefile's directory, ``start`` that of the object: ``$(src)`` and ``.`` may mean either.
    """
    if token.endswith(","):  # $(addprefix -Idir/,names)
        token = f"{token[:-1]}%"
    found = _VARIABLE.search(token)
    if found is None:
        value = token.replace("%", "\0").replace("*", "\0")
        if "$" in value:
            value = re.sub(r"\$\([^()]*+\)|\$\S", "\0", value)
        if value.startswith("\1/") or value == "\1":
            yield _normal(value[2:], "")
        elif value.startswith("/"):
            return
        else:
            yield _normal(value, "")
            if value.startswith("."):
                yield _normal(value, own)
                if start != own:
                    yield _normal(value, start)
        return
    name = found[1]
    if depth > _MOST_NESTED:
        return
    if name in ("srctree", "objtree", "top_srcdir", "srcroot", "abs_srctree", "KBUILD_SRC"):
        values = ["\1"]
    elif name in ("src", "obj", "srcdir", "here", "CURDIR"):
        values = [f"\1/{place}" for place in dict.fromkeys((start, own))]
    else:
        values = variables.get(name, [])[:_MOST_VALUES] or ["\0"]
    for value in values:
        # $(srctree)/$(src): the second one is relative to the first.
        before = token[: found.start()]
        inner = value[2:] if value.startswith("\1") and "\1" in before else value
        yield from _expanded(before + inner + token[found.end() :], own, start, variables, depth + 1)


def _normal(value: str, base: str) -> str:
    value = value.replace("\1", "")
    path = normpath(f"{base}/{value.lstrip('/')}" if base else value.lstrip("/") or ".")
    return "" if path == "." else path


def _pattern(value: str) -> re.Pattern[str]:
    return re.compile("[^\n]*".join(re.escape(part) for part in re.split("\0+", value)))
