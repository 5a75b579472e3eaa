"""Functions of generic code that an architecture may define itself: whose definition is used, before and after.

Asked about are the functions that begin or cease to be consulted because an object or a branch of generic code flips,
and those whose definition for the architecture comes, goes or flips. Uses in drivers and file systems are not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lint.contract import with_headers
from lint.contract_supply import directories_of
from lint.cparse.facts import FileFacts
from lint.cparse.model import Use
from lint.effects.flips import Flips
from lint.effects.hooks import Hook, changed_names, fallbacks, is_override, joined, mined, overrides, supplied
from lint.effects.listed import source_of
from lint.effects.model import ARCH, GENERIC, NOT_BUILT, WITNESS, Effect, EffectKind, Link
from lint.effects.reach import Reach, symbols_of
from lint.effects.truth import substituted, truth
from lint.errors import Stage
from lint.logic import Atom, Formula, both
from lint.resolve import arch_of, is_host
from lint.state import State

_MOST_FILES = 60
_MOST_NAMES = 1000
_MOST_HOOKS = 200
Chain = tuple[Link, ...]


@dataclass
class _Candidates:
    """Names with the chain to what flips the code that uses or defines them; the first chain stands."""

    consulted: dict[str, Chain] = field(default_factory=dict)
    called: dict[str, Chain] = field(default_factory=dict)
    defined: dict[str, Chain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sides:
    """When a function is used at all, and when the architecture defines it."""

    used: Formula
    own: Formula

    def word(self, values: Mapping[str, str]) -> str:
        """Whose definition is used in a configuration; empty when that is not known."""
        used = truth(self.used, values)
        own = truth(self.own, values) if used else False
        if used is None or own is None:
            return ""
        return NOT_BUILT if not used else ARCH if own else GENERIC


def override_effects(reach: Reach, flips: Flips, found: Iterable[Effect]) -> Iterator[Effect]:
    """The functions that change hands; ``found`` are the objects and conditions that flip."""
    sources, regions = _flipped(reach, found)
    gates = _headers(reach, sources)
    candidates = _Candidates()
    _from_patch(reach, candidates)
    _from_generic(reach, candidates, sources, regions, gates)
    _from_arch(reach, candidates, sources, regions)
    called = list(candidates.called)
    # One search for what is looked up below the architecture's directories.
    near = [*called[:_MOST_NAMES], *candidates.defined, *candidates.consulted]
    reach.change.after.search(sorted(set(near)), directories_of(reach.change.after, (reach.arch,)))
    reach.notes.cut(Stage.CPARSE, f"{reach.arch}: of the functions that the flipped code calls", called, _MOST_NAMES)
    known = {name for state in (reach.change.before, reach.change.after) for name in _supplied(state, reach, called)}
    used = {name: chain for name, chain in candidates.called.items() if name in known} | candidates.consulted
    names = list(candidates.defined | used)
    if not names:
        return
    before, after = (mined(state, reach.arch, names) for state in (reach.change.before, reach.change.after))
    both_known = [name for name in names if name in before and name in after]
    reach.notes.cut(Stage.CPARSE, f"{reach.arch}: of the functions with a fallback", both_known, _MOST_HOOKS)
    for name in both_known[:_MOST_HOOKS]:
        old, new = _sides(reach, before[name], gates, 0), _sides(reach, after[name], gates, 1)
        chains = (used.get(name, ()), candidates.defined.get(name, ()))
        yield from _effects(reach, flips, (before[name], after[name]), (old, new), chains)


def _effects(
    reach: Reach, flips: Flips, hooks: tuple[Hook, Hook], sides: tuple[_Sides, _Sides], chains: tuple[Chain, Chain]
) -> Iterator[Effect]:
    old, new = sides
    groups: dict[tuple[str, str], list[str]] = {}
    for pair in reach.comparison.pairs:
        words = old.word(pair.before), new.word(pair.after)
        if all(words) and words[0] != words[1]:
            groups.setdefault(words, []).append(pair.name)
    witness: Mapping[str, str] = {}
    if not groups:
        name = hooks[1].name
        flip = flips.between((old.used, True), (new.used, True), name) or flips.between(
            (both([old.used, old.own]), True), (both([new.used, new.own]), True), name
        )
        if flip is None or flip.configs != (WITNESS,):
            return
        witness = flip.witness
        asked = {n for side in sides for formula in (side.used, side.own) for n in symbols_of(formula)}
        first, then = reach.replay(asked | {one.removesuffix("_MODULE") for one in asked}, witness)
        words = old.word(first.values), new.word(then.values)
        if not all(words) or words[0] == words[1]:
            return
        groups[words] = [WITNESS]
    for (was, is_now), configs in groups.items():
        chain = chains[NOT_BUILT not in (was, is_now)] or chains[0] or chains[1]
        yield Effect(
            EffectKind.OVERRIDE,
            hooks[1].name,
            (reach.arch,),
            tuple(configs),
            was,
            is_now,
            (*chain, *_ends(hooks, was, is_now, chain)),
            witness=witness,
        )


def _ends(hooks: tuple[Hook, Hook], was: str, is_now: str, chain: Chain) -> Iterator[Link]:
    """Where it is consulted, and the definition that is used from now on, or was before."""
    old, new = hooks
    hook, word = (old, was) if is_now == NOT_BUILT else (new, is_now)
    uses = [one for one in hook.uses if arch_of(one.path) is None] or list(hook.uses)
    if uses and NOT_BUILT in (was, is_now):
        yield Link(uses[0].path, uses[0].line, f"uses {hook.name}()")
    places = hook.own if word == ARCH else hook.fallbacks
    for place in places[:1]:
        if not chain or (chain[-1].path, chain[-1].line) != (place.path, place.line):
            yield Link(place.path, place.line, f"defines {hook.name}()")


def _supplied(state: State, reach: Reach, names: Sequence[str]) -> set[str]:
    return supplied(state, reach.arch, names[:_MOST_NAMES]) if names else set()


def _flipped(reach: Reach, found: Iterable[Effect]) -> tuple[dict[str, Chain], dict[str, dict[int, Chain]]]:
    """The sources of the objects that flip, and the lines of the groups of conditions that do, by file."""
    sources: dict[str, Chain] = {}
    regions: dict[str, dict[int, Chain]] = {}
    for one in found:
        if one.kind is EffectKind.OBJECT:
            source = source_of(reach.change.after.tree, one.subject)
            if source is not None:
                sources[source] = one.chain
        elif one.kind is EffectKind.CONDITIONAL:
            last = one.chain[-1]
            facts = reach.change.after.facts(last.path)
            for branch in facts.conditions.branches if facts is not None else ():
                if branch.line == last.line:
                    lines = regions.setdefault(last.path, {})
                    for line in range(branch.opening, branch.closing):
                        lines.setdefault(line, one.chain)
    return sources, regions


def _headers(reach: Reach, sources: Mapping[str, Chain]) -> dict[str, Formula]:
    """When the headers are compiled that only flipped generic sources include, in terms of ``?file`` atoms."""
    own = sorted(path for path in sources if arch_of(path) is None)
    reach.notes.cut(Stage.CPARSE, f"{reach.arch}: of the sources that begin or cease to be built", own, _MOST_FILES)
    marks: dict[str, Formula] = {path: Atom(f"?file {path}") for path in own[:_MOST_FILES]}
    return with_headers(reach.change.after, marks, frozenset(reach.followed)) if marks else {}


def _sides(reach: Reach, hook: Hook, gates: Mapping[str, Formula], side: int) -> _Sides:
    state = reach.change.after if side else reach.change.before
    marks = {f"?file {path}": state.gating.condition(path) for path, gate in gates.items() if isinstance(gate, Atom)}
    known = {path: substituted(gate, marks) for path, gate in gates.items()}
    return _Sides(joined(hook.uses, known, state), joined(hook.own, known, state))


def _from_patch(reach: Reach, candidates: _Candidates) -> None:
    """What the patch defines for the architecture, or ceases to."""
    change = reach.change
    if reach.arch not in changed_names(change):
        return
    for items, gone in ((change.added_definitions, False), (change.removed_definitions, True)):
        for item in items:
            if arch_of(item.path) == reach.arch and not is_host(item.path) and is_override(item):
                text = f"{'removed: ' if gone else ''}defines {item.name}()"
                candidates.defined.setdefault(item.name, (Link(item.path, item.line, text),))


def _from_generic(
    reach: Reach,
    candidates: _Candidates,
    sources: Mapping[str, Chain],
    regions: Mapping[str, Mapping[int, Chain]],
    files: Mapping[str, Formula],
) -> None:
    """The functions that flipped generic code falls back on, and those that it calls."""
    chains = dict(sources)
    for path in files:
        if path not in chains:
            chains[path] = next((chain for one, chain in sources.items() if _includes(reach, one, path)), ())
            chains[path] = chains[path] or next(iter(sources.values()))
    for path, chain in chains.items():
        facts = reach.change.after.facts(path)
        if arch_of(path) is None and facts is not None:
            candidates.consulted.update({item.name: chain for item in fallbacks(facts)})
            for name in _called(facts, None):
                candidates.called.setdefault(name, chain)
    for path, lines in regions.items():
        facts = reach.change.after.facts(path)
        if arch_of(path) is None and facts is not None:
            for item in fallbacks(facts):
                if item.line in lines:
                    candidates.consulted.setdefault(item.name, lines[item.line])
            for name, line in _called(facts, set(lines)).items():
                candidates.called.setdefault(name, lines[line])


def _from_arch(
    reach: Reach,
    candidates: _Candidates,
    sources: Mapping[str, Chain],
    regions: Mapping[str, Mapping[int, Chain]],
) -> None:
    """What flipped code of the architecture defines."""
    for path in (*sources, *regions):
        facts = reach.change.after.facts(path)
        if arch_of(path) == reach.arch and facts is not None and not is_host(path):
            for item in overrides(facts):
                chain = sources.get(path) or regions[path].get(item.line)
                if chain is not None:
                    candidates.defined.setdefault(item.name, chain)


def _includes(reach: Reach, path: str, header: str) -> bool:
    facts = reach.change.after.facts(path)
    return facts is not None and any(header.endswith(f"/{one.path}") for one in facts.includes)


def _called(facts: FileFacts, lines: set[int] | None) -> dict[str, int]:
    """The functions that a file calls on some lines (None: on all) and does not define, with the first line."""
    words = facts.identifiers if lines is None else {w for on in facts.identifiers_on(lines).values() for w in on}
    found: dict[str, int] = {}
    for one in facts.references(words):
        if one.use is Use.CALL and one.name not in found and (lines is None or one.line in lines):
            found[one.name] = one.line
    return found
