from __future__ import annotations

import builtins
import functools
import os
import pickle
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from lint.kconfig.arches import architectures
from lint.kconfig.model import Kconfig, Lit, Type
from lint.kconfig.parse import parse_kconfig
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.toolchain import CLANG, GCC, Toolchain
from lint.snapshot.memory import MemoryTree
from tests.kernels import kernel_tree

pytestmark = pytest.mark.kernel
VERSIONS = ("6.1", "6.12", "7.2", "7.3")


@functools.lru_cache(maxsize=len(VERSIONS))
def in_memory(version: str) -> MemoryTree:
    root = kernel_tree(version)
    names = [Path("Makefile"), *(path.relative_to(root) for path in kconfig_files(root))]
    return MemoryTree({name.as_posix(): (root / name).read_bytes() for name in names})


def kconfig_files(root: Path) -> Iterator[Path]:
    for directory, below, files in os.walk(root):
        below[:] = sorted(name for name in below if name != ".git")
        relative = Path(directory).relative_to(root)
        yield from (root / relative / name for name in sorted(files) if is_kconfig_file((relative / name).as_posix()))


@functools.lru_cache(maxsize=len(VERSIONS))
def parsed(version: str, arch: str) -> Kconfig:
    return parse_kconfig(in_memory(version), arch)


@pytest.mark.parametrize(
    ("version", "toolchain", "arches"),
    [*((version, GCC, ()) for version in VERSIONS), ("7.3", CLANG, ("arm64", "riscv", "x86"))],
    ids=[*VERSIONS, "7.3-clang"],
)
def test_every_architecture_parses_without_a_problem(
    version: str, toolchain: Toolchain, arches: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **_: Any) -> NoReturn:
        raise AssertionError(f"opened or ran {arguments}")

    tree = in_memory(version)
    names = architectures(tree)
    assert len(names) > 20
    for module, name in ((subprocess, "Popen"), (os, "system"), (os, "popen"), (builtins, "open")):
        monkeypatch.setattr(module, name, refuse)
    for arch in arches or names:
        kconfig = parse_kconfig(tree, arch, toolchain)
        assert (arch, kconfig.problems, kconfig.warnings, kconfig.unknown_commands) == (arch, (), (), ())
        assert (arch, kconfig.modules) == (arch, "MODULES")
        assert sum(bool(symbol.definitions) for symbol in kconfig.symbols.values()) > 15_000


@pytest.mark.parametrize("version", VERSIONS)
def test_each_select_stands_where_it_says(version: str) -> None:
    kconfig = parsed(version, "arm64")
    lines: dict[str, list[str]] = {}
    count = 0
    for symbol in kconfig.symbols.values():
        for definition in symbol.definitions:
            text = lines.setdefault(
                definition.path, (kernel_tree(version) / definition.path).read_text("utf-8", "replace").split("\n")
            )
            assert text[definition.line - 1].split()[-1] == symbol.name or "#" in text[definition.line - 1]
            for select in (*definition.selects, *definition.implies):
                words = text[select.line - 1].split()
                assert words[:2] == ["imply" if select.imply else "select", select.target]
                count += 1
    assert count > 10_000


@pytest.mark.parametrize("version", VERSIONS)
def test_the_selects_of_arm64_are_those_of_the_text(version: str) -> None:
    kconfig = parsed(version, "arm64")
    text = (kernel_tree(version) / "arch/arm64/Kconfig").read_text()
    entry = text[text.index("config ARM64\n") :]
    entry = entry[: entry.index("\thelp\n")]
    (definition,) = kconfig.symbols["ARM64"].definitions
    assert len(definition.selects) == sum(line.startswith("\tselect ") for line in entry.split("\n"))
    assert definition.type is Type.BOOL
    assert definition.prompt is None


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_declared_compiler_answers(version: str) -> None:
    symbols = parsed(version, "arm64").symbols
    assert symbols["GCC_VERSION"].definitions[0].defaults[0].value == Lit("150200")
    assert symbols["GCC_VERSION"].definitions[0].toolchain
    assert symbols["CC_IS_GCC"].definitions[0].toolchain
    assert not symbols["ARM64"].definitions[0].toolchain


def test_transitional_and_conditional_depends_of_7_3() -> None:
    symbols = parsed("7.3", "arm64").symbols
    assert [name for name, symbol in symbols.items() if symbol.transitional]


def test_a_kernel_can_be_pickled() -> None:
    kconfig = parsed("7.3", "arm64")
    assert pickle.loads(pickle.dumps(kconfig)) == kconfig
