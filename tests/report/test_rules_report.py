"""The catalogue and the explanations, of a rule that exists for this test only, and the page of the real ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from lint.change import Change
from lint.finding import Confidence, Hit, Severity
from lint.report import markdown
from lint.report.rules import as_json, catalogue, explanation
from lint.report.screen import Screen
from lint.rule import Documentation, Rule
from lint.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
SUMMARY = "A flag that nothing sets is still tested, and the branch behind it can never be taken any more."
BAD = "# base: toy\n== a.c\n int f(void)\n-{ set(A); }\n!\treturn test(A);\n?}\n@@ second\n== b.c\n~int b;\n"


def nothing(change: Change) -> Iterator[Hit]:
    yield from ()


def made(name: str, severity: Severity) -> Rule:
    about = Documentation(SUMMARY, "dead | code misleads.", "the test stays.", "it goes too.", "Documentation/x.rst")
    return Rule(name, severity, Confidence.MEDIUM, "0.1", BAD, "== a.c\n+int a;\n", nothing, lambda _: (), about)


RULE = made("dead-flag-test", Severity.WARNING)
OTHER = made("b", Severity.ERROR)


def test_catalogue_in_a_pipe_is_one_line_per_rule() -> None:
    assert catalogue([OTHER, RULE]).splitlines() == [
        f"b               error    medium  {SUMMARY}",
        f"dead-flag-test  warning  medium  {SUMMARY}",
    ]


def test_catalogue_on_a_terminal_keeps_its_columns() -> None:
    lines = catalogue([RULE], Screen(80)).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert {line[:33].strip() for line in lines[1:]} == {""}
    assert catalogue([]) == ""


def test_explanation() -> None:
    assert explanation(RULE).splitlines() == [
        "dead-flag-test  warning, medium confidence, since 0.1",
        "",
        "A flag that nothing sets is still tested, and the branch behind it can never be",
        "taken any more.",
        "",
        "Why: dead | code misleads.",
        "",
        "Bad: the test stays.",
        "",
        "    a.c",
        "      int f(void)",
        "    - { set(A); }",
        "  > +         return test(A);",
        "  >   }",
        "    patch: second",
        "    b.c",
        "  > - int b;",
        "",
        "Good: it goes too.",
        "",
        "    a.c",
        "    + int a;",
        "",
        "Source: Documentation/x.rst",
        "Switch it off: kmiglint check --ignore dead-flag-test ...",
    ]


def test_json_holds_everything() -> None:
    (record,) = json.loads(as_json([RULE]))
    assert record["rule"] == "dead-flag-test"
    assert record["bad"] == BAD
    assert set(record) == {
        "rule", "severity", "confidence", "since", "summary", "why", "what_is_bad", "bad", "what_is_good", "good", "source",
    }  # fmt: skip


def test_markdown() -> None:
    page = markdown.render([OTHER, RULE])
    assert "| [b](#b) | error | medium |" in page
    assert "\n## dead-flag-test\n" in page
    assert "\n+\treturn test(A);    <-- reported\n" in page
    assert "**Why:** dead | code misleads." in page
    assert page.endswith("Switch it off with `--ignore dead-flag-test`.\n")
    assert page.count("```") % 2 == 0


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == markdown.render(RULES), "run: make docs"


def test_the_readme_names_every_rule_and_no_other() -> None:
    readme = (PAGE.parents[1] / "README.md").read_text("utf-8")
    table = readme.partition("## The rules\n")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert sorted(re.findall(r"`([a-z-]+)`", "".join(rows))) == [rule.id for rule in RULES]
