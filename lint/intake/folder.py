"""The files of a directory that hold patches, in the order in which they apply."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lint.errors import Problem, Stage, UserError
from lint.intake.paths import refusal

MAX_FILES = 20_000
_SUFFIXES = (".patch", ".diff", ".eml", ".mbox", ".mbx", ".patch.gz", ".mbox.gz")


@dataclass(frozen=True, slots=True)
class Folder:
    """The files, and what the directory is: a maildir, one with a quilt ``series`` file, or just patches."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()
    maildir: bool = False
    quilt: bool = False


def folder_files(path: Path) -> Folder:
    """What to read in a directory. Raises UserError when it can't be listed or holds too much."""
    try:
        if (path / "cur").is_dir() or (path / "new").is_dir():
            mails = [file for name in ("cur", "new") if (path / name).is_dir() for file in (path / name).iterdir()]
            kept = (file for file in mails if not file.name.startswith(".") and file.is_file())
            found = sorted(kept, key=lambda file: file.name)
            folder = Folder(tuple(found), maildir=True)
        elif (path / "series").is_file():
            folder = _quilt(path)
        else:
            found = sorted(file for file in path.iterdir() if file.name.lower().endswith(_SUFFIXES) and file.is_file())
            folder = Folder(tuple(found))
    except OSError as error:
        raise UserError(f"{path} can't be read: {(error.strerror or str(error)).lower()}") from None
    if len(folder.files) > MAX_FILES:
        raise UserError(f"{path} holds more than {MAX_FILES} files: give a part of it")
    return folder


def _quilt(path: Path) -> Folder:
    """The patches that a quilt ``series`` file names, without those that it comments out."""
    files: list[Path] = []
    problems: list[Problem] = []
    with (path / "series").open("rb") as stream:
        lines = stream.read(1 << 22).split(b"\n")
    for line in lines:
        words = line.partition(b"#")[0].split()
        if not words:
            continue
        name = words[0].decode("utf-8", "replace")
        if refusal(words[0]) or not (path / name).is_file():
            problems.append(Problem(Stage.INTAKE, f"the series file names {name!r}, which is no file there"))
            continue
        files.append(path / name)
    return Folder(tuple(files), tuple(problems), quilt=True)
