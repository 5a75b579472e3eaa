"""A small tree of one architecture, and the effects of samples upon it."""

from __future__ import annotations

from dataclasses import replace

from lint.effects.model import Effect, EffectKind, Found
from lint.effects.run import history_report
from lint.history import apply_history
from lint.intake.model import Mail
from lint.kconfig.toolchain import TOOLCHAINS
from lint.migrations.model import Migration
from lint.snapshot.memory import MemoryTree
from lint.state import Knowledge
from tests.samples import parse_sample

ONE = "== arch/one/Kconfig\n config ONE\n \tdef_bool y\n"


def effects(
    patch: str,
    changelog: str = "",
    cover: str = "",
    migrations: tuple[Migration, ...] = (),
    base: str = "kconfig-effects",
) -> tuple[Effect, ...]:
    """The effects of a sample upon the tree; ``patch`` holds the rest of arch/one/Kconfig and other files."""
    return report(patch, changelog, cover, migrations, base).effects


def report(
    patch: str,
    changelog: str = "",
    cover: str = "",
    migrations: tuple[Migration, ...] = (),
    base: str = "kconfig-effects",
) -> Found:
    """The same with what had to be left out."""
    sample = parse_sample(f"# base: {base}\n{patch}")
    patches = tuple(replace(one, changelog=changelog) for one in sample.patches)
    covers = {one.index: Mail("[PATCH 0/1] cover", body=cover) for one in patches} if cover else {}
    known = Knowledge(TOOLCHAINS["gcc"])
    applied = apply_history(MemoryTree(sample.base), patches, migrations, (), known, covers)
    assert not applied.problems
    return history_report(applied.steps)


def of_kind(found: tuple[Effect, ...], kind: EffectKind) -> dict[str, Effect]:
    """The effects of one kind by subject; the last of equal subjects."""
    return {one.subject: one for one in found if one.kind is kind}
