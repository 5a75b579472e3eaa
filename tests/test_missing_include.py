"""What missing-include says beyond the place."""

from __future__ import annotations

from lint.rules.missing_include import missing_include
from tests.test_rules import CASES, findings


def test_the_header_for_all_is_named_before_that_of_one_architecture() -> None:
    case = CASES / "missing-include" / "bad-09-generic-header-and-one-of-an-architecture.diff"
    (finding,), _ = findings(missing_include, case.read_text("utf-8"))
    assert "linux/help.h" in finding.hit.message
    assert [one.span.path for one in finding.hit.related][:2] == [
        "include/linux/help.h",
        "arch/one/include/asm/help.h",
    ]
