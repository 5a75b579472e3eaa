"""What an object is made from: a source beside it, a composite list, or a rule of a Makefile.

The rules that hold everywhere (``%.o`` from ``%.c``, ``%.dtb.S`` from ``%.dtb`` ...) are read in scripts/Makefile.build
and what that includes. Whatever make would have to be run for counts as a way to make the object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from posixpath import dirname, normpath

from lint.kbuild.lists import logical_lines, parse_lists
from lint.snapshot.tree import Tree

EVERYWHERE = "scripts/Makefile.build"
# For a tree without the kernel's own: what its scripts have said since there is a Kbuild.
_USUAL = b"%.o: %.c\n%.o: %.S\n%.o: %.rs\n%: %_shipped\n"
_MOST_DEPTH = 5
_MOST_FILES = 64
_MOST_TEXT = 20_000
_INNERMOST = re.compile(r"\$\(([^()$]*)\)")
_ROOT = "\x01"


@dataclass(frozen=True, slots=True)
class MakeRule:
    """One rule: target and prerequisite words with variables resolved; ``*`` for what is not known.

    Words are relative to the directory of the Makefile, or begin with ``/`` for the top of the tree. A ``static``
    rule holds for the targets before its pattern only.
    """

    targets: tuple[str, ...]
    prerequisites: tuple[str, ...]
    static: bool = False


@dataclass(frozen=True, slots=True)
class Makefile:
    """The rules of one file with its plain variables; ``opaque`` when it makes rules by ``$(eval ...)``."""

    rules: tuple[MakeRule, ...]
    variables: Mapping[str, str]
    opaque: bool


class Sources:
    """Answers for the directories of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[str, tuple[Makefile, ...]] = {}
        self._usual: tuple[MakeRule, ...] | None = None

    def is_made(self, directory: str, path: str) -> bool:
        """Whether the file ``path`` is there, or something says how to make it for the Makefile of ``directory``."""
        return self._made(directory, path, 0, frozenset(), own=True)

    def has_source(self, path: str) -> bool:
        """Whether the file is there, or what the rules that hold everywhere make it from."""
        return self._made("", path, 0, frozenset(), own=False)

    def is_entered(self, directory: str) -> bool:
        """Whether there is a file for Kbuild to read when it enters a directory."""
        return any(self._tree.exists(f"{directory}/{name}") for name in ("Kbuild", "Makefile"))

    def _made(self, directory: str, path: str, depth: int, seen: frozenset[str], *, own: bool) -> bool:
        if self._tree.exists(path):
            return True
        if depth >= _MOST_DEPTH or path in seen:
            return False
        seen |= {path}
        if own:
            files = self._files(directory)
            if any(file.opaque or self._is_composite(file, directory, path) for file in files):
                return True
            if self._is_ignored(path) or any(
                self._follows(rule, directory, path, depth, seen, own=True) for file in files for rule in file.rules
            ):
                return True
        return any(
            self._follows(rule, directory, path, depth, seen, own=own, usual=True) for rule in self._everywhere()
        )

    def _is_ignored(self, path: str) -> bool:
        """Whether the directory's .gitignore names a source of this stem: the build makes it."""
        stem = path.rpartition("/")[2].rpartition(".")[0]
        text = self._tree.read(f"{dirname(path)}/.gitignore") or b""
        names = (line.strip().lstrip("/") for line in text.decode("utf-8", "replace").splitlines())
        return any(name.partition(".")[0] == stem and not name.startswith("#") for name in names)

    def _follows(
        self,
        rule: MakeRule,
        directory: str,
        path: str,
        depth: int,
        seen: frozenset[str],
        *,
        own: bool,
        usual: bool = False,
    ) -> bool:
        """Whether a rule makes the path: a rule of the directory by name, else by what stands behind its pattern."""
        base = dirname(path) if usual else directory
        for target in rule.targets:
            whole = _absolute(base, target)
            if "*" in whole or "%" not in whole:
                if not usual and fnmatchcase(path, whole.replace("[", "[[]").replace("%", "*")):
                    return True
                continue
            stem = _stem(whole, path)
            if stem is None:
                continue
            needed = [word for word in rule.prerequisites if "%" in word]
            if not needed or any("*" in word for word in needed):
                if not usual:
                    return True
                continue
            paths = (_absolute(base, word.replace("%", stem)) for word in needed)
            if all(self._made(directory, one, depth + 1, seen, own=own) for one in paths):
                return True
        return False

    def _is_composite(self, file: Makefile, directory: str, path: str) -> bool:
        stem, dot, suffix = path.rpartition(".")
        ends = {"o": ("objs", "y", "m"), "dtb": ("dtbs",), "dtbo": ("dtbs",)}.get(suffix if dot else "", ())
        own = stem.removeprefix(f"{directory}/") if directory else stem
        if any(f"{own}-{end}" in file.variables for end in ends):
            return True
        return suffix == "o" and any(name.startswith(f"{own}-$(") for name in file.variables)

    def _everywhere(self) -> tuple[MakeRule, ...]:
        if self._usual is None:
            files = [read_makefile(self._tree.read(path) or b"") for path in self._included("", [EVERYWHERE])]
            files = files or [read_makefile(_USUAL)]
            self._usual = tuple(
                MakeRule((target,), rule.prerequisites)
                for file in files
                for rule in file.rules
                if not rule.static
                for target in rule.targets
                if "%" in target and "*" not in target
            )
        return self._usual

    def _files(self, directory: str) -> tuple[Makefile, ...]:
        if directory not in self._known:
            prefix = f"{directory}/" if directory else ""
            paths = self._included(directory, [f"{prefix}Kbuild", f"{prefix}Makefile"])
            self._known[directory] = tuple(read_makefile(self._tree.read(path) or b"") for path in paths)
        return self._known[directory]

    def _included(self, directory: str, paths: list[str]) -> list[str]:
        """Those of the files that are there, with what they include (as far as that can be told)."""
        found: list[str] = []
        pending = list(paths)
        while pending and len(found) < _MOST_FILES:
            path = pending.pop(0)
            text = self._tree.read(path) if path not in found else None
            if text is None:
                continue
            found.append(path)
            for listed in parse_lists(path, text):
                if listed.kind == "include":
                    word = listed.target.replace("$(srctree)/", "").replace("$(src)", directory or ".")
                    pending.append(normpath(word))
        return found


