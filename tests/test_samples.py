"""The sample notation itself: texts of patches and series."""

from __future__ import annotations

from lint.history import apply_history
from lint.kconfig.toolchain import TOOLCHAINS
from lint.snapshot.memory import MemoryTree
from lint.state import Knowledge
from tests.samples import parse_sample

SERIES = """\
> one: begin to enter
> This takes the widget away.
@@ one: first
> The gadget
> goes as well.
== arch/one/file
+a
@@ second
== arch/two/file
+b
"""


def test_texts_of_a_series() -> None:
    sample = parse_sample(SERIES)
    assert [patch.changelog for patch in sample.patches] == ["The gadget\ngoes as well.", "second"]
    assert sample.cover is not None
    assert (sample.cover.subject, sample.cover.body) == ("one: begin to enter", "This takes the widget away.")
    assert parse_sample("== file\n+a\n").covers == {}


def test_a_change_knows_its_claims() -> None:
    sample = parse_sample(SERIES)
    base = {f"arch/{arch}/Kconfig": b"" for arch in ("one", "two", "three")}
    steps = apply_history(MemoryTree(base), sample.patches, (), (), Knowledge(TOOLCHAINS["gcc"]), sample.covers)
    first, second = steps.steps
    assert all(first.claims.names(word) for word in ("widget", "gadget", "first"))
    assert second.claims.names("widget")
    assert not second.claims.names("gadget")
    assert steps.between(0, 1).claims == first.claims
    assert first.touched == second.touched == ("one", "two")
