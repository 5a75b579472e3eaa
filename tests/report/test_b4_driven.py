"""The real b4, offline: what it makes of ``--format terse`` and ``--format b4``, driven through its own code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from email import policy
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(find_spec("b4") is None, reason="b4 is not here: install the test extra")

TREE = Path(__file__).parents[2] / "samples" / "tree"
CHECK = f"{sys.executable} -m lint check - --format"
BAD, CLEAN = "kernel/seccomp.c", "kernel/auditsc.c"
GUARD = "\n#ifdef CONFIG_NO_SUCH_THING\nint level;\n#endif\n"
TEXT = "CONFIG_NO_SUCH_THING is defined in no Kconfig file: it is never set"
FOUND = f"{BAD}:8: ERROR:undefined-config-symbol: {TEXT}"
# The second line would be changed by a second decoding of quoted-printable, which the first shows to be wrong.
TRICKY = "\tint limit = 1;\n\tint level =3D0;\n"
# b4's own functions for one check of each kind, and its database; what is stored goes to standard output.
REVIEW = """
import email, json, sys
from email import policy
import b4.review.checks as checks
paths, command, top = sys.argv[1].split(','), sys.argv[2], sys.argv[3]
mails = [email.message_from_bytes(open(path, 'rb').read(), policy=policy.SMTP) for path in paths]
named = [(mail['message-id'].strip('<>'), mail) for mail in mails]
database = checks.get_db()
for name, rows in checks.run_perpatch_checks(named, [command], top).items():
    checks.store_results(database, name, rows)
