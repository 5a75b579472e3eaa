"""Effects of small patches: clean ones first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lint.effects.model import Effect, EffectKind, HeldBack
from lint.migrations.model import shipped
from tests.effects.trees import ONE, effects, of_kind

SELECT = f"{ONE}+	select GENERIC_ENTER\n"


def chain(effect: Effect) -> list[str]:
    return [f"{link.path}:{link.line} {link.text}" for link in effect.chain]


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param(f"{ONE}-	select NEVER\n 	select GENERIC_CALL\n+	select NEVER\n", id="reordered-selects"),
        pytest.param(f"{ONE} 	select GENERIC_ENTER\n+	select GENERIC_CALL\n", id="on-already"),
        pytest.param(f"{ONE}+	help\n+	  More words.\n", id="help-only"),
        pytest.param(f"{ONE}+	select GENERIC_ENTER if NEVER\n", id="a-condition-that-never-holds"),
        pytest.param(f"{ONE}== arch/one/a.c\n+int a;\n", id="no-kconfig-file"),
        pytest.param(f'{ONE}+\n+config NEW\n+	bool "New"\n', id="a-new-option-is-its-own-lines"),
    ],
)
def test_no_effect(patch: str) -> None:
    assert effects(patch) == ()


def test_a_value_with_the_way_to_it() -> None:
    values = of_kind(effects(SELECT), EffectKind.VALUE)
    assert set(values) == {"GENERIC_ENTER", "GENERIC_CALL"}
    call = values["GENERIC_CALL"]
    assert (call.before, call.after, call.arch, call.patch) == ("n", "y", ("one",), 1)
    assert call.configs == ("allnoconfig", "allyesconfig", "allmodconfig")
    assert chain(call) == ["arch/one/Kconfig:3 selects GENERIC_ENTER", "Kconfig:10 selects GENERIC_CALL"]


def test_a_select_that_goes() -> None:
    values = of_kind(effects(f"{ONE}-	select GENERIC_ENTER\n"), EffectKind.VALUE)
    assert (values["GENERIC_ENTER"].before, values["GENERIC_ENTER"].after) == ("y", "n")
    assert chain(values["GENERIC_ENTER"]) == ["arch/one/Kconfig:3 no longer selects GENERIC_ENTER"]


def test_options_lost_and_gained() -> None:
    found = effects(SELECT)
    lost = of_kind(found, EffectKind.OPTION_LOST)["DEBUG_CALL"]
    assert lost.prompt == "Debug the calls"
    assert (lost.before, lost.after, lost.configs) == ("y", "n", ("allyesconfig", "allmodconfig"))
    assert chain(lost) == [
        "arch/one/Kconfig:3 selects GENERIC_ENTER",
        "Kconfig:17 DEBUG_CALL depends on !GENERIC_ENTER",
    ]
    gained = of_kind(found, EffectKind.OPTION_GAINED)["FAST_CALL"]
    assert [link.path for link in gained.chain] == ["arch/one/Kconfig", "Kconfig", "Kconfig"]
    assert "DEBUG_CALL" not in of_kind(found, EffectKind.VALUE)


def test_objects_that_begin_to_be_built() -> None:
    objects = of_kind(effects(SELECT), EffectKind.OBJECT)
    assert set(objects) == {"kernel/call.o", "kernel/user_call_dispatch.o", "kernel/enter/deep.o"}
    one = objects["kernel/call.o"]
    assert (one.before, one.after) == ("not built", "built")
    assert chain(one)[-1] == "kernel/Makefile:2 builds call.o"
    assert chain(objects["kernel/enter/deep.o"])[-1] == "kernel/Makefile:4 builds deep.o"


def test_conditions_that_flip() -> None:
    found = [one for one in effects(SELECT) if one.kind is EffectKind.CONDITIONAL]
    told = {(one.chain[-1].path, one.chain[-1].line): one for one in found}
    assert set(told) == {
        ("kernel/main.c", 1),
        ("kernel/main.c", 8),
        ("kernel/main.c", 10),
        ("include/old.h", 1),
    }, "never.c is never built, arch/two is another architecture"
    assert (told["kernel/main.c", 1].before, told["kernel/main.c", 1].after) == ("false", "true")
    assert told["kernel/main.c", 8].configs == ("allyesconfig", "allmodconfig")


def test_what_an_older_compiler_would_flip_needs_a_witness() -> None:
    old = of_kind(effects(SELECT), EffectKind.CONDITIONAL)[
        "#if !defined(CONFIG_CC_IS_NEW) && !defined(CONFIG_GENERIC_ENTER)"
    ]
    assert old.configs == ("witness",)
    assert old.witness == {"CC_IS_NEW": "n"}
    assert (old.before, old.after) == ("true", "false")


def test_what_does_not_follow_and_why() -> None:
    tree = ONE + ' config SUPPORTS\n \tbool\n config FEATURE\n \tbool "Feature"\n'
    tree += " \tdepends on SUPPORTS\n \tdepends on GENERIC_ENTER\n"
    patch = tree.replace("def_bool y\n", "def_bool y\n+\tselect SUPPORTS\n")
    (one,) = effects(patch)
    assert (one.kind, one.subject) == (EffectKind.VALUE, "SUPPORTS")
    assert one.held_back == (HeldBack("FEATURE", "GENERIC_ENTER", "arch/one/Kconfig", 9),)


def test_lines_that_the_patch_adds_are_no_effect() -> None:
    patch = f"{SELECT}== kernel/new.c\n+#ifdef CONFIG_GENERIC_ENTER\n+#endif\n"
    paths = {one.chain[-1].path for one in effects(patch) if one.kind is EffectKind.CONDITIONAL}
    assert "kernel/new.c" not in paths


@pytest.mark.parametrize(
    ("changelog", "cover", "kind", "subject", "disclosed"),
    [
        ("", "", EffectKind.OBJECT, "kernel/user_call_dispatch.o", False),
        ("Brings User Call\nDispatch along.", "", EffectKind.OBJECT, "kernel/user_call_dispatch.o", True),
        ("", "User call dispatch is new.", EffectKind.OBJECT, "kernel/user_call_dispatch.o", True),
        ("Builds call.c too.", "", EffectKind.OBJECT, "kernel/call.o", True),
        ("A call is made.", "", EffectKind.OBJECT, "kernel/call.o", False),
        ("CONFIG_DEBUG_CALL goes.", "", EffectKind.OPTION_LOST, "DEBUG_CALL", True),
        ('No more "debug the calls".', "", EffectKind.OPTION_LOST, "DEBUG_CALL", True),
        ("Selects GENERIC_ENTER.", "", EffectKind.OPTION_LOST, "DEBUG_CALL", False),
        ("", " kernel/call.c | 2 +-\n", EffectKind.OBJECT, "kernel/call.o", False),
    ],
)
def test_disclosure(changelog: str, cover: str, kind: EffectKind, subject: str, disclosed: bool) -> None:
    assert of_kind(effects(SELECT, changelog, cover), kind)[subject].disclosed is disclosed


def test_an_alias_of_the_migration_discloses() -> None:
    one = shipped()[0]
    migration = replace(one, aliases={"USER_CALL_DISPATCH": ("UCD",)})
    found = effects(SELECT, "Turns on UCD.", migrations=(migration,))
    assert of_kind(found, EffectKind.OBJECT)["kernel/user_call_dispatch.o"].disclosed
    assert not of_kind(found, EffectKind.OBJECT)["kernel/call.o"].disclosed
