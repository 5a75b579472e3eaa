"""Which objects a makefile line stands for: the object itself, the parts of a composite one, or all of a directory."""

from __future__ import annotations

from collections.abc import Iterator

from lint.kbuild.gates import Gates
from lint.kbuild.lists import Listed
from lint.snapshot.tree import Tree

SOURCES = (".c", ".S", ".rs")
_MOST_LEVELS = 6


def source_of(tree: Tree, path: str) -> str | None:
    """The source file of an object; None for one that is made of others, or by the build."""
    return next((path[:-2] + end for end in SOURCES if tree.exists(path[:-2] + end)), None)


def objects_of(tree: Tree, gates: Gates, directory: str, target: str, levels: int = _MOST_LEVELS) -> Iterator[str]:
    """The objects with a source that a word in a directory's makefile stands for, each once and in order."""
    yield from dict.fromkeys(_objects(tree, gates, directory, target, levels))


def _objects(tree: Tree, gates: Gates, directory: str, target: str, levels: int) -> Iterator[str]:
    if levels < 0:
        return
    if target.endswith("/"):
        inner = target.rstrip("/")
        for word in gates.lists(inner) if inner != directory else ():
            yield from _objects(tree, gates, inner, word, levels - 1)
    elif target.endswith(".o"):
        if source_of(tree, target) is not None:
            yield target
        else:
            owner = target.rpartition("/")[2].removesuffix(".o")
            for word in _owned(gates, directory, owner):
                yield from _objects(tree, gates, directory, word, levels - 1)
    elif target.startswith("$("):
        name = target[2:-1]
        for owner in dict.fromkeys((name, name.rpartition("-")[0])):
            for word in _owned(gates, directory, owner) if owner else ():
                if word != target:
                    yield from _objects(tree, gates, directory, word, levels - 1)


def _owned(gates: Gates, directory: str, owner: str) -> Iterator[str]:
    """The words that are assigned to the lists of a composite object or to a variable."""
    for word, lines in gates.lists(directory).items():
        if any(_belongs(one, owner) for one in lines):
            yield word


def _belongs(one: Listed, owner: str) -> bool:
    return one.kind == "composite" and one.owner == owner
