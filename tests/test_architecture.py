"""The invariants of ARCHITECTURE.md, held against the source of every module."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import lint
from lint.rules import RULES

ROOT = Path(lint.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py"))
NAMES = {
    ".".join(("lint", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in MODULES
}

# Down the list: a module imports only what stands above it, or its own part.
ORDER = (
    "errors finding logic",
    "gitcmd",
    "intake",
    "snapshot",
    "kconfig",
    "cparse",
    "kbuild config_uses",
    "includes",
    "changelog",
    "migrations",
    "cache cache_search",
    "cache_facts",
    "state",
    "change",
    "history",
    "resolve",
    "generated flagwords contract",
    "contract_supply",
    "effects",
    "presence",
    "rule",
    "engine",
    "rules",
    "result",
    "report",
    "pipeline",
    "cli",
    "__main__",
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names.split()}
# Who may touch the world: files, processes, the clock, the environment.
WORLD = ("lint.gitcmd", "lint.intake.", "lint.snapshot.", "lint.cache", "lint.report.", "lint.cli", "lint.__main__")
WORLDLY = frozenset(
    {"os", "subprocess", "shutil", "socket", "tempfile", "time", "datetime", "random", "urllib", "http"}
)
MAX_LINES = 400
ADVICE = ("should", "must", "use-", "prefer", "avoid", "do-not", "dont", "fix-", "add-", "check-")
# Here the first word is a noun: a use of a name.
NOUNS = ("use-before-", "use-outside-")


def part(module: str) -> str:
    """The part of the pipeline that a module belongs to: its first name below lint."""
    return [*module.split("."), ""][1]


def tree(module: str) -> ast.Module:
    return ast.parse(NAMES[module].read_text("utf-8"))


def imports(module: str) -> Iterator[str]:
    """Every module of this project that a module imports, also inside functions and for type checkers."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in NAMES)


def calls(module: str) -> Iterator[str]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("module", NAMES)
def test_imports_point_one_way(module: str) -> None:
    own = part(module)
    if not own:
        return
    assert own in RANK, f"{own} has no place in the order of ARCHITECTURE.md"
    for other in imports(module):
        if other.startswith("lint.") and part(other) != own:
            assert RANK[part(other)] < RANK[own], f"{module} imports {other}"


@pytest.mark.parametrize("module", [name for name in NAMES if not name.startswith(WORLD)])
def test_the_core_does_no_io(module: str) -> None:
    used = {name.split(".")[0] for name in imports(module)}
    assert not used & WORLDLY, f"{module} imports {used & WORLDLY}"
    assert not {"open", "print", "input"} & set(calls(module)), module


@pytest.mark.parametrize("module", NAMES)
def test_nothing_that_is_read_is_executed(module: str) -> None:
    banned = {
        "eval",
        "exec",
        "compile",
        "os.system",
        "os.popen",
        "__import__",
        "importlib.import_module",
        "pickle.load",
    }
    if module in ("lint.report.formats",):
        banned = banned - {"importlib.import_module"}  # its names stand in the module itself
    assert not banned & set(calls(module)), module
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.keyword) and node.arg == "shell":
            assert isinstance(node.value, ast.Constant), module
            assert node.value.value is False, module


@pytest.mark.parametrize("module", NAMES)
def test_only_the_git_runner_starts_processes(module: str) -> None:
    if "subprocess" in set(imports(module)):
        assert module in ("lint.gitcmd", "lint.snapshot.objects", "lint.snapshot.grep"), module


@pytest.mark.parametrize("module", NAMES)
def test_values_are_frozen(module: str) -> None:
    """Dataclasses are frozen, but for private accumulators inside one module."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for decorator in node.decorator_list:
                text = ast.unparse(decorator)
                if text.startswith("dataclass"):
                    assert "frozen=True" in text or f"{module}.{node.name}" in MUTABLE, f"{module}.{node.name}"


MUTABLE = frozenset(
    {
        "lint.includes.graph.Known",  # this and the next:
        "lint.state.Knowledge",  # what was learnt in one run: it only grows, and equal questions get equal answers
        "lint.cparse.pieces_branches.Branches",  # these three count and collect within one call
        "lint.kconfig.shell.Shell",
        "lint.snapshot.hunks.Effort",
    }
)


@pytest.mark.parametrize("module", NAMES)
def test_files_stay_small(module: str) -> None:
    assert len(NAMES[module].read_text("utf-8").splitlines()) <= MAX_LINES


def test_rules_never_import_each_other() -> None:
    ids = {f"lint.rules.{rule.id.replace('-', '_')}" for rule in RULES}
    for module in ids:
        assert not (set(imports(module)) & ids) - {module}, module


def test_reports_never_reach_into_rules() -> None:
    for module in NAMES:
        if module.startswith("lint.report."):
            assert not [name for name in imports(module) if name.startswith("lint.rules.")], module


def test_every_rule_is_registered_under_its_file_name() -> None:
    files = {name.rpartition(".")[2].replace("_", "-") for name in NAMES if name.startswith("lint.rules.")}
    assert {name for name in files if not name.startswith("-")} == {rule.id for rule in RULES}
    assert [rule.id for rule in RULES] == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_a_rule_names_the_pattern_and_not_the_advice(rule: object) -> None:
    name = getattr(rule, "id", "")
    assert name.startswith(NOUNS) or not name.startswith(ADVICE)
    assert not any(f"-{word.strip('-')}-" in f"-{name}-" for word in ("should", "must"))


def test_every_module_can_be_imported_alone() -> None:
    for info in pkgutil.walk_packages([str(ROOT)], "lint."):
        if not info.name.endswith("__main__"):
            importlib.import_module(info.name)


def test_wire_types_are_not_the_internal_types() -> None:
    from lint.report import wire

    assert not [name for name, value in vars(wire).items() if dataclasses.is_dataclass(value)]
