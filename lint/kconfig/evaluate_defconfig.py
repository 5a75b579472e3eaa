"""The defconfig of an architecture as user values: which file it is, and what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    makefile = _text(tree, f"arch/{arch}/Makefile") or ""
    names = (name,) if name != "defconfig" else (*_default_names(makefile, environment(tree, arch)), name)
    for candidate in names:
        texts = [_text(tree, f"arch/{arch}/configs/{part}") for part in _parts(makefile, candidate)]
        if texts[0] is not None:
            return parse_config("\n".join([text for text in texts if text is not None]))
    return None


def parse_config(text: str) -> dict[str, str]:
    """What a ``.config`` or defconfig sets, by symbol; of several lines on one symbol the last one counts."""
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


def _text(tree: Tree, path: str) -> str | None:
    data = tree.read(path)
    return None if data is None else data[:_MAX_BYTES].decode("utf-8", "replace")


def _default_names(makefile: str, variables: Mapping[str, str]) -> list[str]:
    """What the Makefile assigns to KBUILD_DEFCONFIG, 64-bit ones first; conditions are not decided."""
    found: dict[str, None] = {}
    for line in makefile.splitlines():
        match = _assigned(line)
        if match is not None:
            name = _variable.sub(lambda m: variables.get(m.group(1), ""), match.group(1)).strip()
            if name.startswith("$(if "):
                name = name.rpartition(",")[2].replace(")", "", 1)
            if name and not set(name) & set("$() /\\"):
                found[name] = None
    return sorted(found, key=lambda name: "64" not in name)


def _parts(makefile: str, name: str) -> list[str]:
    """The file of a defconfig, or those that its rule in the Makefile merges (merge_into_defconfig), base first."""
    lines = iter(makefile.splitlines())
    for line in lines:
        if line.startswith(f"{name}:"):
            _, merges, words = next(lines, "").partition("$(call merge_into_defconfig,")
            base, _, fragments = words.rstrip().removesuffix(")").partition(",")
            return [base, *(f"{fragment}.config" for fragment in fragments.split())] if merges else [name]
    return [name]
