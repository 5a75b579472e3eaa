"""Real kernels: evaluate against conf of the same tree. A line that differs needs its explanation in EXPLAINED."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from lint.kconfig.evaluate import Preset, evaluate, read_defconfig
from lint.kconfig.model import Kconfig
from lint.kconfig.parse import parse_kconfig
from lint.snapshot.directory import DirectoryTree
from tests.evaluate.oracle import Conf, build, symbol_lines
from tests.kernels import VERSIONS, kernel_tree

pytestmark = pytest.mark.kernel
ARCHES = ("arm64", "x86", "riscv", "s390")
EXPLAINED: dict[tuple[str, str, Preset], dict[str, str]] = {}
"""By version, architecture and preset: lines that differ (``+`` ours, ``-`` conf's) and why. At most 5 for allyes and
allmod, none for the others. There is none now."""

Builder = Callable[[str], Conf]


@functools.lru_cache(maxsize=1)
def parsed(version: str, arch: str) -> Kconfig:
    return parse_kconfig(DirectoryTree(kernel_tree(version)), arch)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return functools.cache(lambda version: build(kernel_tree(version), tmp_path_factory.mktemp("conf")))


def differences(ours: list[str], theirs: list[str]) -> set[str]:
    return {f"+{line}" for line in set(ours) - set(theirs)} | {f"-{line}" for line in set(theirs) - set(ours)}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("arch", ARCHES)
def test_presets(version: str, arch: str, judge: Builder) -> None:
    conf, kconfig = judge(version), parsed(version, arch)
    for preset in Preset:
        ours = symbol_lines(evaluate(kconfig, preset).dot_config())
        theirs = conf.lines(arch, str(preset), kconfig.version)
        explained = EXPLAINED.get((version, arch, preset), {})
        assert len(theirs) > 500
        assert differences(ours, theirs) == set(explained), preset
        assert explained or ours == theirs, f"{preset}: the same lines in another order"


@pytest.mark.parametrize(
    ("version", "arch", "name"), [("6.1", "arm64", "defconfig"), ("6.12", "s390", "defconfig"), ("7.3", "x86", "x86_64_defconfig")]
)  # fmt: skip
def test_defconfigs(version: str, arch: str, name: str, judge: Builder) -> None:
    conf, kconfig = judge(version), parsed(version, arch)
    user = read_defconfig(DirectoryTree(conf.tree), arch)
    assert user
    ours = symbol_lines(evaluate(kconfig, Preset.ALLDEFCONFIG, user).dot_config())
    assert ours == conf.lines(arch, f"defconfig={conf.tree}/arch/{arch}/configs/{name}", kconfig.version)
