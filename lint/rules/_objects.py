"""Objects and directories that Makefiles list, and whether there is anything to make them from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, normpath

from lint.kbuild.lists import Listed, parse_lists
from lint.kbuild.sources import Sources
from lint.snapshot.tree import Tree

# These Makefiles speak another language, or build no objects of the kernel.
APART = ("tools/", "scripts/", "Documentation/", "usr/")
_LINKED = ("obj", "lib", "subdir")


@dataclass(frozen=True, slots=True)
class Missing:
    """A word of a list with nothing behind it: the line that it stands on, and its path in the tree."""

    listed: Listed
    line: int
    path: str


def is_makefile(path: str) -> bool:
    """Whether a path is what Kbuild reads in a directory."""
    return path.rpartition("/")[2] in ("Makefile", "Kbuild") and not path.startswith(APART)


def missing_in(tree: Tree, sources: Sources, path: str, within: frozenset[int] | None = None) -> Iterator[Missing]:
    """What a Makefile or Kbuild file lists to be built, on some lines or on all, with nothing to build it from."""
    text = tree.read(path) or b""
    listed = parse_lists(path, text)
    linked = {word.target for word in listed if word.kind in _LINKED and word.condition is not False}
    lines = text.split(b"\n")
    for word in listed:
        if not _is_listed(word, linked):
            continue
        line = _line_of(lines, word)
        if (within is None or line in within) and not _is_made(sources, path, word):
            yield Missing(word, line, target_path(path, word.target))


def target_path(path: str, target: str) -> str:
    """The path of a listed word in the tree; what arch/x/Makefile and the top Makefile list counts from the top."""
    name = target.replace("$(src)/", "").replace("$(obj)/", "")
    whole = path == "Makefile" or (path.startswith("arch/") and path.endswith("Makefile") and path.count("/") == 2)
    directory = "" if whole or name.startswith("$(srctree)/") else dirname(path)
    name = name.replace("$(srctree)/", "")
    return normpath(f"{directory}/{name}" if directory else name)


def above(path: str) -> Iterator[str]:
    """The directories above a path, the nearest first, the top of the tree last."""
    while path:
        path = dirname(path)
        yield path


def _is_made(sources: Sources, path: str, word: Listed) -> bool:
    """Whether an object can be made, or a directory entered; a Makefile may be read for a directory above its own."""
    whole = target_path(path, word.target)
    if word.target.endswith("/"):
        return sources.is_entered(whole)
    if sources.is_made(dirname(path), whole):
        return True
    return any(sources.has_source(normpath(f"{directory}/{word.target}")) for directory in above(dirname(path)))


def _is_listed(word: Listed, linked: set[str]) -> bool:
    """Whether a word is linked for sure: in a list of Kbuild, or a member of an object that is in one."""
    name = word.target.replace("$(src)/", "").replace("$(obj)/", "").replace("$(srctree)/", "")
    if any(char in name for char in "$*%,()") or not name.endswith((".o", "/")) or word.condition is False:
        return False
    return word.kind != "composite" or f"{word.owner}.o" in linked


def _line_of(lines: list[bytes], word: Listed) -> int:
    """The line of a word in an assignment that may go on over several lines."""
    name = word.target.rstrip("/").encode()
    number = word.line
    while number <= len(lines):
        text = lines[number - 1]
        if any(piece.rstrip(b"/\\") == name for piece in text.replace(b"=", b" ").split()):
            return number
        if not text.endswith(b"\\"):
            break
        number += 1
    return word.line
