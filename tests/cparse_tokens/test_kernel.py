"""Real files of a real tree: no problems, and the same functions as ctags finds."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from lint.cparse.facts_source import Source
from lint.cparse.lexer import strip
from lint.cparse.references import find_references, words
from tests.kernels import kernel_tree

pytestmark = pytest.mark.kernel
DIRECTORIES = ("kernel", "arch/arm64")


def files(tree: Path, *suffixes: str) -> list[tuple[str, bytes]]:
    found = sorted(p for d in DIRECTORIES for p in (tree / d).rglob("*") if p.suffix in suffixes)
    return [(str(p.relative_to(tree)), p.read_bytes()) for p in found if p.is_file() and not p.is_symlink()]


@pytest.mark.parametrize("version", ["6.1", "7.3"])
def test_every_if_is_understood(version: str) -> None:
    sources = [Source(path, text) for path, text in files(kernel_tree(version), ".c", ".h", ".S")]
    assert len(sources) > 1_000
    assert [problem for source in sources for problem in source.problems] == []


def test_positions_stay() -> None:
    for path, text in files(kernel_tree("7.3"), ".c", ".h", ".S"):
        code = strip(text, path)
        assert len(code) == len(text)
        assert code.count(b"\n") == text.count(b"\n")
        assert strip(code, path) == code


def test_functions_are_those_of_ctags() -> None:
    ctags = shutil.which("ctags")
    if not ctags:
        pytest.skip("no ctags to compare with")
    tree = kernel_tree("7.3")
    some = files(tree, ".c", ".h")
    command = [ctags, "-x", "--c-kinds=f", "--_xformat=%F\t%n\t%N", "-L", "-"]
    names = "\n".join(path for path, _ in some)
    run = subprocess.run(command, input=names, cwd=tree, capture_output=True, text=True, errors="replace", check=False)
    if run.returncode:
        pytest.skip("this ctags is not Universal Ctags")
    theirs = {}
    for row in run.stdout.splitlines():
        path, line, name = row.split("\t")
        theirs[path, int(line)] = name
    ours = {(path, f.line): f.name.split("(")[0] for path, text in some for f in Source(path, text).functions}
    common = theirs.keys() & ours.keys()
    # what is missing is nearly all ctags taking a macro without semicolon for the function behind it
    assert len(common) >= 0.995 * len(theirs)
    assert [(place, ours[place], theirs[place]) for place in common if ours[place] != theirs[place]] == []


def test_references_stand_where_they_say() -> None:
    wanted = {"test_thread_flag", "TIF_SIGPENDING", "regs", "current", "CONFIG_SMP", "task_struct", "ret"}
    for path, text in files(kernel_tree("7.3"), ".c", ".h", ".S")[::5]:
        source = Source(path, text)
        rows = text.split(b"\n")
        found = find_references(source, wanted)
        assert len(found) <= len(words(source.stripped, wanted))
        for use in found:
            assert rows[use.line - 1][use.column - 1 :].startswith(use.name.encode())
