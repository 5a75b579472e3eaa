"""The effects as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from lint import pipeline
from lint.cli import cli
from lint.effects.model import Effect, EffectKind, Link, packed, unpacked
from lint.report import schema
from lint.report.effects_text import render
from lint.report.json_report import render as render_json
from lint.report.screen import Screen, encoded
from lint.result import Result
from tests.effects.test_effects import SELECT
from tests.effects.trees import effects
from tests.report.results import result


def made(found: tuple[Effect, ...]) -> Result:
    return replace(result(), effects=found)


def test_json_is_valid_and_complete() -> None:
    found = effects(SELECT)
    report = json.loads(render_json(made(found)))
    jsonschema.Draft202012Validator(json.loads(schema.shipped())).validate(report)
    assert len(report["effects"]) == len(found)
    lost = next(one for one in report["effects"] if one["kind"] == "option-lost")
    assert lost == {
        "kind": "option-lost",
        "subject": "DEBUG_CALL",
        "arch": ["one"],
        "configs": ["allyesconfig", "allmodconfig"],
        "witness": {},
        "before": "y",
        "after": "n",
        "patch": {"index": 1},
        "chain": [
            {"path": "arch/one/Kconfig", "line": 3, "text": "selects GENERIC_ENTER"},
            {"path": "Kconfig", "line": 17, "text": "DEBUG_CALL depends on !GENERIC_ENTER"},
        ],
        "disclosed": False,
        "held_back": [],
    }


def test_text_is_a_tree_by_cause() -> None:
    text = render(made(effects(SELECT)))
    assert "arch/one/Kconfig:3 selects GENERIC_ENTER" in text
    assert text.count("selects GENERIC_ENTER") == 1
    assert 'option lost: DEBUG_CALL "Debug the calls"' in text
    assert "kernel/user_call_dispatch.o is built now" in text
    assert "\x1b" not in text


def test_what_a_built_object_brings_stands_below_it() -> None:
    gate = Link("kernel/Makefile", 3, "builds user.o")
    first = Link("arch/one/Kconfig", 3, "selects USER")
    built = Effect(EffectKind.OBJECT, "kernel/user.o", ("one",), ("defconfig",), "not built", "built", (first, gate))
    use, own = Link("kernel/user.c", 8, "uses arch_hook()"), Link("arch/one/hook.c", 2, "defines arch_hook()")
    chain = (first, gate, use, own)
    override = Effect(EffectKind.OVERRIDE, "arch_hook", ("one",), ("defconfig",), "not built", "arch", chain)
    lines = render(made((built, override))).splitlines()
    at = next(index for index, line in enumerate(lines) if "kernel/user.o is built now" in line)
    assert lines[at - 1].strip("│└─ ") == "kernel/Makefile:3"
    assert lines[at + 1].startswith(
        lines[at][: lines[at].index("kernel")].replace("├── ", "│   ").replace("└── ", "    ")
    )
    assert "override: arch_hook not built → arch" in lines[at + 1]
    assert sum("kernel/Makefile:3" in line for line in lines) == 1


def test_a_terminal_gets_its_width_and_styles() -> None:
    plain = render(made(effects(SELECT)), Screen(60))
    assert max(map(len, plain.splitlines())) <= 60
    assert "\x1b[" in render(made(effects(SELECT)), Screen(60, colour=True))


def test_a_stream_without_the_lines_of_the_tree() -> None:
    text = encoded(render(made(effects(SELECT))), "ascii").decode("ascii")
    assert "`-- arch/one/Kconfig:3 selects GENERIC_ENTER" in text
    assert "\\u" not in text


def test_no_effects() -> None:
    assert render(made(())) == "2 patches: no effect beyond their own lines\n"


def test_texts_of_strangers_stay_text() -> None:
    one = effects(SELECT)[0]
    evil = replace(one, prompt="a\x1b[31m[bold]b", subject="X\x07", kind=EffectKind.OPTION_LOST)
    text = render(made((evil,)), Screen(80, colour=True))
    assert "\\x1b[31m[bold]b" in text
    assert "\x07" not in text


def test_packing_loses_nothing_but_the_mails_part() -> None:
    found = effects(SELECT)
    assert unpacked(packed(found)) == tuple(replace(one, patch=0, disclosed=False) for one in found)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "effects", lambda request, say: made(effects(SELECT)))
    shown = CliRunner().invoke(cli, ["effects", "x.patch"])
    assert shown.exit_code == 0
    assert "option lost" in shown.output
    shown = CliRunner().invoke(cli, ["effects", "x.patch", "--format", "json"])
    assert json.loads(shown.output)["effects"]


def test_the_command_needs_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.patch").write_text("--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-int a;\n+int b;\n")
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(cli, ["effects", "a.patch"])
    assert shown.exit_code == 2
    assert "--tree" in shown.output
