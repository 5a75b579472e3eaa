"""What the options do to one run, and how they act on each other; and a run without any tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint.rules import RULES
from tests.e2e.driving import MBOX, TREE, check, new_file, patch, rules_of, run, valid
from tests.kernels import corpus

REDUNDANT, COLLISION, BISECT = "redundant-select", "flag-bit-collision", "broken-bisect-step"


def test_only_the_selected_rules() -> None:
    whole = check(MBOX, "--tree", TREE).report
    for chosen in ((REDUNDANT,), (REDUNDANT, COLLISION)):
        report = check(MBOX, "--tree", TREE, "--select", ",".join(chosen)).report
        assert report["findings"] == [finding for finding in whole["findings"] if finding["rule"] in chosen]
        assert report["suppressed"] == 0
    twice = check(MBOX, "--tree", TREE, "--select", COLLISION, "--select", REDUNDANT).report
    assert set(rules_of(twice)) == {REDUNDANT, COLLISION}


def test_what_is_ignored_is_counted() -> None:
    whole = check(MBOX, "--tree", TREE).report
    report = check(MBOX, "--tree", TREE, "--ignore", f"{REDUNDANT}, {COLLISION}").report
    assert report["findings"] == [one for one in whole["findings"] if one["rule"] not in (REDUNDANT, COLLISION)]
    assert report["suppressed"] == len(whole["findings"]) - len(report["findings"]) > 0
    text = run("check", MBOX, "--tree", TREE, "--ignore", REDUNDANT)
    assert "1 suppressed" in text.out.decode().splitlines()[-1]


def test_select_and_ignore_together() -> None:
    done = check(MBOX, "--tree", TREE, "--select", REDUNDANT, "--ignore", REDUNDANT)
    assert (done.code, done.report["findings"], done.report["suppressed"]) == (0, [], 1)
    everything = ",".join(rule.id for rule in RULES)
    done = check(MBOX, "--tree", TREE, "--ignore", everything, "--fail-on", "note")
    assert (done.code, done.report["findings"]) == (0, [])


def test_a_bisection_break_is_selected_by_itself_and_goes_with_the_rule_that_found_it() -> None:
    whole = check(MBOX, "--tree", TREE).report
    breaks = [one for one in whole["findings"] if one["rule"] == BISECT]
    assert breaks
    assert all("(missing-arch-contract until patch" in one["message"] for one in breaks)
    alone = check(MBOX, "--tree", TREE, "--select", BISECT).report
    assert (alone["findings"], alone["suppressed"]) == (breaks, 0)
    found = check(MBOX, "--tree", TREE, "--select", "missing-arch-contract").report["findings"]
    assert {one["rule"] for one in found} == {"missing-arch-contract"}
    assert sorted(one["scope"] for one in found) == ["series", "step"]
    without = check(MBOX, "--tree", TREE, "--ignore", "missing-arch-contract").report
    assert not {BISECT, "missing-arch-contract"} & set(rules_of(without))


@pytest.mark.parametrize(
    ("rules", "codes"),
    [(REDUNDANT, (0, 1, 1, 0)), (COLLISION, (1, 1, 1, 0)), ("lost-select", (0, 0, 0, 0))],
    ids=["warning", "error", "nothing"],
)
def test_the_exit_code_follows_the_worst_that_is_shown(rules: str, codes: tuple[int, ...]) -> None:
    for level, code in zip(("error", "warning", "note", "never"), codes, strict=True):
        done = run("check", MBOX, "--tree", TREE, "--select", rules, "--fail-on", level, "--format", "json")
        assert (done.code, done.err) == (code, "")
        valid(done.out)


def test_another_architecture() -> None:
    """Only the architectures that are named are asked, and what is about others is counted, not shown."""
    ours = check(MBOX, "--tree", TREE, "--arch", "arm64").report
    theirs = check(MBOX, "--tree", TREE, "--arch", "riscv").report
    both = check(MBOX, "--tree", TREE, "--arch", "riscv,arm64").report
    assert "missing-arch-contract" in rules_of(ours)
    assert rules_of(theirs) == []
    assert theirs["suppressed"] > 0
    assert set(rules_of(both)) >= set(rules_of(ours))
    assert both == check(MBOX, "--tree", TREE, "--arch", "arm64", "--arch", "riscv").report


def test_the_formats_tell_the_same() -> None:
    report = check(MBOX, "--tree", TREE).report
    terse = run("check", MBOX, "--tree", TREE, "--format", "terse").out.decode().splitlines()
    text = run("check", MBOX, "--tree", TREE).out.decode()
    assert len(terse) == len(report["findings"])
    for line, finding in zip(terse, report["findings"], strict=True):
        place = finding["location"]
        assert line == (
            f"{place['path']}:{place['line']}: {finding['severity'].upper()}:{finding['rule']}: {finding['message']}"
        )
        assert f"{finding['severity']}[{finding['rule']}] {finding['message']}" in text


def test_another_toolchain() -> None:
    assert check(MBOX, "--tree", TREE, "--toolchain", "clang").report["problems"] == []


def test_without_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = check(MBOX)
    assert done.report["tree"] == {"kind": "none", "kernel": "", "revision": ""}
    assert done.report["series"]["patches"] == 3
    assert [(one["stage"], "add --tree DIR" in one["message"]) for one in done.report["problems"]] == [("apply", True)]
    assert done.code == (1 if any(one["severity"] == "error" for one in done.report["findings"]) else 0)
    with_tree = check(MBOX, "--tree", TREE).report
    assert set(rules_of(done.report)) <= set(rules_of(with_tree))
    text = run("check", MBOX)
    assert text.code == done.code
    assert "no kernel tree" in text.out.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.corpus
def test_a_real_series_without_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is claimed that only a tree could show: what is wrong within one function stands in the patch."""
    monkeypatch.chdir(tmp_path)
    found = {}
    for path in sorted(corpus().glob("*.mbox")):
        done = check(path)
        loud = {finding["rule"] for finding in done.report["findings"] if finding["severity"] != "note"}
        assert done.code == bool(loud), path.name
        found[path.name] = loud
    assert found.pop("riscv-generic-entry-v8.mbox") == {"index-before-bounds-check"}
    assert not any(found.values()), found


def test_without_a_tree_nothing_is_undefined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file names what only the tree can define."""
    monkeypatch.chdir(tmp_path)
    lines = ("#include <linux/toy.h>", "", "int toy(size_t size)", "{", "\treturn toy_of(size, TOY_MAX);", "}")
    mail = tmp_path / "toy.patch"
    mail.write_bytes(patch(new_file("kernel/toy.c", *lines)))
    done = check(mail)
    assert (done.code, [one for one in done.report["findings"] if one["severity"] != "note"]) == (0, [])
