"""Fast answers for all architectures at once, from the text alone: where symbols are defined and selected."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from lint.snapshot.tree import Tree

_NOT_THE_KERNEL: Final = ("Documentation/kbuild/", "scripts/kconfig/", "tools/")
_entry: Final = re.compile(r"[ \t]*+(?:menu)?config[ \t]++([A-Za-z0-9_]++)[ \t]*+(?:#.*)?$").match
_select: Final = re.compile(r"[ \t]*+(select|imply)[ \t]++([A-Za-z0-9_]++)(?:[ \t]++if[ \t(!]([^#]*))?").match
_word: Final = re.compile(r"[A-Za-z0-9_]++").fullmatch


class Place(NamedTuple):
    """A line of a file, counted from 1."""

    path: str
    line: int


class Selector(NamedTuple):
    """A ``select`` or ``imply`` as it is written: its place, its own condition and the symbol that it belongs to.

    ``condition`` is empty without ``if``; ``selector`` is empty when no entry stands above it.
    """

    path: str
    line: int
    condition: str
    selector: str
    imply: bool


def is_kconfig_file(path: str) -> bool:
    """Whether a path names a Kconfig file of the kernel: by its name, and no example, test input or tool's own."""
    name = path[path.rfind("/") + 1 :]
    if not name.startswith("Kconfig") or path.startswith(_NOT_THE_KERNEL):
        return False
    return len(name) == 7 or not name[7].isalnum()


def definitions(tree: Tree, names: Collection[str]) -> Mapping[str, tuple[Place, ...]]:
    """Where each symbol has a ``config`` or ``menuconfig`` entry, sorted; every name is a key of the answer."""
    found: dict[str, tuple[Place, ...]] = dict.fromkeys(sorted(set(names)), ())
    for name, occurrences in tree.search(_searchable(names)).items():
        places = []
        for occurrence in occurrences:
            if is_kconfig_file(occurrence.path):
                match = _entry(occurrence.text.decode("utf-8", "replace").rstrip())
                if match is not None and match.group(1) == name:
                    places.append(Place(occurrence.path, occurrence.line))
        found[name] = tuple(places)
    return MappingProxyType(found)


def selectors(tree: Tree, name: str) -> tuple[Selector, ...]:
    """Every ``select`` and ``imply`` of a symbol in the tree, sorted by place."""
    found = []
    for occurrence in tree.search(_searchable((name,))).get(name, ()):
        if not is_kconfig_file(occurrence.path):
            continue
        match = _select(occurrence.text.decode("utf-8", "replace"))
        if match is None or match.group(2) != name:
            continue
        lines = (tree.read(occurrence.path) or b"").split(b"\n")
        text = _joined(lines, occurrence.line)
        match = _select(text)
        if match is not None and match.group(2) == name:
            condition = " ".join(text[match.end(2) :].partition("#")[0].split()).removeprefix("if").strip()
            selector = _owner(lines, occurrence.line)
            found.append(Selector(occurrence.path, occurrence.line, condition, selector, match.group(1) == "imply"))
    return tuple(found)


def _searchable(names: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in sorted(set(names)) if _word(name))


def _joined(lines: list[bytes], line: int) -> str:
    text = b""
    for part in lines[line - 1 : line + 50]:
        text += part
        if not part.endswith(b"\\"):
            break
        text = text[:-1]
    return text.decode("utf-8", "replace")


def _owner(lines: list[bytes], line: int) -> str:
    for index in range(min(line, len(lines)) - 1, -1, -1):
        match = _entry(lines[index].decode("utf-8", "replace").rstrip())
        if match is not None:
            return match.group(1)
    return ""
