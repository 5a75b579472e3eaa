"""scripts/kconfig/conf as the judge: built outside the tree that it comes from, with tools that answer as declared."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from lint.kconfig.toolchain import GCC
from tests.evaluate.stubs import write_stubs

NEEDED = ("gcc", "flex", "bison")
OBJECTS = ("conf", "confdata", "expr", "lexer.lex", "menu", "parser.tab", "preprocess", "symbol", "util")


@dataclass(frozen=True, slots=True)
class Conf:
    """A conf program; ``tree`` is where it reads Kconfig files, never writes; ``home`` is for everything else."""

    program: Path
    tree: Path
    home: Path

    def lines(self, arch: str, option: str, version: str = "", source: str = "") -> list[str]:
        """The lines that name symbols in the ``.config`` that ``conf --option`` writes.

        ``source`` is a file that stands for KCONFIG_ALLCONFIG.
        """
        return symbol_lines(self.run(arch, option, version, source)[0])

    def run(self, arch: str, option: str, version: str = "", source: str = "") -> tuple[str, str]:
        """The ``.config`` that ``conf --option`` writes, and what it warns of."""
        objects = self.home / "objects"
        objects.mkdir(exist_ok=True)
        config = objects / ".config"
        config.unlink(missing_ok=True)
        environment = {
            **GCC.variables,
            "PATH": f"{write_stubs(self.home, arch)}:/usr/bin:/bin",
            "ARCH": arch,
            "SRCARCH": arch,
            "SUBARCH": arch,
            "KERNELVERSION": version,
            "KCONFIG_CONFIG": str(config),
            "srctree": str(self.tree),
            "LC_ALL": "C",
            **({"KCONFIG_ALLCONFIG": source} if source else {}),
        }
        command = [str(self.program), f"--{option}", "Kconfig"]
        done = subprocess.run(command, cwd=objects, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return config.read_text(), done.stderr


def symbol_lines(text: str) -> list[str]:
    """The lines of a .config that name symbols, in order."""
    return [line for line in text.splitlines() if line.startswith(("CONFIG_", "# CONFIG_"))]


def build(tree: Path, home: Path) -> Conf:
    """conf of one tree, built in ``home``; skips the test where the tools for that are missing."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"conf cannot be built here without {' and '.join(missing)} (Debian: apt-get install flex bison)")
    work = home / "kconfig"
    shutil.copytree(tree / "scripts/kconfig", work, ignore=shutil.ignore_patterns("tests", "lxdialog", "icons"))
    include = tree / "scripts/include"
    if include.is_dir():
        shutil.copytree(include, home / "include")
    _run(work, "bison", "-t", "-l", "-d", "-o", "parser.tab.c", "parser.y")
    _run(work, "flex", "-L", "-o", "lexer.lex.c", "lexer.l")
    sources = [f"{name}.c" for name in OBJECTS]
    _run(work, "gcc", "-O1", "-w", "-D_GNU_SOURCE", f"-I{work}", f"-I{home / 'include'}", *sources, "-o", "conf")
    return Conf(work / "conf", tree, home)


def _run(directory: Path, *command: str) -> None:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