checks.store_results(database, named[0][0], checks.run_series_checks(named[0], [command], top))
stored = checks.get_cached_results(database, [name for name, _ in named])
print(json.dumps([stored.get(name, []) for name, _ in named]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of b4's own, a kernel tree in git whose branch work has a bad and a clean commit."""
    path = tmp_path_factory.mktemp("b4")
    top = path / "tree"
    shutil.copytree(TREE, top)
    (top / CLEAN).write_text(
        (top / CLEAN).read_text("utf-8") + "\nint audit_level(void)\n{\n" + TRICKY + "\treturn 1;\n}\n"
    )
    run(path, "git", "init", "--quiet", "--initial-branch=main")
    commit(path, "base")
    run(path, "git", "checkout", "--quiet", "-b", "work")
    (top / BAD).write_text((top / BAD).read_text("utf-8") + GUARD)
    commit(path, "seccomp: Add a level")
    (top / CLEAN).write_text((top / CLEAN).read_text("utf-8").replace("return 1;", "return 2;"))
    commit(path, "audit: Raise the level")
    return path


def run(home: Path, *command: str) -> str:
    """Standard output and error of a command in the tree, with nothing of the user's around it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "B4_", "XDG_"))}
    env |= {
        "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
        "GIT_AUTHOR_NAME": "Ada Toy", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": "2026-11-02T10:00:00Z",
        "GIT_COMMITTER_NAME": "Ada Toy", "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_COMMITTER_DATE": "2026-11-02T10:00:00Z",
    }  # fmt: skip
    done = subprocess.run(
        command, cwd=home / "tree", env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def commit(home: Path, title: str) -> None:
    run(home, "git", "add", "--all")
    run(home, "git", "commit", "--quiet", "-m", title, "-m", "A toy.", "-m", "Signed-off-by: Ada Toy <ada@example.org>")


def b4(home: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ada Toy", "-c", "user.email=ada@example.org")
    start = "import sys; from b4.command import cmd; sys.argv[0] = 'b4'; cmd()"
    return run(home, sys.executable, "-c", start, "--offline-mode", "--no-interactive", *identity, *arguments)


def mails(home: Path) -> list[EmailMessage]:
    """The two patches, quoted-printable as many mailers send them."""
    made = []
    texts = [run(home, "git", "format-patch", "--stdout", f"{rev}^!") for rev in ("work^", "work")]
    for count, text in enumerate(texts, start=1):
        head, _, body = text.partition("\n\n")
        title = head.partition("Subject: ")[2].removeprefix("[PATCH] ").replace("\n ", " ")
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"] = "Ada Toy <ada@example.org>", "linux-kernel@example.org"
        mail["Date"] = "Mon, 02 Nov 2026 10:00:00 +0000"
        mail["Subject"] = f"[PATCH {count}/2] {title}"
        mail["Message-ID"] = f"<{count}@example.org>"
        if count > 1:
            mail["In-Reply-To"] = mail["References"] = "<1@example.org>"
        mail.set_content(body, cte="quoted-printable")
        assert count == 1 or "=3D3D0;" in mail.as_string()
        made.append(mail)
    return made


def files(home: Path) -> list[Path]:
    paths = [home / f"{count}.eml" for count in (1, 2)]
    for path, mail in zip(paths, mails(home), strict=True):
        path.write_bytes(mail.as_bytes(policy=policy.SMTP.clone(linesep="\n")))
    return paths


def test_am_shows_a_line_per_finding_and_passes_what_is_clean(home: Path) -> None:
    mbox = home / "series.mbox"
    start = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
    mbox.write_bytes(b"\n".join(start + path.read_bytes() for path in files(home)))
    run(home, "git", "checkout", "--quiet", "main")
    config = f"b4.am-perpatch-check-cmd={CHECK} terse"
    shown = b4(home, "-c", config, "am", "--check", "--use-local-mbox", str(mbox), "--outdir", str(home / "out"))
    first, _, second = shown.partition("[PATCH 1/2]")[2].partition("[PATCH 2/2]")
    assert findings(first) == [FOUND]
    assert findings(second) == []
    assert "kmiglint: " not in shown


def test_prep_counts_them(home: Path) -> None:
    run(home, "git", "checkout", "--quiet", "main")
    b4(home, "prep", "--new", "toy", "--fork-point", "main")
    run(home, "git", "cherry-pick", "main..work")
    shown = b4(home, "-c", f"b4.prep-perpatch-check-cmd={CHECK} terse", "prep", "--check")
    assert findings(shown) == [FOUND], shown
    assert "Success: 1, Warning: 0, Error: 1" in shown


def findings(shown: str) -> list[str]:
    """The lines of b4 that say what a check found, without what it puts before them."""
    command = f"{Path(sys.executable).name}: "
    found = (line.partition(command)[2] for line in shown.splitlines() if command in line)
    return [line for line in found if line != "passed all checks"]


def test_review_stores_one_row_for_each_check(home: Path) -> None:
    """The checks of b4 review: the patches are not applied, bodies are decoded although the header says otherwise."""
    bad, clean = review(home, f"{CHECK} b4")
    assert [(row["tool"], row["status"], row["summary"]) for row in clean] == [("kmiglint", "pass", "nothing found")]
    assert [(row["tool"], row["status"], row["summary"]) for row in bad] == [("kmiglint", "fail", "1 error")]
    assert json.loads(bad[0]["details"])[0] == {
        "status": "fail",
        "state": "error",
        "context": "undefined-config-symbol",
        "description": f"{BAD}:8: {TEXT}",
        "srcline": "#ifdef CONFIG_NO_SUCH_THING",
    }


def test_review_stores_a_row_when_a_check_could_not_be_made(home: Path) -> None:
    for rows in review(home, f"{CHECK} b4 --base no-such-commit"):
        assert [(row["tool"], row["status"]) for row in rows] == [("kmiglint", "fail")]
        assert rows[0]["summary"].startswith("not checked: ")
        assert "no-such-commit" in rows[0]["summary"]


def review(home: Path, command: str) -> list[list[dict[str, Any]]]:
    """What b4 has stored of each mail after checks of the patches, and one of the series on the first."""
    run(home, "git", "checkout", "--quiet", "main")
    names = ",".join(map(str, files(home)))
    shown = run(home, sys.executable, "-c", REVIEW, names, command, str(home / "tree"))
    stored: list[list[dict[str, Any]]] = json.loads(shown.splitlines()[-1])
    return stored
