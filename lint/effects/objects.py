"""Objects that start or stop being built, because a symbol that their makefile lines name changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname

from lint.config_uses import is_makefile
from lint.effects.cause import Causes
from lint.effects.flips import Flips
from lint.effects.model import NOT_BUILT, WITNESS, Effect, EffectKind, Link
from lint.effects.reach import Reach
from lint.effects.truth import symbol_of, truth
from lint.kbuild.gates import Gate
from lint.kbuild.lists import Listed
from lint.logic import atoms
from lint.resolve import arch_of, is_host

_MOST_OBJECTS = 400
_MOST_LEVELS = 6


def object_effects(reach: Reach, causes: Causes, flips: Flips, symbols: tuple[str, ...]) -> Iterator[Effect]:
    """The objects below the makefile lines that name one of the symbols, in the order of the makefiles."""
    words = {f"CONFIG_{name}": name for name in symbols}
    found = reach.change.after.search(sorted(words))
    directories = {
        dirname(one.path): None for word in sorted(words) for one in found[word] if _concerns(reach, one.path)
    }
    seen: set[str] = set()
    for directory in sorted(directories):
        for path, listed, name in _objects(reach, directory, set(symbols)):
            if path in seen or len(seen) > _MOST_OBJECTS:
                continue
            seen.add(path)
            effect = _effect(reach, causes, flips, path, listed, name)
            if effect is not None:
                yield effect


def _concerns(reach: Reach, path: str) -> bool:
    own = arch_of(path)
    return is_makefile(path) and not is_host(path) and own in (None, reach.comparison.arch)


def _objects(reach: Reach, directory: str, symbols: set[str]) -> Iterator[tuple[str, Listed, str]]:
    """Objects of a directory whose line names a symbol, with that line; those of descended directories too."""
    gating = reach.change.after.gating
    for target, lines in gating.lists(directory).items():
        for listed in lines:
            named = sorted(symbols & {base for atom in atoms(listed.condition) for base in _names(atom)})
            if not named:
                continue
            if target.endswith("/"):
                for path in _below(reach, target.rstrip("/"), _MOST_LEVELS):
                    yield path, listed, named[0]
            elif target.endswith(".o"):
                yield target, listed, named[0]


def _below(reach: Reach, directory: str, levels: int) -> Iterator[str]:
    for target in reach.change.after.gating.lists(directory):
        if target.endswith(".o"):
            yield target
        elif target.endswith("/") and levels and target.rstrip("/") != directory:
            yield from _below(reach, target.rstrip("/"), levels - 1)


def _names(atom: str) -> tuple[str, ...]:
    name = symbol_of(atom)
    return () if name is None else (name, name.removesuffix("_MODULE"))


def _effect(reach: Reach, causes: Causes, flips: Flips, path: str, listed: Listed, name: str) -> Effect | None:
    if _own_line(reach, listed):
        return None
    source = next((f"{path[:-2]}{end}" for end in (".c", ".S", ".rs") if _exists(reach, f"{path[:-2]}{end}")), None)
    if source is None:
        return None  # made of other objects, or by the build
    gate = reach.change.after.gating.gate(source)
    configs: dict[tuple[str, str], list[str]] = {}
    for pair in reach.comparison.pairs:
        before, after = _state(gate, pair.before.values), _state(gate, pair.after.values)
        if before and after and before != after:
            configs.setdefault((before, after), []).append(pair.name)
    chain = (*causes.chain(name), Link(listed.path, listed.line, f"builds {path.rpartition('/')[2]}"))
    arch = (reach.comparison.arch,)
    if configs:
        (before, after), names = next(iter(configs.items()))
        return Effect(EffectKind.OBJECT, path, arch, tuple(names), before, after, chain, (name,))
    flip = flips.of(gate.built)
    if flip is None or flip.configs != (WITNESS,):
        return None
    before, after = (("built" if value else NOT_BUILT) for value in (flip.before, flip.after))
    return Effect(EffectKind.OBJECT, path, arch, flip.configs, before, after, chain, (name,), witness=flip.witness)


def _own_line(reach: Reach, listed: Listed) -> bool:
    file = reach.change.by_path.get(listed.path)
    return file is not None and listed.line in file.added


def _exists(reach: Reach, path: str) -> bool:
    return reach.change.after.tree.exists(path)


def _state(gate: Gate, values: Mapping[str, str]) -> str:
    """``built``, ``module`` or ``not built``; empty when that is not known."""
    builtin, module = truth(gate.builtin, values), truth(gate.module, values)
    if builtin:
        return "built"
    if builtin is None or module is None:
        return ""
    return "module" if module else NOT_BUILT
