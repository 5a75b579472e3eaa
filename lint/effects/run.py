"""All effects of a history: per patch, per architecture, each with its chain and whether the text says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lint.change import Change
from lint.changelog.claims import Claims
from lint.effects.cause import Causes
from lint.effects.compare import compare
from lint.effects.conditionals import conditional_effects
from lint.effects.flips import Flips
from lint.effects.model import Effect, EffectKind, Plain, packed, unpacked
from lint.effects.objects import object_effects
from lint.effects.reach import Reach
from lint.effects.symbols import symbol_effects
from lint.intake.model import History
from lint.kconfig.scan import is_kconfig_file
from lint.migrations.model import Migration
from lint.resolve import arch_of

MOST_SYMBOLS = 60
MOST_ARCHS = 2
# Counts up whenever equal trees get other effects: what was kept before is not found again.
FORMAT = 2


def history_effects(history: History, steps: Sequence[Change]) -> tuple[Effect, ...]:
    """The effects of every patch that changes a Kconfig file, in the order of the patches."""
    covers = {patch.index: series.cover for series in history.series for patch in series.patches}
    touched = _touched(steps)
    found: list[Effect] = []
    for step in steps:
        cover = covers.get(step.patch.index)
        texts = [step.patch.title, step.patch.changelog, *([cover.subject, cover.body] if cover is not None else [])]
        claims = Claims.of(texts)
        for effect in step_effects(step, touched):
            disclosed = is_disclosed(effect, claims, step.migrations)
            found.append(replace(effect, patch=step.patch.index, disclosed=disclosed))
    return tuple(found)


def step_effects(change: Change, touched: Sequence[str] = ()) -> tuple[Effect, ...]:
    """The effects of one step; ``touched`` are the architectures that the whole history touches."""
    if not any(is_kconfig_file(path) for file in change.files for path in (file.old_path, file.new_path)):
        return ()
    archs = _architectures(change, touched)

    def find() -> tuple[Plain, ...]:
        return packed(_joined([effect for arch in archs for effect in _on(change, arch)]))

    return unpacked(change.after.kept_since(change.before, ("effects", FORMAT, archs), tuple, find))


def is_disclosed(effect: Effect, claims: Claims, migrations: Iterable[Migration]) -> bool:
    """Whether a text names the effect: its symbol, prompt or file, the words of the file's name, or an alias."""
    if effect.kind is EffectKind.CONDITIONAL:
        return claims.names_file(effect.chain[-1].path)
    if effect.kind is EffectKind.OBJECT:
        stem = effect.subject.rpartition("/")[2].removesuffix(".o")
        return (
            claims.names_file(effect.subject)
            or claims.names_feature(stem)
            or _alias(stem.replace("-", "_").upper(), claims, migrations)
        )
    named = claims.names(effect.subject) or claims.names_feature(effect.subject)
    return named or (bool(effect.prompt) and claims.says(effect.prompt)) or _alias(effect.subject, claims, migrations)


def _alias(symbol: str, claims: Claims, migrations: Iterable[Migration]) -> bool:
    return any(claims.says(words) for one in migrations for words in one.aliases.get(symbol, ()))


def _on(change: Change, arch: str) -> Iterator[Effect]:
    comparison = compare(change.before, change.after, arch)
    reach = Reach(change, comparison)
    if not reach.asked:
        return
    causes = Causes(change, comparison, reach.moved, reach.mentions)
    yield from symbol_effects(reach, causes)
    symbols = reach.moved[:MOST_SYMBOLS]
    if symbols:
        flips = Flips(reach)
        yield from object_effects(reach, causes, flips, symbols)
        yield from conditional_effects(reach, causes, flips, symbols)


def _architectures(change: Change, touched: Sequence[str]) -> tuple[str, ...]:
    """Those whose Kconfig files the step changes; for others those that the history touches, or else the largest."""
    paths = [p for file in change.files for p in (file.old_path, file.new_path) if is_kconfig_file(p)]
    known = change.after.architectures
    found = {arch_of(path) for path in paths if arch_of(path) in known}
    if any(arch_of(path) is None for path in paths):
        asked = [arch for arch in change.archs or known if not touched or arch in touched] or list(change.archs)
        size = Counter(path.split("/", 2)[1] for path in change.after.tree.list("arch/"))
        found.update(sorted(asked, key=lambda arch: (-size[arch], arch))[:MOST_ARCHS])
    return tuple(sorted(arch for arch in found if arch is not None))


def _touched(steps: Sequence[Change]) -> tuple[str, ...]:
    paths = (file.path for step in steps for file in step.files)
    return tuple(sorted({arch for path in paths if (arch := arch_of(path)) is not None}))


def _joined(effects: Iterable[Effect]) -> Iterator[Effect]:
    """Equal effects of several architectures as one."""
    groups: dict[tuple[object, ...], Effect] = {}
    for one in effects:
        key = (
            one.kind, one.subject, one.configs, one.before, one.after, one.chain, one.held_back,
            tuple(sorted(one.witness.items())),
        )  # fmt: skip
        known = groups.get(key)
        groups[key] = one if known is None else replace(known, arch=(*known.arch, *one.arch))
    yield from groups.values()
