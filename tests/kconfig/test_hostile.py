from __future__ import annotations

import builtins
import importlib
import os
import pickle
import random
import subprocess
import sys
from typing import Any, NoReturn

import pytest

from lint.kconfig import bounds
from lint.kconfig.model import Kconfig
from tests.kconfig.texts import only, parse, parse_files


@pytest.fixture(autouse=True)
def _no_process_and_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **_: Any) -> NoReturn:
        raise AssertionError(f"opened or ran {arguments}")

    parse("config A\n\tbool\n")  # whatever is imported late is imported now
    for module, name in ((subprocess, "Popen"), (os, "system"), (os, "popen"), (os, "open"), (builtins, "open")):
        monkeypatch.setattr(module, name, refuse)


def messages(kconfig: Kconfig) -> list[str]:
    return [problem.message for problem in kconfig.problems]


@pytest.mark.parametrize(
    "line",
    [
        "X := $(shell,touch /tmp/marker)",
        "X = $(shell,touch /tmp/marker)\nY := $(X)",
        "$(shell,touch /tmp/marker)",
        'config A\n\tstring\n\tdefault "$(shell,touch /tmp/marker; echo)"',
        "config A\n\tdef_bool $(shell,`touch /tmp/marker`)",
        "config A\n\tdef_bool $(shell,$(echo touch) /tmp/marker)",
    ],
)
def test_no_shell(line: str) -> None:
    kconfig = parse(line + "\n")
    assert len(kconfig.unknown_commands) >= 0


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../secret", "a/../../secret", "drivers/../../secret", "/", "..", "", "x\\..\\y", "a" * 2000],
)
@pytest.mark.parametrize("word", ["source", "rsource", "osource", "orsource"])
def test_nothing_outside_the_tree_is_sourced(word: str, path: str) -> None:
    kconfig = parse_files({"Kconfig": f'config A\n\tbool\n{word} "{path}"\nconfig B\n\tbool\n'})
    assert all("root" not in message for message in messages(kconfig))
    assert kconfig.files == ("Kconfig",)
    assert kconfig.defines("B")
    if word in ("source", "rsource"):
        assert [p.line for p in kconfig.problems] == [3]


def test_globs_stay_in_the_tree() -> None:
    files: dict[str, str | bytes] = {
        "Kconfig": 'osource "d/*/Kconfig"\nsource "/etc/*"\n',
        "d/a/Kconfig": "config A\n\tbool\n",
        "d/b/Kconfig": "config B\n\tbool\n",
        "d/b/c/Kconfig": "config C\n\tbool\n",
    }
    kconfig = parse_files(files)
    assert [name for name in kconfig.symbols if kconfig.defines(name)] == ["A", "B"]
    assert messages(kconfig) == ["the sourced file is outside the tree"]


def test_source_loops_end() -> None:
    kconfig = parse_files({"Kconfig": 'source "a"\n', "a": 'config A\n\tbool\nsource "b"\n', "b": 'source "a"\n'})
    assert messages(kconfig) == ["the sourced file sources itself"]
    assert kconfig.defines("A")


def test_the_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("KCONFIG_FUNCTIONS", "os")
    kconfig = parse('config A\n\tstring "$(GITHUB_TOKEN)"\n\tdefault "$(GITHUB_TOKEN) $GITHUB_TOKEN $(ARCH)"\n')
    assert "secret" not in str(kconfig)
    assert kconfig.environment == {"ARCH": "arm64"}
    assert "$GITHUB_TOKEN arm64" in str(only(kconfig, "A").defaults)


def test_no_module_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, package: str | None = None) -> NoReturn:
        raise AssertionError(f"imported {name} {package}")

    monkeypatch.setattr(importlib, "import_module", refuse)
    kconfig = parse_files(
        {"Kconfig": 'config A\n\tstring\n\tdefault "$(evil)"\n', "kconfigfunctions.py": "raise SystemExit"}
    )
    assert messages(kconfig) == []
    assert "kconfigfunctions" not in sys.modules


def test_doubling_macros_are_bounded() -> None:
    lines = [f"A{i} = $(A{i + 1})$(A{i + 1})" for i in range(40)]
    kconfig = parse("config FIRST\n\tbool\n" + "\n".join(lines) + '\nA40 = x\nconfig A\n\tstring\n\tdefault "$(A0)"\n')
    assert kconfig.defines("FIRST")
    assert len(messages(kconfig)) == 1


def test_growing_macros_are_bounded() -> None:
    lines = ["A0 := " + "x" * 1000] + [f"A{i + 1} := $(A{i})$(A{i})" for i in range(40)]
    kconfig = parse("\n".join(lines) + "\nconfig B\n\tbool\n")
    assert kconfig.problems
    assert kconfig.defines("B")


@pytest.mark.parametrize(
    "text",
    [
        "config A\n\tdepends on " + "(" * 5000 + "B" + ")" * 5000 + "\n",
        "config A\n\tdepends on " + "!" * 5000 + "B\n",
        "config A\n\tdefault " + "$(" * 5000 + "B" + ")" * 5000 + "\n",
        'config A\n\tbool "' + "$(a," * 3000 + ")" * 3000 + '"\n',
        "$(" * 5000 + "\n",
        "config A\n\tdefault $(shell," + "{ " * 3000 + "true" + "; }" * 3000 + ")\n",
    ],
)
def test_deep_nesting_is_a_problem(text: str) -> None:
    kconfig = parse(text + "config Z\n\tbool\n")
    assert kconfig.problems or kconfig.unknown_commands
    assert kconfig.defines("Z")


