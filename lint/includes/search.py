"""The search for one included file: the kernel's order for an architecture, then what makefiles add."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, normpath

from lint.includes.flags import Flags
from lint.includes.generated import MadeHeaders
from lint.includes.model import GENERATED, MISSING, UNKNOWN, Resolution, Status
from lint.snapshot.tree import Tree

# Programs of the build host and test programs: their headers come from the C library too.
HOST = ("tools/", "scripts/", "usr/", "samples/", "Documentation/")
_COPIES = ("tools/include/", "tools/arch/")
_MADE = "generated"
# A file that shares so many directories with the including one belongs to the same driver or platform.
_NEAR = 2


class Search:
    """Answers for one tree. The same question is answered from memory."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.flags = Flags(tree)
        self._made = MadeHeaders(tree)
        self._common: dict[tuple[str, str], Resolution | None] = {}
        self._names: dict[str, list[str]] | None = None
        self._heads: dict[str, bool] = {}
        self._whole: dict[tuple[str, bool, str, str, str], Resolution] = {}

    def common(self, name: str, arch: str) -> Resolution | None:
        """What every object of an architecture finds under a name; None when nothing."""
        key = name, arch
        if key not in self._common:
            self._common[key] = self._in_order(name, arch)
        return self._common[key]

    def beside(self, name: str, path: str) -> str:
        """The file that a quoted name means beside the including file, or empty."""
        near = normpath(f"{dirname(path)}/{name}")
        return near if not near.startswith("..") and self._tree.exists(near) else ""

    def resolve(self, name: str, *, quoted: bool, path: str, arch: str, unit: str) -> Resolution:
        """The file that ``#include`` of a name in ``path`` means when ``unit`` is compiled for an architecture.

        ``unit`` empty: any source file that may include ``path``.
        """
        key = name, quoted, dirname(path), arch, dirname(unit) if unit else "\0"
        if key not in self._whole:
            self._whole[key] = self._resolve(name, quoted, path, arch, unit)
        return self._whole[key]

    def _resolve(self, name: str, quoted: bool, path: str, arch: str, unit: str) -> Resolution:
        if not name or name.startswith("/") or "\0" in name:
            return UNKNOWN
        if quoted and (near := self.beside(name, path)):
            return Resolution(Status.FOUND, near)
        host = path.startswith(HOST) or unit.startswith(HOST)
        found = None if host else self.common(name, arch)
        return found or self._added(name, path, arch, unit) or self._absent(name, quoted, path, arch, unit, host)

    def _in_order(self, name: str, arch: str) -> Resolution | None:
        if name.startswith(f"{_MADE}/"):
            return GENERATED
        places = (f"arch/{arch}/include", "include", f"arch/{arch}/include/uapi", "include/uapi")
        for place in places if arch else places[1::2]:
            found = self._in(place, name)
            if found is not None:
                return found
            if place.startswith("arch/") and (made := self._wrapped(place, name)) is not None:
                return made
        return None

    def _in(self, directory: str, name: str) -> Resolution | None:
        path = normpath(f"{directory}/{name}" if directory else name)
        return Resolution(Status.FOUND, path) if not path.startswith("..") and self._tree.exists(path) else None

    def _wrapped(self, place: str, name: str) -> Resolution | None:
        """What stands in ``PLACE/generated``, for a place of the form ``arch/A/include[/uapi]``."""
        uapi = place.endswith("/uapi") or name.startswith("uapi/")
        head, _, rest = name.removeprefix("uapi/").partition("/")
        if head != "asm" or not rest:
            return None
        if self._made.wraps_generic(place.split("/")[1], rest, uapi=uapi):
            return self._in("include", f"asm-generic/{rest}") or self._in("include/uapi", f"asm-generic/{rest}")
        return None

    def _added(self, name: str, path: str, arch: str, unit: str) -> Resolution | None:
        """What the directories that makefiles add hold."""
        paths = [self.flags.of(dirname(unit or path), arch)]
        for search in paths:
            for directory in search.directories:
                found = self._in(directory, name)
                if found is not None:
                    return found
                bare, _, made = directory.rpartition(f"/{_MADE}")
                if bare and made in ("", "/uapi") and bare.startswith("arch/") and bare.count("/") == 2:
                    wrapped = self._wrapped(f"{bare}{made}", name)
                    if wrapped is not None:
                        return wrapped
            if search.patterns:
                for candidate in self.candidates(name):
                    if search.matches(candidate[: -len(name) - 1]) and not self._is_foreign(candidate, arch):
                        return Resolution(Status.FOUND, candidate)
        return None

    def _absent(self, name: str, quoted: bool, path: str, arch: str, unit: str, host: bool) -> Resolution:
        """What to say of a name that is in no directory of the search path."""
        if self._is_made(name, quoted, path, arch, unit):
            return GENERATED
        while name.startswith("../"):
            name = name[3:]
        candidates = self.candidates(name)
        if host and self._made.lists_modules(dirname(unit or path)):
            return self.common(name, arch) or UNKNOWN  # a sample or a test that is a module
        if host or self._made.is_host_program(unit):
            return self._absent_from_host(name, candidates, path, unit)
        if not quoted and "/" not in name:
            return UNKNOWN  # the compiler has headers of its own
        own = [one for one in candidates if not self._is_foreign(one, arch)]
        if not own and not quoted and not self._is_kernel_directory(name.partition("/")[0], arch):
            return UNKNOWN  # <sys/types.h>: the C library's, for what runs in user space
        if not own:
            return MISSING if arch or not candidates else UNKNOWN
        if unit and self._made.is_listed(unit) and not self.flags.of(dirname(unit), arch).patterns:
            return MISSING
        near, nearest = max((_shared(one, unit or path), one) for one in reversed(own))
        return Resolution(Status.FOUND, nearest) if near >= _NEAR else UNKNOWN

    def _is_kernel_directory(self, head: str, arch: str) -> bool:
        """Whether kernel headers stand in a directory of this name."""
        if head not in self._heads:
            places = ("include", "include/uapi", *((f"arch/{arch}/include",) if arch else ()))
            self._heads[head] = head in ("asm", "uapi") or any(self._tree.list(f"{one}/{head}/") for one in places)
        return self._heads[head]

    def _absent_from_host(self, name: str, candidates: list[str], path: str, unit: str) -> Resolution:
        """A host program sees the C library and installed headers, never what only the kernel's own headers have.

        That is certain for the copies of kernel headers below an include directory of the tools, and for a program
        whose search path is the one of the tools.
        """
        if f"include/{name}" not in candidates or any(one.startswith(HOST) or "/uapi/" in one for one in candidates):
            return UNKNOWN
        if path.startswith(_COPIES):
            return UNKNOWN if "/uapi/" in path else MISSING
        search = self.flags.of(dirname(unit or path), "")
        return MISSING if unit and _COPIES[0][:-1] in search.directories and not search.patterns else UNKNOWN

    @staticmethod
    def _is_foreign(path: str, arch: str) -> bool:
        """Whether kernel code of an architecture never sees a header: it is a host program's or another one's."""
        if path.startswith(HOST):
            return True
        parts = path.split("/")
        return bool(arch) and parts[0] == "arch" and len(parts) > 2 and parts[1] != arch and parts[2] == "include"

    def _is_made(self, name: str, quoted: bool, path: str, arch: str, unit: str) -> bool:
        head, _, rest = name.partition("/")
        if head == "asm" and rest and arch and self._made.is_made_for(arch, rest):
            return True
        return self._made.is_made(name, self._places(name, quoted, path, unit))

    @staticmethod
    def _places(name: str, quoted: bool, path: str, unit: str) -> Iterator[str]:
        """Directories whose build files may tell of a made header."""
        yield dirname(path)
        if unit:
            yield dirname(unit)
        if quoted and "/" in name:
            near = normpath(dirname(f"{dirname(path)}/{name}"))
            if not near.startswith(".."):
                yield near

    def candidates(self, name: str) -> list[str]:
        """All files of the tree whose path ends in a name."""
        if self._names is None:
            self._names = {}
            for path in self._tree.list():
                if path.endswith((".h", ".inc", ".c", ".S", ".def", ".tbl", ".dtsi")):
                    self._names.setdefault(path.rpartition("/")[2], []).append(path)
        clean = normpath(name)
        return [one for one in self._names.get(clean.rpartition("/")[2], ()) if one.endswith(f"/{clean}")]


def _shared(one: str, other: str) -> int:
    """How many leading directories two paths share."""
    count = 0
    for a, b in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count
