"""Under which configuration a source file is built in, and is a module: the chain of Makefile lines up to the top."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from posixpath import dirname, normpath

from lint.kbuild.lists import Listed, assigned, parse_lists
from lint.logic import And, Atom, Formula, Or, both, either
from lint.snapshot.tree import Tree

_SOURCES = (".c", ".S", ".rs")
_MOST_LEVELS = 12
_VARIABLE = re.compile(r"\$\((\w+)\)")
_MOST_INCLUDES = 64


@dataclass(frozen=True, slots=True)
class Gate:
    """When an object is linked into the kernel, and when it is part of a module."""

    builtin: Formula
    module: Formula

    @property
    def built(self) -> Formula:
        """When the object is built at all."""
        return either((self.builtin, self.module))

    @property
    def modular(self) -> bool:
        """Whether the object can be part of a module, as far as the Makefiles say."""
        return self.module is not False


class Gates:
    """The gates of the source files of one tree; every Makefile is parsed once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._lists: dict[str, dict[str, list[Listed]]] = {}
        self._directories: dict[str, Gate] = {}
        self._files: dict[str, Gate] = {}
        self._targets: frozenset[str] | None = None
        self._archs: list[str] | None = None

    def condition(self, path: str) -> Formula:
        """When the file is built; true for headers; a ``?unbuilt(path)`` atom when no line lists it."""
        return self.gate(path).built

    def gate(self, path: str) -> Gate:
        """The condition of a source file, apart for built-in and for modules."""
        if path not in self._files:
            unknown = Atom(f"?unbuilt({path})")
            # What includes itself in a circle meets this.
            self._files[path] = Gate(unknown, unknown)
            if not path.endswith(_SOURCES):
                self._files[path] = Gate(True, False)
            else:
                found = self._object(path) or self._prepared(path)
                found = found or _any([self.gate(other) for other in self._includers(path)])
                self._files[path] = found or self._files[path]
        return self._files[path]

    def lists(self, directory: str) -> dict[str, list[Listed]]:
        """The words that a directory's Kbuild file (or Makefile) lists, made relative to the tree."""
        if directory not in self._lists:
            found: dict[str, list[Listed]] = {}
            self._collect(directory, self._makefiles(directory), found, set())
            self._lists[directory] = found
        return self._lists[directory]

    def _object(self, path: str) -> Gate | None:
        stem = path.rpartition(".")[0]
        directory = dirname(path)
        for _ in range(_MOST_LEVELS):
            lists = self.lists(directory)
            # foo.pi.o and the like are made of foo.o by a rule of their own.
            variants = (key for key in lists if key.startswith(f"{stem}.") and key.endswith(".o"))
            # vmlinux.lds is made of vmlinux.lds.S.
            processed = (stem,) if path.endswith(".S") and "." in stem.rpartition("/")[2] else ()
            for target in dict.fromkeys((f"{stem}.o", *processed, *variants)):
                found = self._listed(directory, target, frozenset())
                if found is not None:
                    return _within(self._directory(directory, 0), found)
            found = self._by_pattern(directory, f"{stem}.o")
            if found is not None:
                return _within(self._directory(directory, 0), found)
            if not directory:
                break
            directory = dirname(directory)
        return None

    def _by_pattern(self, directory: str, target: str) -> Gate | None:
        """The gate of an object that is listed with a variable in its name (``init_$(BITS).o``)."""
        for key in self.lists(directory):
            name = _VARIABLE.search(key)
            if name is None or not (key.endswith(".o") and key.startswith(f"{directory}/")):
                continue
            head, tail = key[: name.start()], key[name.end() :]
            value = target[len(head) : len(target) - len(tail)]
            if not value or not target.startswith(head) or not target.endswith(tail) or "/" in value:
                continue
            given = self._given(directory, name[1], value)
            found = self._listed(directory, key, frozenset())
            if found is not None and given is not False:
                return Gate(both((found.builtin, given)), both((found.module, given)))
        return None

    def _given(self, directory: str, name: str, value: str) -> Formula:
        """When a variable has a value, as far as the directory's and the architecture's makefiles tell."""
        parts = directory.split("/")
        places = [*self._makefiles(directory), *([f"arch/{parts[1]}/Makefile"] if parts[0] == "arch" else [])]
        found = [one for path in places for one in assigned(self._tree.read(path) or b"", name)]
        return either(condition for text, condition in found if text == value)

    def _prepared(self, path: str) -> Gate | None:
        """The gate of a source that the top Kbuild file turns into a header before all else (asm-offsets.c)."""
        if not path.endswith(".c"):
            return None
        if self._targets is None:
            text = (self._tree.read("Kbuild") or b"").decode("utf-8", "replace")
            lists = (line.partition("=")[2] for line in text.splitlines() if line.startswith("targets"))
            self._targets = frozenset(word for words in lists for word in words.split())
        parts = path.removesuffix(".c").split("/")
        if parts[0] == "arch" and len(parts) > 2:
            parts[1] = "$(SRCARCH)"
        return Gate(True, False) if f"{'/'.join(parts)}.s" in self._targets else None

    def _listed(self, directory: str, target: str, seen: frozenset[str]) -> Gate | None:
        """The gate of a word within one Makefile: through composite objects and variables to obj-y and its like."""
        if target in seen or len(seen) > _MOST_LEVELS:
            return None
        seen = seen | {target}
        gates = []
        for listed in self.lists(directory).get(target, ()):
            if listed.kind != "composite":
                gates.append(Gate(listed.builtin, listed.module))
                continue
            names = (f"{listed.owner}.o", *(f"$({listed.owner}{end})" for end in ("-y", "-objs", "-m", "")))
            for name in names:
                key = name if name.startswith("$(") else _join(directory, name)
                owner = self._listed(directory, key, seen)
                if owner is not None:
                    gates.append(Gate(both((owner.builtin, listed.builtin)), both((owner.module, listed.condition))))
        return _any(gates)

    def _directory(self, directory: str, depth: int) -> Gate:
        parts = directory.split("/")
        if not directory or (parts[0] == "arch" and len(parts) == 2):
            return Gate(True, False)
        if directory not in self._directories:
            unknown = Atom(f"?unbuilt({directory}/)")
            self._directories[directory] = Gate(unknown, unknown)
            above = dirname(directory)
            found = self._listed(above, f"{directory}/", frozenset())
            while found is None and above and depth < _MOST_LEVELS:
                above = dirname(above)
                found = self._listed(above, f"{directory}/", frozenset())
            if found is not None:
                self._directories[directory] = _within(self._directory(above, depth + 1), found)
            else:
                self._directories[directory] = self._by_arch(directory) or self._directories[directory]
        return self._directories[directory]

    def _by_arch(self, directory: str) -> Gate | None:
        """The gate of a directory outside arch/ that architectures list (``drivers-y += drivers/s390/``)."""
        if self._archs is None:
            paths = self._tree.list("arch/")
            self._archs = [one.split("/")[1] for one in paths if one.count("/") == 2 and one.endswith("/Makefile")]
        gates = []
        for arch in self._archs:
            found = self._listed(f"arch/{arch}", f"{directory}/", frozenset())
            if found is not None:
                own = Atom(f"?arch({arch})")
                gates.append(Gate(both((found.builtin, own)), both((found.module, own))))
        return _any(gates)

    def _includers(self, path: str) -> list[str]:
        """The source files beside it that include a C file as text: it is built where they are."""
        name = path.rpartition("/")[2]
        word = max(name.rpartition(".")[0].replace(".", "-").split("-"), key=len)
        if not word.replace("_", "a").isalnum():
            return []
        lines = self._tree.search((word,), (f"{dirname(path)}/",)).get(word, ())
        ends = (f'"{name}"'.encode(), f'/{name}"'.encode())
        including = (o.path for o in lines if o.text.lstrip(b"# \t").startswith(b"include") and o.text.endswith(ends))
        return [other for other in dict.fromkeys(including) if other != path and other.endswith(_SOURCES)]

    def _makefiles(self, directory: str) -> list[str]:
        prefix = f"{directory}/" if directory else ""
        kbuild, makefile = f"{prefix}Kbuild", f"{prefix}Makefile"
        # The top and the architectures have both: what they build, and how.
        if not directory or (directory.startswith("arch/") and directory.count("/") == 1):
            return [kbuild, makefile]
        return [kbuild if self._tree.exists(kbuild) else makefile]

    def _collect(self, directory: str, paths: list[str], found: dict[str, list[Listed]], seen: set[str]) -> None:
        for path in paths:
            if path in seen or len(seen) > _MOST_INCLUDES:
                continue
            seen.add(path)
            # The lists of these two stand for the whole tree, not for their own directory.
            whole = path == "Makefile" or (
                path.startswith("arch/") and path.endswith("Makefile") and path.count("/") == 2
            )
            for listed in parse_lists(path, self._tree.read(path) or b""):
                if listed.kind == "include":
                    included = listed.target.replace("$(srctree)/", "").replace("$(src)", directory)
                    if "$(" not in included and not whole:
                        self._collect(directory, [normpath(included)], found, seen)
                    continue
                if path == "Makefile" and listed.builtin is not False:
                    # What guards the lists here is how make was called, never the configuration.
                    listed = replace(listed, builtin=True)
                found.setdefault(_key(directory, listed.target, whole=whole), []).append(listed)


