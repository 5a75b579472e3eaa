"""The whole flow: sources to a history, a tree to states, rules to findings."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lint.cache import Cache, default_directory
from lint.cache_facts import FactStore
from lint.cache_search import SearchStore
from lint.effects.model import Found
from lint.engine import BISECT, INTERNAL, judge
from lint.errors import Problem, Stage, UserError
from lint.finding import Finding
from lint.history import AppliedHistory, apply_history
from lint.intake.load import load
from lint.intake.model import History
from lint.kconfig.arches import architectures
from lint.kconfig.toolchain import TOOLCHAINS, Toolchain
from lint.migrations.model import shipped
from lint.resolve import arch_of
from lint.result import Result
from lint.rule import Rule
from lint.snapshot.gittree import GitTree
from lint.snapshot.memory import EmptyTree
from lint.snapshot.open import TreeInfo, find_kernel_tree, open_tree, tree_info
from lint.snapshot.tree import Tree
from lint.state import Knowledge

NO_TREE = TreeInfo("none", "", "")
WITHOUT_TREE = "no kernel tree: only what the patches themselves show was checked; add --tree DIR for the rest"


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of one check. ``tree`` None: the kernel tree that ``start`` stands in, or none at all."""

    sources: tuple[str, ...]
    tree: Path | None = None
    base: str | None = None
    archs: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    staged: bool = False
    toolchain: str = "gcc"
    cache: bool = True
    start: Path = Path()
    effects: bool = False


def check(request: Request, progress: Callable[[str], None] = lambda text: None) -> Result:
    """Check a history against a tree; raises UserError for wrong input or arguments, and nothing else."""
    rules = chosen_rules(request.select, request.ignore)
    history, applied, knowledge, info = _applied(request, progress)
    # First: what rules ask of the effects is then known.
    report, lost = _effects_if_whole(applied, progress) if request.effects else (Found(), False)
    judgement = judge(applied.steps, applied.between, rules, progress)
    knowledge.facts.flush()
    asked = [finding for finding in judgement.findings if not request.select or finding.rule in _selected(request)]
    shown = tuple(finding for finding in asked if _is_wanted(finding, request))
    return Result(
        tree=info,
        history=history,
        steps=applied.steps,
        findings=shown,
        problems=(*_problems(history, applied, knowledge, info), *report.problems),
        suppressed=len(asked) - len(shown),
        broken=judgement.broken or lost,
        rules=tuple(rule.id for rule in rules),
        effects=report.effects,
    )


def effects(request: Request, progress: Callable[[str], None] = lambda text: None) -> Result:
    """What a history changes beyond its own lines: no rule runs. Raises UserError as ``check`` does."""
    history, applied, knowledge, info = _applied(request, progress)
    if info.kind == "none":
        raise UserError("effects are what changes in a kernel tree: add --tree DIR")
    report = _effects(applied, progress)
    knowledge.facts.flush()
    return Result(
        tree=info,
        history=history,
        steps=applied.steps,
        findings=(),
        problems=(*_problems(history, applied, knowledge, info), *report.problems),
        suppressed=0,
        broken=False,
        effects=report.effects,
    )


def _is_wanted(finding: Finding, request: Request) -> bool:
    """Whether no option filters a finding out: its rule is ignored, or it is about other architectures than asked."""
    if not {finding.rule, finding.origin}.isdisjoint(request.ignore):
        return False
    own = arch_of(finding.hit.span.path)
    about = set(finding.hit.arch) or ({own} if own else set())
    return not request.archs or not about or bool(about & set(request.archs))


def _selected(request: Request) -> tuple[str, ...]:
    """The rules whose findings were asked for; a broken one is always told."""
    return (*request.select, INTERNAL)


def _effects(applied: AppliedHistory, progress: Callable[[str], None]) -> Found:
    from lint.effects.run import history_report

    progress("comparing configurations")
    return history_report(applied.steps)


def _effects_if_whole(applied: AppliedHistory, progress: Callable[[str], None]) -> tuple[Found, bool]:
    """The effects, and whether they broke: the findings stand without them."""
    try:
        return _effects(applied, progress), False
    except Exception as error:
        what = f"the effects are missing ({type(error).__name__}): please report it"
        return Found((), (Problem(Stage.RULE, what),)), True


def _applied(request: Request, progress: Callable[[str], None]) -> tuple[History, AppliedHistory, Knowledge, TreeInfo]:
    progress("reading the patches")
    root = request.tree or find_kernel_tree(request.start)
    history = load(request.sources, repository=root or request.start, staged=request.staged)
    tree, info = _tree(root, request, history)
    kept = default_directory() if request.cache else None
    if isinstance(tree, GitTree):
        tree.remember(SearchStore(kept, tree.tree_id))
    knowledge = Knowledge(_toolchain(request.toolchain), Cache(kept), FactStore(kept))
    progress("applying the patches")
    archs = _archs(request, tree)
    return (
        history,
        apply_history(tree, history.patches, shipped(), archs, knowledge, history.covers),
        knowledge,
        info,
    )


def chosen_rules(select: Sequence[str], ignore: Sequence[str]) -> tuple[Rule, ...]:
    """The rules to run: those selected, or all. Ignored ones run too, so that the report can count what was suppressed.

    For ``broken-bisect-step`` every rule runs whose errors it can be about.

    Raises UserError for an id that no rule has.
    """
    from lint.rules import RULES

    known = {rule.id for rule in RULES}
    for name in (*select, *ignore):
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "`kmiglint rules` lists them"
            raise UserError(f"there is no rule {name!r}: {hint}")
    breaks = BISECT in select
    return tuple(rule for rule in RULES if not select or rule.id in select or (breaks and rule.breaks_build))


def _tree(root: Path | None, request: Request, history: History) -> tuple[Tree, TreeInfo]:
    if root is None:
        if request.base is not None:
            raise UserError(f"--base {request.base} needs a kernel tree: add --tree DIR")
        return EmptyTree(), NO_TREE
    tree = open_tree(root, _own_base(request, history) if request.base is None else request.base)
    return tree, tree_info(tree)


def _own_base(request: Request, history: History) -> str | None:
    """What the sources themselves stand on: the start of a git range; None for mails, which go onto the tree's HEAD."""
    if request.staged:
        return None
    first = next(iter(history.series), None)
    return (first.base_commit or None) if first is not None and first.from_git else None


def _archs(request: Request, tree: Tree) -> tuple[str, ...]:
    if not request.archs:
        return ()
    known = architectures(tree)
    for arch in request.archs:
        if known and arch not in known:
            raise UserError(f"the tree has no architecture {arch!r}: choose from {', '.join(known)}")
    return tuple(sorted(set(request.archs)))


def _toolchain(name: str) -> Toolchain:
    if name not in TOOLCHAINS:
        raise UserError(f"there is no toolchain {name!r}: choose from {', '.join(sorted(TOOLCHAINS))}")
    return TOOLCHAINS[name]


def _problems(history: History, applied: AppliedHistory, knowledge: Knowledge, info: TreeInfo) -> tuple[Problem, ...]:
    without = () if info.kind != "none" else (Problem(Stage.APPLY, WITHOUT_TREE),)
    parsed = [problem for kconfig in knowledge.kconfigs.values() for problem in kconfig.problems]
    return tuple(dict.fromkeys((*history.problems, *without, *applied.problems, *sorted(set(parsed)))))
