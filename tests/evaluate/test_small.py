from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from lint.kconfig.evaluate import Configuration, Preset, evaluate, read_defconfig
from lint.kconfig.evaluate_defconfig import parse_config
from lint.kconfig.model import Kconfig
from lint.kconfig.parse import parse_kconfig
from lint.snapshot.memory import MemoryTree
from tests.evaluate.oracle import Conf, build, symbol_lines
from tests.evaluate.texts import CASES, MODULES, NEW, NO, OLD, YES, Case
from tests.kernels import kernel_tree


def parsed(text: str, version: str = NEW) -> Kconfig:
    major, minor = version.split(".")
    makefile = f"VERSION = {major}\nPATCHLEVEL = {minor}\n"
    return parse_kconfig(MemoryTree({"Kconfig": text.encode(), "Makefile": makefile.encode()}), "x")


def shortened(configuration: Configuration) -> str:
    lines = configuration.dot_config().splitlines()
    return " ".join(re.sub(r"# (.*) is not set", r"\1=n", line).replace("CONFIG_", "", 1) for line in lines)


each_case = pytest.mark.parametrize(
    ("case", "version"),
    [(case, version) for case in CASES for version in case.versions],
    ids=[f"{case.label} ({version})" for case in CASES for version in case.versions],
)


@each_case
def test_what_is_written(case: Case, version: str) -> None:
    assert shortened(evaluate(parsed(case.text, version), case.preset, case.user)) == case.lines


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Conf]:
    return {version: build(kernel_tree(version), tmp_path_factory.mktemp("conf")) for version in (OLD, NEW)}


@pytest.mark.kernel
@each_case
def test_conf_writes_the_same(case: Case, version: str, judges: dict[str, Conf], tmp_path: Path) -> None:
    kconfig = parsed(case.text, version)
    (tmp_path / "Kconfig").write_text(case.text)
    source = tmp_path / "user.config"
    lines = [f"CONFIG_{name}={value}" for name, value in case.user.items()]
    source.write_text("".join(f"{line}\n" for line in lines))
    judge = Conf(judges[version].program, tmp_path, tmp_path)
    found = evaluate(kconfig, case.preset, parse_config(source.read_text())).dot_config()
    assert symbol_lines(found) == judge.lines("x86", str(case.preset), version, str(source) if case.user else "")


CHAIN = 'config S0\n\tbool "s"\n' + "".join(f"\nconfig S{i}\n\tbool\n\tdefault S{i - 1}\n" for i in range(1, 5000))


def test_long_chains_need_no_recursion() -> None:
    text = "".join(f"config S{i}\n\tbool\n\tdefault S{i + 1}\n\n" for i in range(5000)) + 'config S5000\n\tbool "s"\n'
    assert evaluate(parsed(text), YES).value("S0") == "y"
    assert evaluate(parsed(CHAIN), YES).value("S4999") == "y"
    assert evaluate(parsed(CHAIN), NO).value("S4999") == "n"


def test_a_circle_reads_as_n_where_it_is_closed() -> None:
    text = 'config A\n\tbool "a"\n\tdepends on B\n\nconfig B\n\tbool "b"\n\tdepends on A\n'
    assert evaluate(parsed(text), YES).values == {"A": "n", "B": "n"}


def test_what_is_not_defined_or_has_no_type() -> None:
    configuration = evaluate(
        parsed("config A\n\tdefault y\n\nconfig B\n\tdef_bool A || ABSENT\n"), YES, {"ABSENT": "y"}
    )
    assert configuration.value("ABSENT") == "n"
    assert configuration.value("B") == "n"
    assert configuration.written == ()


def test_visibility() -> None:
    text = MODULES + (
        'config BUS\n\ttristate "bus"\n\nconfig CARD\n\ttristate "card"\n\tdepends on BUS\n\n'
        'config FLAG\n\tbool "flag"\n\tdepends on BUS\n\nmenu "m"\n\tvisible if ABSENT\n\n'
        'config HIDDEN\n\tbool "hidden"\n\nendmenu\n'
    )
    configuration = evaluate(parsed(text), Preset.ALLMODCONFIG)
    found = {name: configuration.visible(name) for name in ("BUS", "CARD", "FLAG", "HIDDEN", "ABSENT")}
    assert found == {"BUS": "y", "CARD": "m", "FLAG": "y", "HIDDEN": "n", "ABSENT": "n"}


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_kconfig_from_the_cache_evaluates_alike(version: str) -> None:
    for case in CASES:
        if version in case.versions:
            kconfig = parsed(case.text, version)
            again = pickle.loads(pickle.dumps(kconfig))
            assert evaluate(again, case.preset, case.user) == evaluate(kconfig, case.preset, case.user), case.label


def test_a_configuration_is_read_as_it_was_written() -> None:
    text = 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_NAME="a \\"b\\" \\\\ c" \nCONFIG_A=m\nother=1\n#CONFIG_C=y\n'
    assert list(parse_config(text).items()) == [("B", "n"), ("NAME", 'a "b" \\ c'), ("A", "m")]


@pytest.mark.parametrize(
    ("makefile", "files", "expected"),
    [
        ("", {"defconfig": "A"}, "A"),
        ("", {"other": "A"}, None),
        ("KBUILD_DEFCONFIG := big_defconfig\n", {"defconfig": "A", "big_defconfig": "B"}, "B"),
        ("KBUILD_DEFCONFIG = gone_defconfig\n", {"defconfig": "A"}, "A"),
        (
            "ifeq ($(ARCH),toy32)\n  KBUILD_DEFCONFIG := toy32_defconfig\nelse\n  KBUILD_DEFCONFIG := toy64_defconfig\n",
            {"toy32_defconfig": "A", "toy64_defconfig": "B"},
            "B",
        ),
        ("KBUILD_DEFCONFIG := $(ARCH)_defconfig\n", {"toy_defconfig": "A"}, "A"),
        (
            "KBUILD_DEFCONFIG := $(if $(filter toy%,$(uname)),$(uname),toyle)_defconfig\n"
            "toyle_defconfig:\n\t$(call merge_into_defconfig,base_defconfig,le more)\n",
            {"base_defconfig": "A", "le.config": "B", "more.config": "C"},
            "ABC",
        ),
    ],
)
def test_the_defconfig_of_an_architecture(makefile: str, files: dict[str, str], expected: str | None) -> None:
    contents = {f"arch/toy/configs/{name}": f"CONFIG_{text}=y\n".encode() for name, text in files.items()}
    found = read_defconfig(MemoryTree({"arch/toy/Makefile": makefile.encode(), **contents}), "toy")
    assert found == (None if expected is None else dict.fromkeys(expected, "y"))


def test_a_named_defconfig() -> None:
    tree = MemoryTree({"arch/toy/configs/tiny.config": b"CONFIG_A=y\n"})
    assert read_defconfig(tree, "toy", "tiny.config") == {"A": "y"}
    assert read_defconfig(tree, "toy", "huge.config") is None