def object_condition(tree: Tree, path: str) -> Formula:
    """When a source file is built; for more than one file ask one ``Gates``."""
    return Gates(tree).condition(path)


def sources_of(tree: Tree, symbol: str) -> tuple[str, ...]:
    """The source files whose objects a Makefile lists directly under ``CONFIG_symbol``, sorted."""
    name = f"CONFIG_{symbol}"
    found: dict[str, None] = {}
    for path in dict.fromkeys(occurrence.path for occurrence in tree.search((name,)).get(name, ())):
        if path.rpartition("/")[2] not in ("Makefile", "Kbuild"):
            continue
        for listed in parse_lists(path, tree.read(path) or b""):
            if listed.target.endswith(".o") and Atom(name) in _parts(listed.builtin):
                stem = _join(dirname(path), listed.target).removesuffix(".o")
                found.update({stem + end: None for end in _SOURCES if tree.exists(stem + end)})
    return tuple(sorted(found))


def _within(above: Gate, inner: Gate) -> Gate:
    """What a directory lists: entered for m, it links nothing into the kernel, but builds its modules."""
    return Gate(both((above.builtin, inner.builtin)), both((above.built, inner.module)))


def _any(gates: Iterable[Gate]) -> Gate | None:
    known = list(gates)
    return Gate(either(g.builtin for g in known), either(g.module for g in known)) if known else None


def _key(directory: str, word: str, *, whole: bool) -> str:
    if word.startswith("$(") and word.endswith(")"):
        return word
    word = word.replace("$(src)/", "").replace("$(obj)/", "")
    if whole or word.startswith("$(srctree)/"):
        directory, word = "", word.replace("$(srctree)/", "")
    return _join(directory, word)


def _join(directory: str, word: str) -> str:
    path = normpath(f"{directory}/{word}" if directory else word)
    return f"{path}/" if word.endswith("/") else path


def _parts(formula: Formula) -> tuple[Formula, ...]:
    return formula.operands if isinstance(formula, (And, Or)) else (formula,)
