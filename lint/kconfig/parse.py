"""One architecture's Kconfig as facts: ``parse_kconfig`` reads it out of a tree and never fails."""

from __future__ import annotations

from lint.errors import Problem, Stage
from lint.kconfig.arches import environment
from lint.kconfig.bounds import BoundReached
from lint.kconfig.dialect import Dialect
from lint.kconfig.extract import extract
from lint.kconfig.model import Kconfig
from lint.kconfig.paused import paused_collector
from lint.kconfig.shell import Shell
from lint.kconfig.source import Sources
from lint.kconfig.toolchain import GCC, Toolchain
from lint.snapshot.tree import Tree

TOP = "Kconfig"


def parse_kconfig(tree: Tree, arch: str, toolchain: Toolchain = GCC) -> Kconfig:
    """The Kconfig of one architecture (a directory of arch/) in one state of the tree.

    Raises nothing: a line that is not understood becomes a problem and costs only itself; past a bound the parse
    stops with a problem and what was read until there.
    """
    values = {**toolchain.variables, **environment(tree, arch)}
    sources = Sources(tree)
    shell = Shell(toolchain, arch, tree.exists, tree.read)
    dialect = Dialect(sources, values, shell.answer)
    with paused_collector():
        try:
            dialect.read(TOP)
        except BoundReached as bound:
            dialect.problems.append(Problem(Stage.KCONFIG, str(bound), dialect.filename, dialect.linenr))
        found = extract(dialect)
        symbols, choices, sourced = found.symbols(), found.choices(), found.sourced()
        macros = tuple(dialect.assigning)
        dialect.close()
    return Kconfig(
        arch,
        symbols,
        choices,
        sources.paths,
        dialect.used_environment,
        dialect.modules_name,
        tuple(dialect.problems),
        tuple(dialect.notes),
        tuple(shell.unknown),
        values["KERNELVERSION"],
        sourced,
        macros,
    )
