"""The effects for people: a tree from the patch's lines to what they bring about, grouped by cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from lint.effects.model import WITNESS, EffectKind
from lint.report.screen import PIPE, Screen
from lint.report.summary import plural
from lint.report.visible import cut, fold, visible

if TYPE_CHECKING:
    from lint.effects.model import Effect, Link
    from lint.result import Result

SYMBOL, PROMPT, FILE, OBJECT, UNTOLD, DIM = "bold cyan", "green", "blue", "magenta", "yellow", "bright_black"
SAMPLES = 4
UNBROKEN = 4000
MOST_PLACES = 12
MOST_TEXT = 120
_NAMES = {
    EffectKind.OPTION_LOST: "option lost",
    EffectKind.OPTION_GAINED: "option gained",
    EffectKind.VALUE: "value",
    EffectKind.OBJECT: "object",
    EffectKind.CONDITIONAL: "condition",
    EffectKind.OVERRIDE: "override",
}
_SEEN = frozenset({EffectKind.OPTION_LOST, EffectKind.OPTION_GAINED, EffectKind.OBJECT})


@dataclass
class _Node:
    """A link of the chains with what follows from it: further links, and effects that end here."""

    below: dict[Link, _Node] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)


def render(result: Result, screen: Screen = PIPE) -> str:
    """The whole report; broken to the width of a terminal, in a pipe not at all."""
    buffer = StringIO()
    console = Console(
        file=buffer,
        force_terminal=screen.colour,
        color_system="standard" if screen.colour else None,
        no_color=not screen.colour,
        width=screen.width or UNBROKEN,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    groups: dict[tuple[int, tuple[str, ...]], list[Effect]] = {}
    for effect in result.effects:
        groups.setdefault((effect.patch, effect.arch), []).append(effect)
    for (index, archs), effects in groups.items():
        console.print(_tree(result, index, archs, effects, screen))
        console.print()
    for line in fold(_summary(result), 2, screen.width):
        console.print(Text(line, "bold"), soft_wrap=True)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def _tree(result: Result, index: int, archs: tuple[str, ...], effects: Iterable[Effect], screen: Screen) -> Tree:
    patch = result.patch(index)
    number = f"patch {visible(patch.number) or index}" if len(result.steps) > 1 else "patch"
    room = (screen.width or MOST_TEXT) - len(number) - len(", ".join(archs)) - 8
    title = f' "{cut(visible(patch.title), max(room, 12))}"' if patch.title else ""
    tree = Tree(Text.assemble((f"{number}{title}", "bold"), f" on {', '.join(map(visible, archs))}"), guide_style=DIM)
    root = _Node()
    for effect in effects:
        node = root
        for link in effect.chain[: len(effect.chain) - _ends(effect)]:
            node = node.below.setdefault(link, _Node())
        node.effects.append(effect)
    _grow(tree, root)
    return tree


def _ends(effect: Effect) -> int:
    """How many links at the end of a chain are told together with the effect."""
    if effect.kind is EffectKind.OVERRIDE:
        own = (f"uses {effect.subject}()", f"defines {effect.subject}()")
        return sum(link.text in own for link in effect.chain[1:])
    return int(effect.kind in (EffectKind.CONDITIONAL, EffectKind.OBJECT))


def _grow(tree: Tree, node: _Node) -> None:
    for line in _symbols(node.effects):
        tree.add(line)
    below = dict(node.below)
    for place, objects in _by_makefile(node.effects).items():
        branch = tree.add(Text.assemble((place, FILE)))
        for effect in objects:
            _grow(branch.add(_object(effect)), below.pop(effect.chain[-1], _Node()))
    for link, further in below.items():
        _grow(tree.add(_link(link)), further)
    for group in _by_condition(node.effects).values():
        tree.add(_conditions(group))


def _link(link: Link) -> Text:
    place = f"{visible(link.path)}:{link.line}"
    words = visible(cut(link.text, MOST_TEXT)).split(" ")
    line = Text.assemble((place, FILE))
    for word in words:
        bare = word.strip("!()")
        line.append(" ")
        line.append(word, SYMBOL if bare.isupper() and bare.replace("_", "a").isalnum() else "")
    return line


def _symbols(effects: Iterable[Effect]) -> Iterator[Text]:
    for effect in effects:
        if effect.kind in (EffectKind.CONDITIONAL, EffectKind.OBJECT):
            continue
        line = Text()
        if effect.kind is not EffectKind.VALUE:
            line.append(f"{_NAMES[effect.kind]}: ", "bold red" if effect.kind is EffectKind.OPTION_LOST else "bold")
        line.append(visible(effect.subject), SYMBOL)
        if effect.prompt:
            line.append(f' "{visible(cut(effect.prompt, MOST_TEXT))}"', PROMPT)
        if effect.kind in (EffectKind.VALUE, EffectKind.OVERRIDE):
            line.append(f" {visible(effect.before)} → {visible(effect.after)}")
        yield _told(line, effect)
        for held in effect.held_back:
            place = f" ({visible(held.path)}:{held.line})"
            yield Text.assemble(
                (visible(held.symbol), SYMBOL),
                " stays n: ",
                (visible(held.unmet), SYMBOL),
                " never holds",
                (place, FILE),
            )


def _object(effect: Effect) -> Text:
    verbs = {"built": "is built now", "module": "is a module now"}
    line = Text.assemble((visible(effect.subject), OBJECT), f" {verbs.get(effect.after, 'is no longer built')}")
    return _told(line, effect)


def _told(line: Text, effect: Effect) -> Text:
    line.append(_configs(effect), DIM)
    if effect.kind in _SEEN and not effect.disclosed:
        line.append(", not in the changelog", UNTOLD)
    return line


def _conditions(group: list[Effect]) -> Text:
    first = group[0]
    line = Text.assemble(visible(cut(first.subject, MOST_TEXT)), (f" is {first.after} now", "bold"))
    line.append(_configs(first), DIM)
    line.append(": ")
    places: dict[str, list[str]] = {}
    for effect in group:
        places.setdefault(visible(effect.chain[-1].path), []).append(str(effect.chain[-1].line))
    shown = [f"{path}:{','.join(lines)}" for path, lines in places.items()]
    left = len(shown) - MOST_PLACES
    line.append(", ".join(shown[:MOST_PLACES]), FILE)
    if left > 0:
        line.append(f" and {plural(left, 'more file')}")
    return line


def _configs(effect: Effect) -> str:
    if effect.configs == (WITNESS,):
        settings = " ".join(f"{visible(name)}={visible(effect.witness[name])}" for name in sorted(effect.witness))
        return f" with {settings}" if settings else ""
    return "" if len(effect.configs) == SAMPLES else f" in {', '.join(effect.configs)}"


def _by_makefile(effects: Iterable[Effect]) -> dict[str, list[Effect]]:
    found: dict[str, list[Effect]] = {}
    for effect in effects:
        if effect.kind is EffectKind.OBJECT:
            last = effect.chain[-1]
            found.setdefault(f"{visible(last.path)}:{last.line}", []).append(effect)
    return found


def _by_condition(effects: Iterable[Effect]) -> dict[tuple[object, ...], list[Effect]]:
    found: dict[tuple[object, ...], list[Effect]] = {}
    for effect in effects:
        if effect.kind is EffectKind.CONDITIONAL:
            witness = tuple(sorted(effect.witness.items()))
            found.setdefault((effect.subject, effect.after, effect.configs, witness), []).append(effect)
    return found


def _summary(result: Result) -> str:
    patches = plural(len(result.history.patches), "patch")
    if not result.effects:
        return f"{patches}: no effect beyond their own lines"
    counts = Counter(effect.kind for effect in result.effects)
    parts = ", ".join(_count(counts[kind], name) for kind, name in _NAMES.items() if counts[kind])
    told = sum(effect.disclosed for effect in result.effects)
    return f"{patches}, {plural(len(result.effects), 'effect')}: {parts}; {told} named in the changelog"


def _count(count: int, name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{plural(count, first)} {rest}".rstrip()
