"""Headers that the build makes: told by makefiles, Kbuild lists and .gitignore files, never by their names alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import dirname

from lint.snapshot.tree import Tree

_LISTED = re.compile(rb"^[ \t]*+((?:generic|mandatory|generated|syscall|no-export-header)s?-y)[ \t]*+[:+]?=(.*)$", re.M)
_LISTS = re.compile(rb"^[ \t]*+(?:obj|lib|core|extra|head|drivers|libs)-", re.M)
_MODULES = re.compile(rb"^[ \t]*+obj-(?:m\b|\$\()", re.M)
_HOSTPROGS = re.compile(rb"^[ \t]*+(?:hostprogs|userprogs)\b", re.M)
_WORD = re.compile(rb"[^\s:=,()'\"`|&;<>{}]++")
_FILES = ("Makefile", "Kbuild", ".gitignore", "Makefile.in", "Build", "Makefile.rules", "Makefile.build")


class MadeHeaders:
    """What one tree's build files say of headers that are made; every file is read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._lists: dict[str, dict[str, frozenset[str]]] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._archs: dict[str, frozenset[str]] = {}

    def wraps_generic(self, arch: str, name: str, *, uapi: bool) -> bool:
        """Whether ``asm/NAME`` of an architecture is a made wrapper around ``asm-generic/NAME``."""
        place = "include/uapi" if uapi else "include"
        lists = self._list(f"arch/{arch}/{place}/asm/Kbuild")
        if name in lists.get("generic-y", ()):
            return True
        # Kbuild leaves out an architecture that borrows another one's headers: such a one lists no source of its own.
        if not self._has_own(arch):
            return False
        return name in self._list(f"{place}/asm-generic/Kbuild").get("mandatory-y", ())

    def is_made_for(self, arch: str, name: str) -> bool:
        """Whether the build of an architecture makes ``asm/NAME`` out of a table or by a program."""
        for place in ("include", "include/uapi"):
            lists = self._list(f"arch/{arch}/{place}/asm/Kbuild")
            if any(name in lists.get(key, ()) for key in ("generated-y", "syscall-y")):
                return True
        return self._matches(self._arch_words(arch), name)

    def is_made(self, name: str, places: Iterator[str]) -> bool:
        """Whether a build file of one of these directories, or above them, makes a file of this name."""
        seen: set[str] = set()
        for place in places:
            directory = place
            while directory not in seen:
                seen.add(directory)
                words = self._directory_words(directory)
                if self._matches(words, name):
                    return True
                directory = dirname(directory)
        return False

    def is_listed(self, unit: str) -> bool:
        """Whether a makefile on the way to the top, that lists objects itself, lists that of a source by its name."""
        directory, _, name = unit.rpartition("/")
        stem = name.rpartition(".")[0]
        while True:
            for text in self._texts(directory):
                if _LISTS.search(text) and re.search(rb"(?<![\w/).$%%-])%b\.o\b" % re.escape(stem.encode()), text):
                    return True
            if not directory:
                return False
            directory, _, last = directory.rpartition("/")
            stem = f"{last}/{stem}"

    def lists_modules(self, directory: str) -> bool:
        """Whether a makefile of a directory or one above it lists modules of the kernel."""
        while directory:
            if any(_MODULES.search(text) for text in self._texts(directory)):
                return True
            directory = dirname(directory)
        return False

    def is_host_program(self, unit: str) -> bool:
        """Whether the makefile beside a source names it where it lists programs of the build host."""
        directory, _, name = unit.rpartition("/")
        word = re.compile(rb"\b%b\b" % re.escape(name.rpartition(".")[0].encode()))
        return bool(name) and any(_HOSTPROGS.search(text) and word.search(text) for text in self._texts(directory))

    def _texts(self, directory: str) -> Iterator[bytes]:
        for name in ("Makefile", "Kbuild"):
            text = self._tree.read(f"{directory}/{name}" if directory else name)
            if text is not None:
                yield text

    def _has_own(self, arch: str) -> bool:
        text = self._tree.read("scripts/Makefile.asm-headers") or self._tree.read("scripts/Makefile.asm-generic") or b""
        return not re.search(rb"ifneq[ \t]*+\(\$\(SRCARCH\),%b\)" % re.escape(arch.encode()), text)

    def _list(self, path: str) -> dict[str, frozenset[str]]:
        if path not in self._lists:
            text = (self._tree.read(path) or b"").replace(b"\\\n", b" ")
            found: dict[str, set[str]] = {}
            for key, words in _LISTED.findall(text):
                names = words.partition(b"#")[0].decode("utf-8", "replace").split()
                found.setdefault(key.decode().replace("syscalls-y", "syscall-y"), set()).update(names)
            self._lists[path] = {key: frozenset(names) for key, names in found.items()}
        return self._lists[path]

    def _arch_words(self, arch: str) -> frozenset[str]:
        """The words of all build files of an architecture outside its lists of includes."""
        if arch not in self._archs:
            words: set[str] = set()
            for path in self._tree.list(f"arch/{arch}/"):
                is_build_file = path.rpartition("/")[2].startswith(("Makefile", "Kbuild", ".gitignore"))
                if is_build_file and not path.endswith("/asm/Kbuild"):
                    words |= self._file_words(path)
            self._archs[arch] = frozenset(words)
        return self._archs[arch]

    def _directory_words(self, directory: str) -> frozenset[str]:
        if directory not in self._words:
            prefix = f"{directory}/" if directory else ""
            self._words[directory] = frozenset(w for name in _FILES for w in self._file_words(prefix + name))
        return self._words[directory]

    def _file_words(self, path: str) -> frozenset[str]:
        text = self._tree.read(path) or b""
        names = (word.rpartition(b"/")[2].decode("utf-8", "replace") for word in _WORD.findall(text))
        return frozenset(name for name in names if "." in name)

    @staticmethod
    def _matches(words: frozenset[str], name: str) -> bool:
        base = name.rpartition("/")[2]
        if base in words:
            return True
        return any(_makes(word, base) for word in words if "%" in word or "*" in word or "$" in word)


def _makes(word: str, name: str) -> bool:
    """Whether a pattern stands for a name; one that takes every header tells nothing."""
    pattern = re.sub(r"\$\w*+", "*", word.replace("%", "*"))
    literal = re.sub(r"\[[^\]]*+\]|[^\w.]", "", pattern.rpartition(".")[0])
    return len(literal.strip(".")) > 1 and "h" in pattern.rpartition(".")[2] and fnmatchcase(name, pattern)
