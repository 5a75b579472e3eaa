"""Real trees: what the rule reports is put before the kernel's own conf, which must warn of the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lint.engine import judge
from lint.history import AppliedHistory, apply_history
from lint.intake.load import load
from lint.kconfig.evaluate import Preset
from lint.kconfig.toolchain import TOOLCHAINS
from lint.migrations.model import shipped
from lint.rules.unmet_dependency import unmet_dependency
from lint.snapshot.open import open_tree
from lint.snapshot.overlay import OverlayTree
from lint.state import Knowledge, State
from tests.evaluate.oracle import build
from tests.kernels import corpus, kernel_tree

pytestmark = [pytest.mark.kernel, pytest.mark.corpus]
WARNING = "WARNING: unmet direct dependencies detected for "


def applied(name: str, version: str) -> AppliedHistory:
    series = load((str(corpus() / "lkp/mbox" / f"{name}.mbox"),))
    tree = open_tree(kernel_tree(version), None)
    return apply_history(tree, series.patches, shipped(), (), Knowledge(TOOLCHAINS["gcc"]))


def written(state: State, base: Path, target: Path) -> Path:
    """The tree of a state as a directory: links into the base, and the changed files themselves."""
    assert isinstance(state.tree, OverlayTree)
    changed = {path: state.tree.read(path) for path in state.tree.changed}
    folders = {str(Path(*Path(path).parts[:depth])) for path in changed for depth in range(len(Path(path).parts))}
    for folder in sorted(folders):
        (target / folder).mkdir(parents=True, exist_ok=True)
        known = (base / folder).iterdir() if (base / folder).is_dir() else ()
        for one in known:
            path = str(one.relative_to(base))
            if one.name != ".git" and path not in folders and path not in changed:
                (target / path).symlink_to(one)
    for path, text in changed.items():
        if text is not None:
            (target / path).write_bytes(text)
    return target


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("lkp-070", "6.1", {"X86_AMD_PSTATE"}),
        ("lkp-k02", "6.1", {"SYSTEM_EXTRA_CERTIFICATE"}),
        ("lkp-k03", "6.1", {"MFD_CORE"}),
        ("lkp-k04", "6.1", {"VMLINUX_MAP"}),
        # merged like this; upstream mended it later
        ("neg-107", "6.12", {"PPC_RADIX_BROADCAST_TLBIE"}),
    ],
)
def test_conf_warns_of_each_witness(name: str, version: str, expected: set[str], tmp_path: Path) -> None:
    history = applied(name, version)
    found = judge(history.steps, history.between, [unmet_dependency]).findings
    assert {one.hit.symbols[0] for one in found} == expected
    conf = build(kernel_tree(version), tmp_path)
    for number, finding in enumerate(found):
        state = history.steps[finding.patch - 1].after
        (arch,) = finding.hit.arch
        tree = written(state, kernel_tree(version), tmp_path / f"tree-{number}")
        answers = tmp_path / f"answers-{number}"
        lines = [f"CONFIG_{symbol}={value}\n" for symbol, value in finding.hit.witness.items()]
        answers.write_text("".join(lines))
        patched = replace(conf, tree=tree)
        _, said = patched.run(arch, str(Preset.ALLNOCONFIG), state.kconfig(arch).version, str(answers))
        target, selector = finding.hit.symbols[:2]
        assert f"{WARNING}{target}\n" in said, json.dumps(dict(finding.hit.witness))
        block = said.split(f"{WARNING}{target}\n")[1].split("WARNING:")[0]
        assert f"- {selector} [=" in block
        _, plain = patched.run(arch, str(Preset.ALLNOCONFIG), state.kconfig(arch).version)
        assert WARNING not in plain
        _, before = conf.run(arch, str(Preset.ALLNOCONFIG), state.kconfig(arch).version, str(answers))
        assert f"{WARNING}{target}\n" not in before
