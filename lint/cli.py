"""The command line: arguments to the pipeline, its result to a report and an exit code.

Only click and the standard library are imported here; everything else when a command needs it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from lint import __version__
from lint.errors import UserError
from lint.report.formats import FORMATS

CLEAN, FOUND, WRONG_INPUT, BROKEN, INTERRUPTED = 0, 1, 2, 3, 130
LEVELS = ("error", "warning", "note")
NOTHING_GIVEN = "there is nothing to check: give a patch, an mbox, a range of commits (BASE..HEAD), - or --staged"


class Guarded(click.Group):
    """A group whose every end is an exit code and at most a sentence: no traceback reaches a user."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run, and exit: 0 to 3 as documented, 130 when interrupted."""
        options["standalone_mode"] = False
        sys.exit(self._run(*args, **options))

    def _run(self, *args: Any, **options: Any) -> int:
        try:
            code = super().main(*args, **options)
        except UserError as error:
            return _said(str(error), WRONG_INPUT)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            return WRONG_INPUT
        except click.UsageError as error:
            asked = error.ctx.command_path if error.ctx else "kmiglint"
            return _said(f"{error.format_message().rstrip('.')} (see {asked} --help)", WRONG_INPUT)
        except click.ClickException as error:
            return _said(error.format_message(), WRONG_INPUT)
        except (click.Abort, KeyboardInterrupt):
            return _said("interrupted", INTERRUPTED)
        except Exception as error:
            return _broke(error)
        return code if isinstance(code, int) else CLEAN


def _said(sentence: str, code: int) -> int:
    from lint.report.visible import visible

    click.echo(f"kmiglint: {visible(' '.join(sentence.split()))}", err=True)
    return code


def _broke(error: Exception) -> int:
    if os.environ.get("KMIGLINT_DEBUG"):
        import traceback

        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}"[:200].rstrip(": ")
    return _said(f"this is a defect of kmiglint ({what}): please report it with what KMIGLINT_DEBUG=1 prints", BROKEN)


