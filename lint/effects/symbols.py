"""Effects on symbols: values that change, and options that users gain or lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from lint.effects.cause import Causes
from lint.effects.compare import Comparison
from lint.effects.expressions import conjuncts, shown
from lint.effects.model import WITNESS, Effect, EffectKind, HeldBack
from lint.effects.reach import MOST_ASKED, Reach, prompt_of, prompts
from lint.errors import Stage
from lint.kconfig.evaluate import Configuration
from lint.kconfig.formulas import some
from lint.logic import Atom, Formula, either, negate

_MOST_BELOW = 20


def symbol_effects(reach: Reach, causes: Causes) -> Iterator[Effect]:
    """The options first, then the values; a symbol whose option comes or goes is told once.

    Symbols that the patch itself adds are its own lines; of those that it removes only the lost option is told.
    """
    told = set()
    reach.notes.cut(Stage.KCONFIG, f"{reach.arch}: of the symbols whose option may come or go", reach.asked, MOST_ASKED)
    for name in reach.asked[:MOST_ASKED]:
        effect = _option(reach, causes, name)
        if effect is not None:
            told.add(name)
            yield effect
    for name in reach.moved:
        if name not in told and reach.comparison.defined(name):
            yield from _values(reach, causes, name)


def _option(reach: Reach, causes: Causes, name: str) -> Effect | None:
    comparison = reach.comparison
    if not comparison.before.defines(name):
        return None
    was, is_now = reach.visible(name)
    if was == is_now:
        return None
    kind = EffectKind.OPTION_LOST if was else EffectKind.OPTION_GAINED
    seen = [pair for pair in comparison.pairs if pair.before.visible(name) != pair.after.visible(name)]
    first = seen[0] if seen else None
    witness: Mapping[str, str] = {}
    if first is None:
        solver, kconfig = (reach.before, comparison.before) if was else (reach.after, comparison.after)
        found = reach.proven(
            solver,
            prompts(kconfig, name),
            (name,),
            lambda before, after: ((before.visible(name) != "n"), (after.visible(name) != "n")) == (was, is_now),
            name,
        )
        if found is None:
            return None
        witness = found
    return Effect(
        kind,
        name,
        (comparison.arch,),
        tuple(pair.name for pair in seen) or (WITNESS,),
        first.before.visible(name) if first else "y" if was else "n",
        first.after.visible(name) if first else "n" if was else "y",
        causes.chain(name),
        (name,),
        prompt=prompt_of((comparison.before if was else comparison.after).symbols.get(name)),
        witness=witness,
    )


def _values(reach: Reach, causes: Causes, name: str) -> Iterator[Effect]:
    comparison = reach.comparison
    groups: dict[tuple[str, str], list[str]] = {}
    for pair in comparison.pairs:
        values = (pair.before.value(name), pair.after.value(name))
        if values[0] != values[1]:
            groups.setdefault(values, []).append(pair.name)
    witness: Mapping[str, str] = {}
    if not groups:
        found = _unsampled(reach, name)
        if found is None:
            return
        values, witness = found
        groups[values] = [WITNESS]
    for (before, after), configs in groups.items():
        yield Effect(
            EffectKind.VALUE,
            name,
            (comparison.arch,),
            tuple(configs),
            before,
            after,
            causes.chain(name),
            (name,),
            prompt=_prompt(comparison, name),
            witness=witness,
            held_back=tuple(_held_back(reach, causes, name)) if after != "n" else (),
        )


def _held_back(reach: Reach, causes: Causes, name: str) -> Iterator[HeldBack]:
    """What depends on the symbol, is n in every configuration as before, and the dependency that never holds."""
    found = (one for one in reach.below.of(name) if one not in reach.moved)
    for other in islice(found, _MOST_BELOW):
        symbol = reach.comparison.after.symbols[other]
        parts = list(conjuncts(symbol.direct_dependency))
        if not any(name in reach.mentions.of(part) for part in parts) or reach.constants(other)[1] != "n":
            continue
        unmet = next((part for part in parts if not reach.after.possible(some(part))), None)
        if unmet is not None:
            yield HeldBack(other, shown(unmet), *causes.place(symbol, reach.mentions.of(unmet)))


def _unsampled(reach: Reach, name: str) -> tuple[tuple[str, str], Mapping[str, str]] | None:
    """A change that no preset shows: a value that only one of the two states allows, with a configuration for it."""
    was, is_now = reach.constants(name)
    if (was is None) == (is_now is None):
        return None
    if was is not None:
        solver, other = reach.after, _other_than(name, was)
    else:
        solver, other = reach.before, _other_than(name, is_now or "n")

    def shows(before: Configuration, after: Configuration) -> bool:
        return before.value(name) != after.value(name) and (before.value(name) if was else after.value(name)) == (
            was or is_now
        )

    witness = reach.proven(solver, other, (name,), shows, name)
    if witness is None:
        return None
    first, then = reach.replay((name,), witness)
    return (first.value(name), then.value(name)), witness


def _other_than(name: str, value: str) -> Formula:
    yes, module = Atom(f"CONFIG_{name}"), Atom(f"CONFIG_{name}_MODULE")
    return negate({"y": yes, "m": module}.get(value, negate(either([yes, module]))))


def _prompt(comparison: Comparison, name: str) -> str:
    return prompt_of(comparison.after.symbols.get(name))