@pytest.mark.parametrize("block", ["if A\n", 'menu "m"\n'])
def test_deep_blocks_are_a_problem(block: str) -> None:
    kconfig = parse("config A\n\tbool\n" + block * 5000)
    assert kconfig.problems
    assert kconfig.defines("A")


def test_long_chains_are_walked_without_recursion() -> None:
    text = "config A\n\tbool\n\tdepends on " + " && ".join(f"B{i}" for i in range(2500)) + "\n"
    text += "".join(f"\tdepends on C{i}\n" for i in range(4000))
    text += "".join(f"config D{i}\n\tbool\n\tselect A\n" for i in range(3000))
    text += "config E\n\tbool\n" * 3000
    kconfig = parse(text)
    assert kconfig.problems == ()
    assert len(kconfig.symbols["A"].selected_by) == 3000
    assert len(kconfig.symbols["E"].definitions) == 3000
    assert pickle.loads(pickle.dumps(kconfig)) == kconfig


def test_the_deepest_that_is_accepted_can_be_pickled() -> None:
    deep = bounds.MAX_NESTING
    expression = "".join("!(X && (Y || " for _ in range(deep // 3)) + "Z" + "))" * (deep // 3)
    text = f"if {expression}\n" * deep + "config A\n\tbool\n" + "endif\n" * deep
    kconfig = parse(text)
    assert kconfig.problems == ()
    assert pickle.loads(pickle.dumps(kconfig)).symbols.keys() == kconfig.symbols.keys()


def test_a_line_that_grows_without_end() -> None:
    big = "A := " + "x" * 20_000 + "\n"
    kconfig = parse(big + 'config B\n\tstring\n\tdefault "' + "$(A)" * 5000 + '"\n\tdefault "$(A)"\n')
    assert [p.line for p in kconfig.problems] == [4]
    assert len(only(kconfig, "B").defaults) == 1
    many = parse(big + "config B\n\tstring\n" + '\tdefault "$(A)"\n' * 5000)
    assert [p.message for p in many.problems] == ["the macros expand to more than 8388608 characters together"]


def test_too_much_shell() -> None:
    kconfig = parse("".join(f"X := $(shell,frob {i} {'y' * 15_000})\n" for i in range(200)) + "config B\n\tbool\n")
    assert "shell commands are longer" in messages(kconfig)[0]
    assert len(kconfig.unknown_commands) < 100


def test_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lint.kconfig.dialect.MAX_ENTRIES", 100)
    kconfig = parse("".join(f"config A{i}\n\tbool\n" for i in range(1000)))
    assert messages(kconfig) == ["more than 100 entries"]
    assert kconfig.defines("A99")


def test_too_many_bad_lines() -> None:
    kconfig = parse("config A\n\tbool\n" + "frob\n" * 100_000)
    assert len(kconfig.problems) <= bounds.MAX_PROBLEMS + 2
    assert kconfig.defines("A")


def test_files_that_are_too_large() -> None:
    kconfig = parse_files({"Kconfig": 'source "big"\n', "big": b"#" * (bounds.MAX_FILE_BYTES + 1)})
    assert messages(kconfig) == [f"the sourced file is larger than {bounds.MAX_FILE_BYTES} bytes"]


def test_a_file_sourced_again_and_again_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lint.kconfig.source.MAX_FILES", 1000)
    files: dict[str, str | bytes] = {f"f{i}": f'source "f{i + 1}"\n' * 2 for i in range(40)}
    kconfig = parse_files({"Kconfig": 'source "f0"\n', "f40": "config A\n\tbool\n", **files})
    assert messages(kconfig) == ["more than 1000 files are sourced"]
    assert kconfig.defines("A")


def test_a_large_file_sourced_again_and_again_is_bounded() -> None:
    kconfig = parse_files({"Kconfig": "config A\n\tbool\n" + 'source "b"\n' * 1000, "b": b"#" * (3 << 20)})
    assert messages(kconfig)[-1] == f"the Kconfig files are larger than {bounds.MAX_TOTAL_BYTES} bytes together"
    assert kconfig.defines("A")


def test_a_long_line() -> None:
    kconfig = parse('config A\n\tbool "' + "x" * 200_000 + '"\nconfig B\n\tbool\n')
    assert [p.line for p in kconfig.problems] == [2]
    assert kconfig.defines("B")


@pytest.mark.parametrize("seed", range(60))
def test_shuffled_text_never_raises(seed: int) -> None:
    text = (
        'config menuconfig choice endchoice if endif menu "m" endmenu comment source bool tristate int def_bool default'
        ' depends on select imply range visible help modules transitional option env= optional prompt "p" \'q A B _ $( )'
        ' ( ! && || = != < $(shell,ls) $(A) := += \\ # ; , y m n 3 \x00 \xff --help-- $(error-if,y,x) $(1) $(-1) "'
    )
    words = text.split(" ")
    choose = random.Random(seed)
    text = "".join(choose.choice(words) + choose.choice([" ", "\n", "\n\t", "\t"]) for _ in range(400))
    assert isinstance(parse(text), Kconfig)
