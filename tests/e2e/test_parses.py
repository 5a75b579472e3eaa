"""How often Kconfig is parsed: never for a patch that has nothing to do with it, once for a base, from the cache after."""

from __future__ import annotations

from pathlib import Path

import pytest

import lint.kconfig.parse
from lint.kconfig.model import Kconfig
from lint.kconfig.toolchain import GCC, Toolchain
from lint.snapshot.tree import Tree
from tests.e2e.driving import MBOX, check, git_tree, new_file, patch


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The architectures that were parsed so far, in order."""
    done: list[str] = []
    whole = lint.kconfig.parse.parse_kconfig

    def counted(tree: Tree, arch: str, toolchain: Toolchain = GCC) -> Kconfig:
        done.append(arch)
        return whole(tree, arch, toolchain)

    monkeypatch.setattr(lint.kconfig.parse, "parse_kconfig", counted)
    return done


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KMIGLINT_CACHE", str(tmp_path / "cache"))
    return git_tree(tmp_path / "linux")


@pytest.mark.parametrize(
    "diff",
    [
        new_file("Documentation/toy.rst", "Toys", "====", "", "A text."),
        new_file("include/linux/toy.h", "/* Toys. */", "#define TOYS 1"),
        b"--- a/kernel/seccomp.c\n+++ b/kernel/seccomp.c\n@@ -1,0 +1,1 @@\n+/* Toys. */\n",
    ],
    ids=["documentation", "macro", "comment"],
)
def test_a_patch_that_names_no_symbol_parses_nothing(
    repository: Path, parses: list[str], tmp_path: Path, diff: bytes
) -> None:
    mail = tmp_path / "toy.patch"
    mail.write_bytes(patch(diff))
    check(mail, "--tree", repository)
    assert parses == []


def test_what_is_known_of_the_base_is_not_parsed_again(repository: Path, parses: list[str], tmp_path: Path) -> None:
    mail = tmp_path / "toy.patch"
    mail.write_bytes(patch(new_file("kernel/toy.c", "#ifdef CONFIG_SECCOMP", "int toy(void) { return 1; }", "#endif")))
    first = check(mail, "--tree", repository).report
    parses.clear()
    assert check(mail, "--tree", repository).report == first
    assert parses == []


def test_a_series_that_changes_kconfig_parses_its_base_once(repository: Path, parses: list[str]) -> None:
    first = check(MBOX, "--tree", repository).report
    assert parses.count("arm64") == 1
    parses.clear()
    assert check(MBOX, "--tree", repository).report == first
    assert parses == []
    check(MBOX, "--tree", repository, "--no-cache")
    assert parses.count("arm64") == 1
