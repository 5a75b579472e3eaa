"""The examples of docs/formats.md are what the commands print."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from lint.report.formats import FORMATS
from tests.e2e.driving import MBOX, ROOT, TREE, run

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
BLOCKS = [
    block.replace("\\\n", " ") for block in re.findall(r"```\n\$ kmiglint (check samples/.*?)```", PAGE, re.DOTALL)
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block).partition("--format ")[2].split()[0])
def test_examples(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command, _, shown = block.partition("\n")
    monkeypatch.chdir(ROOT)
    assert run(*shlex.split(command)).out.decode() == shown


def test_the_result_of_sarif() -> None:
    log = json.loads(run("check", MBOX, "--tree", TREE, "--format", "sarif", "--select", "flag-bit-collision").out)
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert json.loads(shown) == log["runs"][0]["results"][0]


def test_every_format_is_there() -> None:
    assert re.findall(r"^\| \[?`(\w+)`", PAGE, re.MULTILINE) == list(FORMATS)
