"""Small Kconfig files, at random, and every value vector that kconfiglib's own evaluation reaches."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from lint.kconfig.model import Kconfig
from lint.kconfig.parse import parse_kconfig
from lint.snapshot.memory import MemoryTree

NAMES = ("A", "B", "C", "D")
VALUES = ("n", "m", "y")


def parsed(text: str) -> Kconfig:
    """The model of one Kconfig file."""
    return parse_kconfig(MemoryTree({"Kconfig": text.encode()}), "x")


def reachable(text: str, names: tuple[str, ...]) -> set[tuple[str, ...]]:
    """All values that the named symbols have together under any user input, in the order of the names."""
    import kconfiglib

    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "Kconfig"
        path.write_text(text.replace("\tmodules\n", "\toption modules\n"))
        kconf: Any = kconfiglib.Kconfig(str(path), warn=False)
    symbols = [kconf.syms[name] for name in names]
    inputs = [s for s in kconf.unique_defined_syms if any(node.prompt for node in s.nodes)]
    choices: list[list[str | None]] = [
        ["n", "y", None] if kconfiglib.TYPE_TO_STR[s.orig_type] == "bool" else ["n", "m", "y", None] for s in inputs
    ]
    found = set()
    for values in itertools.product(*choices):
        kconf.unset_values()
        for symbol, value in zip(inputs, values, strict=True):
            if value is not None:
                symbol.set_value(value)
        found.add(tuple(s.str_value for s in symbols))
    return found


@st.composite
def conditions(draw: st.DrawFn, names: tuple[str, ...], depth: int = 2) -> str:
    """An expression over earlier symbols, an undefined one and constants."""
    kind = draw(st.integers(0, 9 if depth else 4))
    name = draw(st.sampled_from((*names, "UNDEFINED"))) if names else "UNDEFINED"
    if kind <= 2:
        return name
    if kind == 3:
        other = draw(st.sampled_from(("y", "m", "n", *names)))
        return f"{name} {draw(st.sampled_from(('=', '!=', '<', '<=', '>', '>=')))} {other}"
    if kind == 4:
        return draw(st.sampled_from(("y", "m", "n", name)))
    left = draw(conditions(names, depth - 1))
    if kind == 5:
        return f"!({left})"
    return f"({left}) {'&&' if kind <= 7 else '||'} ({draw(conditions(names, depth - 1))})"


@st.composite
def kconfigs(draw: st.DrawFn) -> str:
    """A Kconfig file without dependency cycles: symbols refer to earlier ones, and select or imply later ones."""
    modules = draw(st.sampled_from(("\tdef_bool y\n", "\tdef_bool n\n", '\tbool "modules"\n')))
    parts = [f"config MODULES\n\tmodules\n{modules}"]
    # Selecting a member of a choice is left out: the kernel changed its meaning in 6.12.
    first = draw(st.integers(0, 2 * len(NAMES)))
    members = NAMES[first : first + 2] if first + 1 < len(NAMES) else ()
    for at, name in enumerate(NAMES):
        earlier, later = NAMES[:at], [other for other in NAMES[at + 1 :] if other not in members]
        if name in members:
            if name == members[0]:
                parts.append(_choice(draw, earlier, members[0], members[1]))
            continue
        tristate = draw(st.booleans())
        prompt = draw(st.sampled_from(("", ' "p"', ' "p" if ')))
        if prompt.endswith("if "):
            prompt += draw(conditions(earlier))
        lines = [f"config {name}", f"\t{'tristate' if tristate else 'bool'}{prompt}"]
        lines += [f"\tdepends on {draw(conditions(earlier))}" for _ in range(draw(st.integers(0, 1)))]
        lines += [
            f"\tdefault {draw(conditions(earlier, 1))} if {draw(conditions(earlier, 1))}"
            for _ in range(draw(st.integers(0, 2)))
        ]
        for target in later[: draw(st.integers(0, 2))]:
            word = draw(st.sampled_from(("select", "select", "imply")))
            lines.append(f"\t{word} {target} if {draw(conditions(earlier, 1))}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _choice(draw: st.DrawFn, earlier: tuple[str, ...], first: str, second: str) -> str:
    depends = f"\tdepends on {draw(conditions(earlier, 1))}\n"
    members = "".join(
        f'config {name}\n\tbool "m"\n\tdepends on {draw(conditions(earlier, 1))}\n\n' for name in (first, second)
    )
    return f'choice\n\tprompt "c"\n{depends}\n{members}endchoice\n'
