"""All effects of a history: per patch, per architecture, each with its chain and whether the text says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lint.change import Change
from lint.changelog.claims import Claims
from lint.config_uses import is_makefile
from lint.contract_supply import GENERIC
from lint.effects.archs import MOST_ARCHS, Ranked, ranked
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
from lint.kconfig.scan import is_kconfig_file
from lint.migrations.model import Migration
from lint.resolve import SOURCES, arch_of

# Counts up whenever equal trees get other effects: what was kept before is not found again.
FORMAT = 5
FEW_ARCHS = 3


def history_effects(steps: Sequence[Change]) -> tuple[Effect, ...]:
    """The effects of every patch, in the order of the patches."""
    return history_report(steps).effects


def history_report(steps: Sequence[Change]) -> Found:
    """The effects of every patch, in the order of the patches, and what had to be left out."""
    if steps:
        # One search for what all steps are going to look up.
        names = {name for step in steps for names in written_names(step).values() for name in names}
        steps[0].before.search(sorted(names), GENERIC)
    effects: list[Effect] = []
    problems: dict[Problem, None] = {}
    for step in steps:
        found = step_report(step)
        for effect in found.effects:
            disclosed = is_disclosed(effect, step.claims, step.migrations)
            effects.append(replace(effect, patch=step.patch.index, disclosed=disclosed))
        problems.update(dict.fromkeys(replace(one, patch=step.patch.index) for one in found.problems))
    return Found(tuple(effects), tuple(problems))


def step_report(change: Change) -> Found:
    """The effects of one step, and what had to be left out."""
    step = _Step.of(change)
    if step is None:
        return Found()
    found = step.plain()
    overrides = step.overrides(found.effects)
    problems = dict.fromkeys((*found.problems, *overrides.problems))
    return Found((*found.effects, *overrides.effects), tuple(problems))


def step_effects(change: Change) -> tuple[Effect, ...]:
    """The effects of one step on symbols, objects and conditions, for rules.

    Edits for all architectures are held against ``FEW_ARCHS`` of them: what changes there mostly does so on all, and
    each one costs a parse. Whose functions are used is not asked.
    """
    whole = _Step.of(change)
    if whole is None:
        return ()
    few = whole.of_few
    if not whole.is_known:
        return few.plain().effects
    on = ((one, tuple(arch for arch in one.arch if arch in few.archs)) for one in whole.plain().effects)
    return tuple(replace(one, arch=archs) for one, archs in on if archs)


@dataclass(frozen=True)
class _Step:
    """A change with the architectures that are asked. Both parts of the answer are kept: in the run, and beyond it."""

    change: Change
    ranks: Ranked
    most: int
    notes: Notes

    @classmethod
    def of(cls, change: Change) -> _Step | None:
        """None for a change without effects."""
        if not any(_matters(path) for file in change.files for path in (file.old_path, file.new_path)):
            return None
        notes, ranks = Notes(), ranked(change)
        ranks.note(MOST_ARCHS, notes)
        return cls(change, ranks, MOST_ARCHS, notes) if ranks.first(1) else None

    @property
    def archs(self) -> tuple[str, ...]:
        """The architectures that are asked."""
        return self.ranks.first(self.most)

    @property
    def of_few(self) -> _Step:
        """The same step on as few architectures as rules ask about."""
        return replace(self, most=FEW_ARCHS, notes=Notes())

    @property
    def is_known(self) -> bool:
        """Whether the report on them was made in this run."""
        return self.change.after.knows_since(self.change.before, self._parts("effects"))

    def plain(self) -> Found:
        """The effects on symbols, objects and conditions."""
        return self._kept("effects", lambda: (effect for reach in self._reaches for effect in _on(reach)))

    def overrides(self, found: Sequence[Effect]) -> Found:
        """The functions that change hands; ``found`` are the other effects."""
        return self._kept("overrides", lambda: self._overrides(found))

    def _overrides(self, found: Sequence[Effect]) -> Iterator[Effect]:
        for reach in self._reaches:
            yield from override_effects(reach, Flips(reach), [one for one in found if reach.arch in one.arch])

    def _kept(self, what: str, find: Callable[[], Iterable[Effect]]) -> Found:
        def made() -> tuple[tuple[Plain, ...], tuple[Plain, ...]]:
            effects = packed(_joined(find()))
            return effects, packed_problems(self.notes.problems)

        before, after = self.change.before, self.change.after
        effects, problems = after.kept_since(before, self._parts(what), tuple, made)
        return Found(unpacked(effects), unpacked_problems(problems))

    def _parts(self, what: str) -> tuple[object, ...]:
        return what, FORMAT, self.archs

    @cached_property
    def _reaches(self) -> tuple[Reach, ...]:
        change = self.change
        where = scope(change.after, self.archs)
        comparisons = [compare(change.before, change.after, arch) for arch in self.archs]
        reaches = tuple(Reach(change, comparison, self.notes, where) for comparison in comparisons)
        # One search for the words of all of them.
        change.after.search(sorted({word for reach in reaches for word in words_of(reach, reach.followed)}), where)
        return reaches


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


def _on(reach: Reach) -> Iterator[Effect]:
    causes = Causes(reach.change, reach.comparison, reach.moved, reach.mentions)
    if reach.asked:
        yield from symbol_effects(reach, causes)
    flips = Flips(reach)
    found = list(object_effects(reach, causes, flips, reach.followed))
    if reach.followed:
        found += conditional_effects(reach, causes, flips, reach.followed)
    yield from found


def _matters(path: str) -> bool:
    """Whether a change of a file can have effects: it says what is built, or belongs to an architecture."""
    return is_kconfig_file(path) or is_makefile(path) or (arch_of(path) is not None and path.endswith(SOURCES))


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
