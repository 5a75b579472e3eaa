"""The page of all rules for docs/: ``python -m lint.report.markdown > docs/rules.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lint.report.samples import shown

if TYPE_CHECKING:
    from lint.rule import Rule

HEAD = """\
# The rules

<!-- made by `python -m lint.report.markdown`: edit the rules, not this page -->

An error breaks a build or a behaviour, a warning should be mended, a note is a hint. The lines marked `<-- reported`
are the ones that kmiglint points at. `kmiglint explain RULE` shows the same in a terminal.

| rule | severity | confidence | what is caught |
|---|---|---|---|
"""


def render(rules: Sequence[Rule]) -> str:
    """The page: a table of all rules, then one section for each."""
    lines = [*map(_row, rules), "", *(line for rule in rules for line in section(rule))]
    return HEAD + "\n".join(lines)


def _row(rule: Rule) -> str:
    summary = rule.documentation.summary.replace("|", "\\|")
    return f"| [{rule.id}](#{rule.id}) | {rule.severity.value} | {rule.confidence.value} | {summary} |"


def section(rule: Rule) -> Iterator[str]:
    """The part of the page about one rule, its heading first."""
    about = rule.documentation
    yield f"## {rule.id}"
    yield ""
    yield f"{rule.severity.value}, {rule.confidence.value} confidence, since {rule.since}"
    for text in (about.summary, f"**Why:** {about.why}"):
        yield from ("", text)
    for title, text, sample in (("Bad", about.bad, rule.bad), ("Good", about.good, rule.good)):
        yield from ("", f"**{title}:** {text}", "", "```diff", *_diff(sample), "```")
    yield from ("", f"**Source:** {about.source}", "", f"Switch it off with `--ignore {rule.id}`.", "")


def _diff(sample: str) -> Iterator[str]:
    for line in shown(sample):
        if line.kind == "line":
            yield f"{line.text}    <-- reported" if line.reported else line.text
        else:
            yield f"{'patch: ' if line.kind == 'patch' else '@@ '}{line.text}{'' if line.kind == 'patch' else ' @@'}"


def main() -> None:
    """Print the page of the rules that are shipped."""
    from lint.rules import RULES

    sys.stdout.buffer.write(render(RULES).encode())


if __name__ == "__main__":
    main()
