"""All effects of a history: per patch, per architecture, each with its chain and whether the text says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lint.change import Change
from lint.changelog.claims import Claims
from lint.config_uses import is_makefile
from lint.contract_supply import GENERIC
from lint.effects.archs import architectures
from lint.effects.cause import Causes
from lint.effects.compare import compare
from lint.effects.conditionals import conditional_effects
from lint.effects.flips import Flips
from lint.effects.hooks import written_names
from lint.effects.model import Effect, EffectKind, Found, Plain, packed, packed_problems, unpacked, unpacked_problems
from lint.effects.notes import Notes
from lint.effects.objects import object_effects
from lint.effects.overrides import override_effects
from lint.effects.reach import Reach
from lint.effects.search import scope, words_of
from lint.effects.symbols import symbol_effects
from lint.errors import Problem
from lint.intake.model import History
from lint.kconfig.scan import is_kconfig_file
from lint.migrations.model import Migration
from lint.resolve import SOURCES, arch_of

# Counts up whenever equal trees get other effects: what was kept before is not found again.
FORMAT = 4


def history_effects(history: History, steps: Sequence[Change]) -> tuple[Effect, ...]:
    """The effects of every patch, in the order of the patches."""
    return history_report(history, steps).effects


def history_report(history: History, steps: Sequence[Change]) -> Found:
    """The effects of every patch, in the order of the patches, and what had to be left out."""
    covers = {patch.index: series.cover for series in history.series for patch in series.patches}
    touched = _touched(steps)
    if steps:
        # One search for what all steps are going to look up.
        names = {name for step in steps for names in written_names(step).values() for name in names}
        steps[0].before.search(sorted(names), GENERIC)
    effects: list[Effect] = []
    problems: dict[Problem, None] = {}
    for step in steps:
        cover = covers.get(step.patch.index)
        texts = [step.patch.title, step.patch.changelog, *([cover.subject, cover.body] if cover is not None else [])]
        claims = Claims.of(texts)
        found = step_report(step, touched)
        for effect in found.effects:
            disclosed = is_disclosed(effect, claims, step.migrations)
            effects.append(replace(effect, patch=step.patch.index, disclosed=disclosed))
        problems.update(dict.fromkeys(replace(one, patch=step.patch.index) for one in found.problems))
    return Found(tuple(effects), tuple(problems))


def step_effects(change: Change, touched: Sequence[str] = ()) -> tuple[Effect, ...]:
    """The effects of one step; ``touched`` are the architectures that the whole history touches."""
    return step_report(change, touched).effects


def step_report(change: Change, touched: Sequence[str] = ()) -> Found:
    """The same with what had to be left out."""
    if not any(_matters(path) for file in change.files for path in (file.old_path, file.new_path)):
        return Found()
    notes = Notes()
    archs = architectures(change, touched, notes)
    if not archs:
        return Found()

    def find() -> tuple[tuple[Plain, ...], tuple[Plain, ...]]:
        effects = _joined(_found(change, archs, notes))
        return packed(effects), packed_problems(notes.problems)

    effects, problems = change.after.kept_since(change.before, ("effects", FORMAT, archs), tuple, find)
    return Found(unpacked(effects), unpacked_problems(problems))


def is_disclosed(effect: Effect, claims: Claims, migrations: Iterable[Migration]) -> bool:
    """Whether a text names the effect: its symbol, prompt or file, the words of the file's name, or an alias."""
    if effect.kind is EffectKind.OVERRIDE:
        return claims.names(effect.subject)
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


def _found(change: Change, archs: Sequence[str], notes: Notes) -> Iterator[Effect]:
    where = scope(change.after, archs)
    reaches = [Reach(change, compare(change.before, change.after, arch), notes, where) for arch in archs]
    # One search for the words of all of them.
    change.after.search(sorted({word for reach in reaches for word in words_of(reach, reach.followed)}), where)
    for reach in reaches:
        yield from _on(reach)


def _on(reach: Reach) -> Iterator[Effect]:
    causes = Causes(reach.change, reach.comparison, reach.moved, reach.mentions)
    if reach.asked:
        yield from symbol_effects(reach, causes)
    flips = Flips(reach)
    found = list(object_effects(reach, causes, flips, reach.followed))
    if reach.followed:
        found += conditional_effects(reach, causes, flips, reach.followed)
    yield from found
    yield from override_effects(reach, flips, found)


def _matters(path: str) -> bool:
    """Whether a change of a file can have effects: it says what is built, or belongs to an architecture."""
    return is_kconfig_file(path) or is_makefile(path) or (arch_of(path) is not None and path.endswith(SOURCES))


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
