"""``#if`` branches and ``IS_ENABLED()`` tests of untouched code that flip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lint.cparse.conditions_expression import condition
from lint.cparse.facts import FileFacts
from lint.effects.cause import Causes
from lint.effects.flips import Flip, Flips
from lint.effects.model import Effect, EffectKind, Link
from lint.effects.reach import Reach
from lint.effects.search import search
from lint.effects.truth import IN_MODULE, compiled, symbol_of
from lint.errors import Stage
from lint.kbuild.gates import Gate
from lint.logic import Formula, atoms, both
from lint.resolve import arch_of, is_host

_CODE = (".c", ".h", ".S", ".inc")
_TEST = re.compile(rb"\bIS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)\s*+\(\s*+CONFIG_([A-Za-z0-9_]++)\s*+\)")
_CONDITIONALS = frozenset({"if", "elif", "ifdef", "ifndef", "elifdef", "elifndef"})
_MOST_FILES = 500
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class _Site:
    """A condition as written, its line, the symbols that it names, its own truth and that of what encloses it."""

    line: int
    text: str
    symbols: frozenset[str]
    own: Formula
    outer: Formula


def conditional_effects(reach: Reach, causes: Causes, flips: Flips, symbols: tuple[str, ...]) -> Iterator[Effect]:
    """The conditions that name one of the symbols, outside the lines that the patch adds, by file and line."""
    state = reach.change.after
    found = search(reach, symbols)
    paths = sorted({one.path for places in found.values() for one in places if _concerns(reach, one.path)})
    reach.notes.cut(Stage.CPARSE, f"{reach.arch}: of the files that test what changes", paths, _MOST_FILES)
    for path in paths[:_MOST_FILES]:
        facts = state.facts(path)
        file = reach.change.by_path.get(path)
        gate = state.gating.gate(path)
        for site in _sites(facts, frozenset(symbols)) if facts is not None else ():
            if file is not None and site.line in file.added:
                continue
            flip = _flip(flips, site, gate, path)
            if flip is None:
                continue
            named = tuple(name for name in symbols if name in site.symbols)
            yield Effect(
                EffectKind.CONDITIONAL,
                site.text,
                (reach.comparison.arch,),
                flip.configs,
                str(flip.before).lower(),
                str(flip.after).lower(),
                (*causes.chain(named[0]), Link(path, site.line, site.text)),
                named,
                witness=flip.witness,
            )


def _flip(flips: Flips, site: _Site, gate: Gate, path: str) -> Flip | None:
    """How a condition flips; where it asks whether it is part of a module, in the kernel or else in a module."""
    where = f"{path}:{site.line}"
    if IN_MODULE not in atoms(both([site.own, site.outer])):
        return flips.of(site.own, both([gate.built, site.outer]), where)
    for module in (False, True):
        own, outer = compiled(site.own, module=module), compiled(site.outer, module=module)
        built = True if path.endswith((".h", ".inc")) else gate.module if module else gate.builtin
        flip = flips.of(own, both([built, outer]), where)
        if flip is not None:
            return flip
    return None


def _concerns(reach: Reach, path: str) -> bool:
    return path.endswith(_CODE) and not is_host(path) and arch_of(path) in (None, reach.comparison.arch)


def _sites(facts: FileFacts, symbols: frozenset[str]) -> Iterator[_Site]:
    found = [*_branches(facts, symbols), *_tests(facts, symbols)]
    yield from sorted(found, key=lambda site: site.line)


def _branches(facts: FileFacts, symbols: frozenset[str]) -> Iterator[_Site]:
    conditions = facts.conditions
    for branch in conditions.branches:
        if branch.keyword in _CONDITIONALS and not branch.guard and "CONFIG_" in branch.text:
            named = _named(condition(branch.text)[0]) & symbols
            if named:
                text = f"#{branch.keyword} {branch.text}"[:_MOST_TEXT]
                yield _Site(branch.line, text, named, branch.own, conditions.inside(branch.parent))


def _tests(facts: FileFacts, symbols: frozenset[str]) -> Iterator[_Site]:
    for match in _TEST.finditer(facts.stripped):
        name = match[1].decode()
        if name not in symbols:
            continue
        directive = facts.source.directive_at(match.start())
        if directive is not None and directive.keyword in _CONDITIONALS:
            continue
        line, _ = facts.source.lines.place(match.start())
        text = "".join(match[0].decode().split())
        yield _Site(line, text, frozenset({name}), condition(text)[0], facts.conditions.at(line))


def _named(formula: Formula) -> frozenset[str]:
    names = {name for atom in atoms(formula) if (name := symbol_of(atom)) is not None}
    return frozenset(names | {name.removesuffix("_MODULE") for name in names})
