"""Which architectures are asked, and that nothing is left out silently."""

from __future__ import annotations

import pytest

from lint.effects import objects, reach, run
from lint.effects.model import EffectKind
from lint.errors import Stage
from lint.kconfig.evaluate import Configuration
from tests.effects.trees import ONE, of_kind, report
from tests.samples import read_base

FILES = read_base("many-archs")


def edited(path: str, old: str, *new: str) -> str:
    """A patch of one line of the base."""
    lines = FILES[path].decode().splitlines()
    assert lines.count(old) == 1
    body = [line for one in lines for line in ([f"-{old}", *(f"+{n}" for n in new)] if one == old else [f" {one}"])]
    return f"== {path}\n" + "\n".join(body) + "\n"


def test_only_those_that_can_have_the_option_are_asked() -> None:
    patch = edited("init/Kconfig", "	depends on HAVE_SHARED && !BROKEN", "	depends on HAVE_SHARED && BROKEN")
    found = report(patch, base="many-archs")
    lost = of_kind(found.effects, EffectKind.OPTION_LOST)["SHARED"]
    assert lost.arch == ("a", "b")
    assert found.problems == ()


def test_a_symbol_that_architectures_select_concerns_those() -> None:
    patch = edited("init/Kconfig", "config QUIET", "config QUIET", "	select BROKEN")
    found = report(patch, base="many-archs")
    assert {one.subject: one.arch for one in found.effects if one.kind is EffectKind.VALUE} == {"BROKEN": ("b",)}
    assert [one.subject for one in found.effects if one.kind is EffectKind.OPTION_LOST] == ["SHARED"]
    assert found.problems == ()


def test_what_concerns_all_is_asked_of_some_and_said_so() -> None:
    patch = edited("init/Kconfig", '	bool "Plain"', '	bool "Plain"', "	default y")
    found = report(patch, base="many-archs")
    assert [(one.stage, one.patch) for one in found.problems] == [(Stage.KCONFIG, 1)]
    assert found.problems[0].message == ("the effects are those on a, b, c, d, e, f, g, h: not asked were i, j")


def test_a_block_around_entries_concerns_what_stands_in_it() -> None:
    found = report(edited("init/Kconfig", "if PLAIN", "if HAVE_SHARED"), base="many-archs")
    gone = of_kind(found.effects, EffectKind.OPTION_LOST)["INSIDE"]
    assert "c" in gone.arch
    assert "a" not in gone.arch


def test_a_makefile_of_all_is_asked_of_all() -> None:
    found = report(edited("init/Makefile", "obj-$(CONFIG_SHARED) += shared.o", "obj-y += shared.o"), base="many-archs")
    assert {one.arch for one in found.effects if one.subject == "init/shared.o"} == {
        ("a", "b"),
        ("c", "d", "e", "f", "g", "h"),
    }
    assert len(found.problems) == 1


@pytest.mark.parametrize(
    ("module", "name", "stage", "message"),
    [
        (reach, "MOST_SYMBOLS", Stage.KCONFIG, "one: of the symbols that change, 0 of 4 were followed: not "),
        (reach, "MOST_ASKED", Stage.KCONFIG, "one: so many symbols hang on what changes that "),
        (objects, "_MOST_OBJECTS", Stage.KBUILD, "one: of the objects that may change, 0 of "),
    ],
)
def test_every_limit_is_said(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, stage: Stage, message: str
) -> None:
    monkeypatch.setattr(module, name, 0)
    problems = report(f"{ONE}+	select GENERIC_ENTER\n").problems
    assert [one for one in problems if one.stage is stage and one.message.startswith(message)], problems


def test_a_witness_that_the_evaluator_does_not_follow_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: object, user: object, preset: object = None) -> Configuration:
        return Configuration({}, (), {}, {})

    monkeypatch.setattr("lint.effects.reach.Part.evaluate", nothing)
    found = report(f"{ONE}+	select GENERIC_ENTER\n")
    assert not [one for one in found.effects if one.configs == ("witness",)]
    (problem,) = [one for one in found.problems if one.message.startswith("include/old.h:1 on one is not told")]
    assert problem.stage is Stage.KCONFIG


def test_a_step_without_kconfig_makefile_or_architecture_is_not_looked_at() -> None:
    assert report("== kernel/other.c\n+int x;\n").effects == ()
    assert run.FORMAT >= 3
