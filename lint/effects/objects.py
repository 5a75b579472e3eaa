"""Objects that start or stop being built: a symbol that their makefile lines name changes, or those lines do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname

from lint.config_uses import is_makefile
from lint.effects.cause import Causes
from lint.effects.flips import Flips
from lint.effects.listed import objects_of, source_of
from lint.effects.makefiles import relisted
from lint.effects.model import BUILT, MODULE, NOT_BUILT, WITNESS, Effect, EffectKind, Link
from lint.effects.reach import Reach
from lint.effects.search import search
from lint.effects.truth import symbol_of, truth
from lint.errors import Stage
from lint.kbuild.gates import Gate
from lint.logic import Atom, atoms
from lint.resolve import arch_of, is_host
from lint.state import State

_MOST_OBJECTS = 400


@dataclass(frozen=True, slots=True)
class _Object:
    """An object with the chain to what changes it, and the changed symbols among what it hangs on."""

    path: str
    chain: tuple[Link, ...]
    symbols: tuple[str, ...]


def object_effects(reach: Reach, causes: Causes, flips: Flips, symbols: tuple[str, ...]) -> Iterator[Effect]:
    """The objects below changed makefile lines, and below those that name one of the symbols, by makefile."""
    found = {one.path: one for one in (*_by_symbol(reach, causes, symbols), *_by_line(reach))}
    reach.notes.cut(Stage.KBUILD, f"{reach.arch}: of the objects that may change", list(found), _MOST_OBJECTS)
    for one in list(found.values())[:_MOST_OBJECTS]:
        effect = _effect(reach, flips, one)
        if effect is not None:
            yield effect


def _by_line(reach: Reach) -> Iterator[_Object]:
    for one in relisted(reach.change):
        if arch_of(one.path) in (None, reach.arch):
            yield _Object(one.path, (one.link,), ())


def _by_symbol(reach: Reach, causes: Causes, symbols: tuple[str, ...]) -> Iterator[_Object]:
    """Objects whose line names a symbol; those of descended directories and the parts of composite ones too."""
    if not symbols:
        return
    state = reach.change.after
    places = search(reach, symbols).values()
    directories = {dirname(one.path) for found in places for one in found if _concerns(reach, one.path)}
    wanted = frozenset(symbols)
    for directory in sorted(directories):
        for target, lines in state.gating.lists(directory).items():
            for listed in lines:
                named = sorted(wanted & {base for atom in atoms(listed.condition) for base in _names(atom)})
                if not named or _is_added(reach, listed.path, listed.line):
                    continue
                for path in objects_of(state.tree, state.gating, directory, target):
                    link = Link(listed.path, listed.line, f"builds {_called(path, target)}")
                    yield _Object(path, (*causes.chain(named[0]), link), tuple(named[:1]))


def _called(path: str, target: str) -> str:
    """An object by its name; with the composite one that the line is about, where it is a part of that."""
    name = path.rpartition("/")[2]
    whole = target.rpartition("/")[2]
    return name if target == path or not whole.endswith(".o") else f"{name} of {whole}"


def _concerns(reach: Reach, path: str) -> bool:
    return is_makefile(path) and not is_host(path) and arch_of(path) in (None, reach.arch)


def _names(atom: str) -> tuple[str, ...]:
    name = symbol_of(atom)
    return () if name is None else (name, name.removesuffix("_MODULE"))


def _effect(reach: Reach, flips: Flips, one: _Object) -> Effect | None:
    old, new = _gate(reach.change.before, one.path), _gate(reach.change.after, one.path)
    if old is None or new is None:
        return None
    if not one.symbols and old == new:
        return None
    configs: dict[tuple[str, str], list[str]] = {}
    for pair in reach.comparison.pairs:
        before, after = _state(old, pair.before), _state(new, pair.after)
        if before and after and before != after:
            configs.setdefault((before, after), []).append(pair.name)
    witness: Mapping[str, str] = {}
    if configs:
        (before, after), names = next(iter(configs.items()))
    else:
        flip = flips.between((old.built, True), (new.built, True), one.path)
        if flip is None or flip.configs != (WITNESS,):
            return None
        names, witness = [WITNESS], flip.witness
        first, then = reach.replay(sorted(_all_names(old) | _all_names(new)), witness)
        before, after = _state(old, first.values), _state(new, then.values)
    return Effect(
        EffectKind.OBJECT, one.path, (reach.arch,), tuple(names), before, after, one.chain, one.symbols, witness=witness
    )


def _gate(state: State, path: str) -> Gate | None:
    """When an object is built, by the file that it is made of; never, when no makefile lists it."""
    source = source_of(state.tree, path)
    if source is None:
        return None
    gate = state.gating.gate(source)
    return Gate(False, False) if gate.builtin == Atom(f"?unbuilt({source})") else gate


def _all_names(gate: Gate) -> set[str]:
    return {name for formula in (gate.builtin, gate.module) for atom in atoms(formula) for name in _names(atom)}


def _is_added(reach: Reach, path: str, line: int) -> bool:
    file = reach.change.by_path.get(path)
    return file is not None and line in file.added


def _state(gate: Gate, values: Mapping[str, str]) -> str:
    """``built``, ``module`` or ``not built``; empty when that is not known."""
    builtin, module = truth(gate.builtin, values), truth(gate.module, values)
    if builtin:
        return BUILT
    if builtin is None or module is None:
        return ""
    return MODULE if module else NOT_BUILT
