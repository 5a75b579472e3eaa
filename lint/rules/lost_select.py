"""A select goes, nothing else turns the symbol on for the entry that lost it, and its code still needs the symbol.

Why: the entry can be on without what it uses: its code no longer compiles or links, or it silently leaves the build.
Whoever has the symbol on for another reason does not see it.
Bad: an entry stops to select a library that its driver still calls.
Good: another select or a dependency brings the symbol along, or the last user goes as well.
Source: Documentation/kbuild/kconfig-language.rst, "reverse dependencies"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.config_uses import ConfigUse, Way, config_uses
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.kconfig.formulas import full, mentioned, some
from lint.kconfig.model import Sym
from lint.kconfig.scan import is_kconfig_file
from lint.resolve import arch_of
from lint.rule import rule
from lint.rules._needs import Need, broken_uses, scope_of
from lint.rules._selects import SelectLine, architectures_with, removed_selects, selects_of
from lint.state import State

BAD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config SUMS
 	bool

 config UART
 	bool "A serial port"
~	select SUMS
== arch/one/Kconfig
 config ONE
 	def_bool y
== Kbuild
 obj-y += drivers/
== drivers/Makefile
 obj-$(CONFIG_SUMS) += sums.o
 obj-$(CONFIG_UART) += uart.o
== drivers/sums.c
 int sum(int a)
 {
 	return a;
 }
== drivers/uart.c
 int uart(void)
 {
 	return sum(1);
 }
"""

GOOD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config SUMS
 	bool

 config UART
 	bool "A serial port"
-	select SUMS
+	depends on SUMS
== arch/one/Kconfig
 config ONE
 	def_bool y
== Kbuild
 obj-y += drivers/
== drivers/Makefile
 obj-$(CONFIG_SUMS) += sums.o
 obj-$(CONFIG_UART) += uart.o
== drivers/sums.c
 int sum(int a)
 {
 	return a;
 }
== drivers/uart.c
 int uart(void)
 {
 	return sum(1);
 }
"""

SHOWN = 5
_MOST_LOST = 12
_MOST_DEPENDENTS = 20


@rule("lost-select", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD)
def lost_select(change: Change) -> Iterator[Hit]:
    """Report each select that goes while the entry's own code needs what it brought along."""
    for line in removed_selects(change):
        for arch in architectures_with(change, line.path, line.owner):
            if not change.before.kconfig(arch).defines(line.owner):
                continue
            lost = _lost(change, arch, line)
            hit = _needed(change, arch, line, lost) or _dead(change, arch, line, lost) if lost else None
            if hit is not None:
                yield hit
                break


def _lost(change: Change, arch: str, line: SelectLine) -> tuple[str, ...]:
    """What the entry could rely on before and cannot any more: the selected symbol first, then what that selects."""
    before, after = change.before.kconfig(arch), change.after.kconfig(arch)
    if not after.defines(line.owner) or not after.defines(line.target):
        return ()
    found: dict[str, None] = {}
    pending = [line.target]
    while pending and len(found) < _MOST_LOST:
        name = pending.pop(0)
        if name not in found and _is_lost(change, arch, line.owner, name):
            found[name] = None
            pending += [select.target for select in selects_of(before, name) if after.defines(select.target)]
    return tuple(found)


def _is_lost(change: Change, arch: str, owner: str, name: str) -> bool:
    before, after = change.before.solver(arch), change.after.solver(arch)
    on, used = Sym(owner), Sym(name)
    for strength in (some, full):
        if before.implies(strength(on), strength(used)) and not after.implies(strength(on), strength(used)):
            return before.possible(strength(on))
    return False


def _needed(change: Change, arch: str, line: SelectLine, lost: tuple[str, ...]) -> Hit | None:
    """The hit for code of the entry that does not compile or link without what was lost."""
    scope = scope_of(change.after, arch_of(line.path), line.owner)
    uses = broken_uses(change, arch, line.owner, lost, scope)
    if not uses:
        return None
    first = uses[0]
    where = f"{first.path}:{first.line}"
    via = "" if first.symbol == line.target else f", which brought {first.symbol} along"
    return Hit(
        Span(line.path, line.line, side=Side.BEFORE),
        f"{line.owner} can now be on without {line.target}{via}, and {where} still needs {first.name}",
        symbols=tuple(dict.fromkeys([line.target, first.symbol, first.name, line.owner])),
        related=tuple(_related(uses)),
        arch=(arch,) if arch_of(line.path) else (),
        witness=dict(first.witness),
    )


def _related(uses: list[Need]) -> Iterator[Related]:
    for use in uses[:SHOWN]:
        yield Related(Span(use.path, use.line, use.column, use.column + len(use.used)), f"uses {use.used}")
    first = uses[0]
    yield Related(Span(first.definition.path, first.definition.line), f"{first.name} takes {first.symbol}")


@dataclass(frozen=True, slots=True)
class _Left:
    symbol: str
    uses: tuple[ConfigUse, ...]


def _dead(change: Change, arch: str, line: SelectLine, lost: tuple[str, ...]) -> Hit | None:
    """The milder hit for code of an architecture that no configuration of it builds any more."""
    own = arch_of(line.path)
    if own is None:
        return None
    off = [name for name in lost if _goes_off(change, arch, name)]
    off += [name for name in _dependents(change, arch, off) if _goes_off(change, arch, name)]
    first = next((_Left(name, uses) for name in off if (uses := _uses(change, own, name))), None)
    if first is None:
        return None
    use = first.uses[0]
    return Hit(
        Span(line.path, line.line, side=Side.BEFORE),
        f"nothing turns {first.symbol} on for {own} any more, and {use.path}:{use.line} still names it",
        symbols=tuple(dict.fromkeys([line.target, first.symbol, line.owner])),
        related=tuple(
            Related(Span(one.path, one.line, one.column, one.end_column), f"still named here ({one.way})")
            for one in first.uses[:SHOWN]
        ),
        arch=(arch,),
        severity=Severity.WARNING,
    )


def _goes_off(change: Change, arch: str, name: str) -> bool:
    return change.after.solver(arch).constant(name) == "n" and change.before.solver(arch).constant(name) != "n"


def _dependents(change: Change, arch: str, off: list[str]) -> list[str]:
    """The symbols whose entries all depend on one of the given ones, sorted."""
    names = frozenset(off)
    symbols = change.after.kconfig(arch).symbols.values() if off else ()
    return sorted(
        symbol.name
        for symbol in symbols
        if symbol.definitions
        and symbol.name not in names
        and all(any(map(names.__contains__, mentioned(entry.depends))) for entry in symbol.definitions)
    )[:_MOST_DEPENDENTS]


def _uses(change: Change, own: str, name: str) -> tuple[ConfigUse, ...]:
    """What below the architecture's directory names a symbol, in the state after the change."""
    state: State = change.after
    paths: dict[str, None] = {}
    for word, found in state.search([name, f"CONFIG_{name}"], [f"arch/{own}/"]).items():
        for one in found:
            if is_kconfig_file(one.path) == (word == name):
                paths[one.path] = None
    found_uses = [
        use
        for path in paths
        if (text := state.tree.read(path)) is not None
        for use in config_uses(path, text)
        if use.symbol == name and use.way not in (Way.SELECT, Way.IMPLY)
    ]
    return tuple(found_uses)
