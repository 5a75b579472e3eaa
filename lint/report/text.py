"""The report for people: every finding with the lines that it is about, then what was checked and what was not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from lint.finding import Side
from lint.report.excerpt import ADDED, REMOVED, Excerpts, Row
from lint.report.screen import PIPE, Screen
from lint.report.summary import summary
from lint.report.visible import cut, fold, source, visible, width, window

if TYPE_CHECKING:
    from lint.finding import Finding, Span
    from lint.result import Result

CONTEXT = 2
LONGEST = 200
MOST_RELATED = 8
NARROWEST = 4
LOUD = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
DIM = "bright_black"
MARKS = {ADDED: "green", REMOVED: "red"}
STATES = {ADDED: Side.AFTER, REMOVED: Side.BEFORE}


def render(result: Result, screen: Screen = PIPE) -> str:
    """The whole report. Lines are cut to the width of a terminal; in a pipe nothing but very long source lines is."""
    return painted(_lines(result, screen), screen)


def painted(lines: Iterator[Text], screen: Screen) -> str:
    """Lines as text, with the escapes for colours where the screen wants them."""
    if not screen.colour:
        return "".join(f"{line.plain.rstrip()}\n" for line in lines)
    buffer = StringIO()
    console = Console(file=buffer, force_terminal=True, color_system="standard", no_color=False, width=LONGEST)
    console.print(Text("\n").join(lines), soft_wrap=True)
    return buffer.getvalue()


def _lines(result: Result, screen: Screen) -> Iterator[Text]:
    excerpts = Excerpts(result)
    for finding in result.findings:
        yield from _finding(result, finding, excerpts, screen)
        yield Text()
    yield from summary(result, screen)


def _finding(result: Result, finding: Finding, excerpts: Excerpts, screen: Screen) -> Iterator[Text]:
    hit = finding.hit
    loud = LOUD[finding.severity.value]
    yield from _headline(finding, loud, screen)
    rows = excerpts.around(finding.patch, hit.span, CONTEXT)
    shown = {(hit.span.path, row.number, STATES.get(row.mark, hit.span.side)) for row in rows}
    related = [(one, excerpts.around(one.patch or finding.patch, one.span, 0)) for one in hit.related[:MOST_RELATED]]
    numbers = [row.number for part in (rows, *(part for _, part in related)) for row in part]
    gutter = max(NARROWEST, len(str(max(numbers, default=0))))
    yield _arrow(result, finding, gutter, screen)
    yield from _excerpt(rows, hit.span, gutter, loud, screen)
    for one, part in related:
        place = f"{_place(one.span)}: " if one.span.path else ""
        elsewhere = one.patch not in (0, finding.patch)
        patch = f" ({_patch(result, one.patch)[0]})" if elsewhere else ""
        yield from _folded(f"{' ' * gutter} ::: ", f"{place}{visible(one.note)}{patch}", screen)
        if elsewhere or (one.span.path, one.span.line, one.span.side) not in shown:
            yield from _excerpt(part, None, gutter, loud, screen)
    if len(hit.related) > MOST_RELATED:
        yield Text(f"{' ' * gutter} ::: and {len(hit.related) - MOST_RELATED} more places: see --format json", DIM)
    for title, text in _footers(result, finding):
        yield from _folded(f"{' ' * gutter}  = {title}: ", text, screen)


def _headline(finding: Finding, loud: str, screen: Screen) -> Iterator[Text]:
    label = f"{finding.severity.value}[{finding.rule}]"
    first, *rest = fold(f"{label} {visible(finding.hit.message)}", 4, screen.width)
    yield Text.assemble((label, loud), (first[len(label) :], "bold"))
    for line in rest:
        yield Text(line, "bold")


def _arrow(result: Result, finding: Finding, gutter: int, screen: Screen) -> Text:
    """Place and patch on one line; what does not fit is left out: the subject's end first, then the function."""
    hit = finding.hit
    place = _place(hit.span)
    line = Text.assemble((f"{' ' * gutter}--> ", "blue"), place)
    room = LONGEST * 10 if screen.width is None else screen.width - gutter - 4 - width(place)
    number, title = _patch(result, finding.patch)
    function = f" in {visible(hit.function)}()" if hit.function else ""
    if function and width(function) + (len(number) + 3 if number else 0) <= room:
        line.append(function)
        room -= width(function)
    if not number:
        return line
    space = room - len(f' ({number} "")')
    subject = f' "{cut(title, space)}"' if title and space >= min(12, width(title)) else ""
    return line.append(f" ({number}{subject})", DIM)


def _patch(result: Result, index: int) -> tuple[str, str]:
    """How to name the patch and its subject; nothing when there is only one."""
    if len(result.steps) < 2:
        return "", ""
    patch = result.patch(index)
    return f"patch {visible(patch.number) or patch.index}", visible(patch.title)


def _place(span: Span) -> str:
    numbers = "".join(f":{number}" for number in (span.line, span.column if span.line else 0) if number)
    return f"{visible(span.path)}{numbers}"


def _excerpt(rows: Sequence[Row], span: Span | None, gutter: int, loud: str, screen: Screen) -> Iterator[Text]:
    room = LONGEST if screen.width is None else screen.width - gutter - 4
    start, end = _columns(rows, span)
    first = 0 if end <= room else max(0, start - room // 2)
    for row in rows:
        pointer = ">" if row.place and span is not None and start == end else " "
        line = Text.assemble((pointer, loud if pointer.strip() else ""), (f"{row.number:>{gutter}} ", "blue"))
        text = window(source(row.text[: LONGEST * 50]), first, room)
        yield line.append(f"{row.mark} {text}", MARKS.get(row.mark, ""))
        if row.place and start < end:
            carets = " " * (start - first) + "^" * (min(end, first + room) - start)
            yield Text.assemble((f"{' ' * gutter}  | ", "blue"), (carets, loud))


def _columns(rows: Sequence[Row], span: Span | None) -> tuple[int, int]:
    """The screen columns (from 0, the end exclusive) of the span in its line; twice the same when it names none."""
    text = next((row.text[: LONGEST * 50] for row in rows if row.place), b"")
    if span is None or not 0 < span.column < span.end_column or span.column > len(text):
        return 0, 0
    start = width(source(text[: span.column - 1]))
    return start, start + width(source(text[span.column - 1 : span.end_column - 1], start))


def _footers(result: Result, finding: Finding) -> Iterator[tuple[str, str]]:
    hit = finding.hit
    if hit.witness:
        yield "shown by", " ".join(f"CONFIG_{visible(k)}={visible(hit.witness[k])}" for k in sorted(hit.witness))
    asked = result.steps[finding.patch - 1].archs
    if hit.arch and (len(asked) > 1 or hit.arch != asked):
        yield "arch", ", ".join(visible(arch) for arch in hit.arch)
    if hit.suggestion:
        yield "suggestion", hit.suggestion


def _folded(lead: str, text: str, screen: Screen) -> Iterator[Text]:
    for count, part in enumerate(text.splitlines() or [""]):
        head = lead if not count else " " * len(lead)
        first, *rest = fold(head + visible(part.expandtabs()), len(lead), screen.width)
        yield Text.assemble((first[: len(lead)], "blue"), first[len(lead) :])
        for line in rest:
            yield Text(line)
