"""The defconfig of an architecture as user values: which file it is, and what it says."""

from __future__ import annotations

import re
from typing import Final

from lint.kconfig.arches import environment
from lint.snapshot.tree import Tree

_MAX_BYTES: Final = 4 << 20
_assigned: Final = re.compile(r"[ \t]*KBUILD_DEFCONFIG[ \t]*[:?]?=[ \t]*([^#\n]*)").match
_line: Final = re.compile(r"(?:CONFIG_([A-Za-z0-9_]+)=(.*)|# CONFIG_([A-Za-z0-9_]+) is not set)", re.ASCII).fullmatch
_variable: Final = re.compile(r"\$\(([A-Z_]+)\)")
_escape: Final = re.compile(r"\\(.)")


def read_defconfig(tree: Tree, arch: str, name: str = "defconfig") -> dict[str, str] | None:
    """The user values of ``arch/ARCH/configs/NAME``, in the order in which they count; None without such a file.

    ``defconfig`` is what the architecture's Makefile calls so (KBUILD_DEFCONFIG), the 64-bit one where it names two.
    """
    names = (name,) if name != "defconfig" else (*_default_names(tree, arch), name)
    for candidate in names:
        data = tree.read(f"arch/{arch}/configs/{candidate}")
        if data is not None:
            return parse_config(data[:_MAX_BYTES].decode("utf-8", "replace"))
    return None


def parse_config(text: str) -> dict[str, str]:
    """What a ``.config`` or defconfig sets, by symbol; of several lines on one symbol the last counts, and its place."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _line(line)
        if match is None:
            continue
        name = match.group(1) or match.group(3)
        found.pop(name, None)
        found[name] = "n" if match.group(1) is None else _unquoted(match.group(2))
    return found


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    end = 1
    while end < len(value) and value[end] != '"':
        end += 2 if value[end] == "\\" else 1
    return _escape.sub(r"\1", value[1:end])


def _default_names(tree: Tree, arch: str) -> list[str]:
    """What the Makefile assigns to KBUILD_DEFCONFIG, 64-bit ones first; conditions are not decided."""
    variables = environment(tree, arch)
    makefile = (tree.read(f"arch/{arch}/Makefile") or b"")[:_MAX_BYTES].decode("utf-8", "replace")
    found: dict[str, None] = {}
    for line in makefile.splitlines():
        match = _assigned(line)
        if match is not None:
            name = _variable.sub(lambda m: variables.get(m.group(1), ""), match.group(1)).strip()
            if name and not set(name) & set("$() /\\"):
                found[name] = None
    return sorted(found, key=lambda name: "64" not in name)