@lru_cache(maxsize=256)
def read_makefile(text: bytes) -> Makefile:
    """The rules and variables of one file; never raises."""
    variables: dict[str, str] = {}
    raw: list[tuple[str, str]] = []
    for _, content in logical_lines(text):
        if content.startswith("\t"):
            continue
        at = _separator(content)
        if at < 0:
            continue
        left, right = content[:at], content[at:]
        name = left.rstrip("+:?! \t").strip().removeprefix("export ").removeprefix("override ").strip()
        if right.startswith("="):
            variables[name] = f"{variables.get(name, '')} {right[1:]}"[:_MOST_TEXT]
        elif not left.endswith("=") and _separator(right.lstrip(":"), "=") < 0:
            raw.append((left, right.lstrip(":")))
    rules = []
    for left, right in raw:
        pattern = _separator(right, ":")
        if pattern >= 0:  # targets: target-pattern: prerequisites
            left, right = right[:pattern], right[pattern + 1 :]
        right = right.partition("|")[0].partition(";")[0]
        rules.append(
            MakeRule(tuple(_expanded(left, variables)), tuple(_expanded(right, variables)), static=pattern >= 0)
        )
    return Makefile(tuple(rules), variables, b"$(eval " in text)


def _separator(text: str, marks: str = ":=") -> int:
    """The offset of the first mark outside of parentheses; that of its ``=`` for ``:=``; -1 without any."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0 and char in marks:
            after = text[at : at + 3]
            if char == ":" and (after[1:2] == "=" or after[1:3] == ":="):
                return text.index("=", at) if "=" in marks else -1
            return at
    return -1


def _expanded(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    """The words of a text with its variables written out."""
    for _ in range(200):
        found = _INNERMOST.search(text)
        if found is None or len(text) > _MOST_TEXT:
            break
        text = text[: found.start()] + _value(found[1], variables) + text[found.end() :]
    for word in text.split():
        if "$" in word:
            yield "*"
        elif _ROOT in word:
            yield "/" + word.rpartition(_ROOT)[2].lstrip("/")
        else:
            yield word.removeprefix("./")


def _value(inner: str, variables: Mapping[str, str]) -> str:
    if inner in ("obj", "src"):
        return "."
    if inner in ("objtree", "srctree"):
        return _ROOT
    if inner in variables:
        return " ".join(variables[inner].replace(f"$({inner})", "").split())
    function, _, rest = inner.partition(" ")
    first, comma, words = rest.partition(",")
    if comma and function == "addprefix":
        return " ".join(first.strip() + word for word in words.split())
    if comma and function == "addsuffix":
        return " ".join(word + first.strip() for word in words.split())
    return "*"


def _absolute(directory: str, word: str) -> str:
    if word.startswith("/"):
        return normpath(word.lstrip("/"))
    return normpath(f"{directory}/{word}" if directory else word)


def _stem(pattern: str, path: str) -> str | None:
    """What ``%`` of a pattern stands for in a path; None when it does not match."""
    before, mark, after = pattern.partition("%")
    if not mark or len(path) <= len(before) + len(after) or not (path.startswith(before) and path.endswith(after)):
        return None
    return path[len(before) : len(path) - len(after)]
