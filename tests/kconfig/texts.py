"""Small Kconfig trees for tests: a text for the top file, more files by path."""

from __future__ import annotations

from lint.kconfig.model import Definition, Kconfig
from lint.kconfig.parse import parse_kconfig
from lint.snapshot.memory import MemoryTree


def parse(text: str | bytes, arch: str = "arm64", /, **files: str | bytes) -> Kconfig:
    """Parse a top Kconfig; keyword ``drivers__Kconfig`` gives the file ``drivers/Kconfig``."""
    content = {"Kconfig": text} | {name.replace("__", "/"): body for name, body in files.items()}
    return parse_files(content, arch)


def parse_files(content: dict[str, str | bytes], arch: str = "arm64") -> Kconfig:
    """Parse a tree given as path and content."""
    return parse_kconfig(MemoryTree({k: v.encode() if isinstance(v, str) else v for k, v in content.items()}), arch)


def only(kconfig: Kconfig, name: str) -> Definition:
    """The one definition of a symbol."""
    (definition,) = kconfig.symbols[name].definitions
    return definition