def _listed(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The names of an option that may be repeated and may hold several, separated by commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


@click.group(cls=Guarded, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kmiglint", message="%(prog)s %(version)s")
def cli() -> None:
    """Tells what a Linux kernel patch series forgot, with the evidence.

    Nothing that is read is executed, and nothing is written but what --output names.
    """


@cli.command()
@click.argument("inputs", metavar="[INPUT]...", nargs=-1)
@click.option("--tree", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="The kernel tree to check against; by default the one that you stand in.")  # fmt: skip
@click.option("--base", metavar="REV", help="The commit of the tree that the patches go onto.")
@click.option("--arch", "archs", metavar="ARCH", multiple=True, callback=_listed,
              help="A directory of arch/; by default those that the patches concern.")  # fmt: skip
@click.option("--staged", is_flag=True, help="Check what is staged in git's index.")
@click.option("--select", metavar="RULES", multiple=True, callback=_listed, help="Only these rules.")
@click.option("--ignore", metavar="RULES", multiple=True, callback=_listed, help="All but these rules.")
@click.option("--toolchain", metavar="NAME", default="gcc", show_default=True,
              help="What to answer where Kconfig asks the compiler, which is never run.")  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Neither read nor write what was learnt about a tree before.")
@click.option("--fail-on", type=click.Choice((*LEVELS, "never")), default="error", show_default=True,
              help="Exit with 1 for findings of this severity or worse.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), default="text", show_default=True,
              help="text for people, terse for one line per finding, json for programs; the others: docs/formats.md.",
              )  # fmt: skip
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the report to a file.")  # fmt: skip
def check(
    inputs: tuple[str, ...], tree: Path | None, base: str | None, archs: tuple[str, ...], staged: bool,
    select: tuple[str, ...], ignore: tuple[str, ...], toolchain: str, no_cache: bool, fail_on: str,
    form: str, output: Path | None,
) -> int:  # fmt: skip
    """Check patches, one after the other, as one history.

    INPUT is an mbox, a .patch, .diff or .eml file, a maildir or a directory of patches, - for standard input, or a
    range of commits (BASE..HEAD).

    Exits with 0 when nothing was found, 1 for findings (see --fail-on), 2 when the input or the arguments are wrong,
    3 when a rule or kmiglint itself broke.
    """
    if not inputs and not staged:
        raise UserError(NOTHING_GIVEN)
    if inputs and staged:
        raise UserError("--staged checks git's index: leave out the INPUT, or --staged")
    import gc

    from lint import pipeline
    from lint.report.output import expect, screen, write
    from lint.report.progress import progress

    expect(output)
    request = pipeline.Request(
        inputs,
        tree=tree,
        base=base,
        archs=archs,
        select=select,
        ignore=ignore,
        staged=staged,
        toolchain=toolchain,
        cache=not no_cache,
        effects=form == "json",
    )
    gc.disable()  # one run makes facts that all stay; the collector would walk them for nothing, a sixth of the time
    try:
        with progress() as say:
            result = pipeline.check(request, say)
            say("writing the report")
            report = FORMATS[form]()(result, screen(output))
    except Exception as error:
        if form == "b4":
            _no_row_is_no_check(error, output)
        raise
    write(report, output)
    if result.broken:
        return BROKEN
    worst = result.worst()
    return FOUND if worst is not None and worst.value in _failing(fail_on) else CLEAN


def _no_row_is_no_check(error: Exception, output: Path | None) -> None:
    """Print a row for b4 all the same: it drops standard error, and checks a patch without a row for ever."""
    from lint.report.b4 import failure
    from lint.report.output import write

    write(failure(str(error) if isinstance(error, UserError) else f"kmiglint broke ({type(error).__name__})"), output)


def _failing(fail_on: str) -> tuple[str, ...]:
    return LEVELS[: LEVELS.index(fail_on) + 1] if fail_on in LEVELS else ()


@cli.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("--tree", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="The kernel tree that the patches go onto; by default the one that you stand in.")  # fmt: skip
@click.option("--base", metavar="REV", help="The commit of the tree that the patches go onto.")
@click.option("--arch", "archs", metavar="ARCH", multiple=True, callback=_listed,
              help="A directory of arch/; by default those that the patches concern.")  # fmt: skip
@click.option("--toolchain", metavar="NAME", default="gcc", show_default=True,
              help="What to answer where Kconfig asks the compiler, which is never run.")  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Neither read nor write what was learnt about a tree before.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="text: a tree by cause, that sums up what has the same cause; json: every effect.")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the report to a file.")  # fmt: skip
def effects(
    inputs: tuple[str, ...], tree: Path | None, base: str | None, archs: tuple[str, ...], toolchain: str,
    no_cache: bool, form: str, output: Path | None,
) -> int:  # fmt: skip
    """Show what patches change beyond their own lines.

    Values and options of Kconfig, objects that start or stop being built, and #if branches elsewhere that flip, each
    with the way from the patch to it, and whether the changelog says so.
    """
    import gc

    from lint import pipeline
    from lint.report import effects_text, json_report
    from lint.report.output import screen, write
    from lint.report.progress import progress

    request = pipeline.Request(
        inputs, tree=tree, base=base, archs=archs, toolchain=toolchain, cache=not no_cache,
    )  # fmt: skip
    gc.disable()
    with progress() as say:
        result = pipeline.effects(request, say)
        report = json_report.render(result) if form == "json" else effects_text.render(result, screen(output))
    write(report, output)
    return CLEAN


@cli.command()
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
def rules(form: str) -> None:
    """List the rules, each with what it catches."""
    from lint.report import markdown, output
    from lint.report import rules as reports
    from lint.rules import RULES

    if form == "text":
        output.write(reports.catalogue(RULES, output.screen(None)))
    else:
        output.write(reports.as_json(RULES) if form == "json" else markdown.render(RULES))


@cli.command()
@click.argument("rule")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def explain(rule: str, form: str) -> None:
    """Tell why a rule exists: bad and good samples, and its source."""
    from lint.pipeline import chosen_rules
    from lint.report import output
    from lint.report import rules as reports

    chosen = chosen_rules((rule,), ())
    output.write(reports.as_json(chosen) if form == "json" else reports.explanation(chosen[0], output.screen(None)))


@cli.command()
def schema() -> None:
    """Print the JSON Schema of `check --format json`."""
    from lint.report import output
    from lint.report.schema import shipped

    output.write(shipped())
