from __future__ import annotations

from pathlib import Path

import pytest

from lint.errors import UserError
from lint.intake.load import load
from lint.intake.model import History
from lint.intake.subject import parse_subject

SEPARATOR = "From mboxrd@z Thu Jan  1 00:00:00 1970\n"


def diff(name: str = "x.c", word: str = "b") -> str:
    return f"---\n\ndiff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-a\n+{word}\n-- \n2.34.1\n"


def mail(
    subject: str, body: str = "", *, own: str = "", reply: str = "", sender: str = "A <a@example.org>", day: int = 1
) -> str:
    headers = [f"From: {sender}", f"Subject: {subject}", f"Date: Wed, {day:02d} Jan 2020 00:00:00 +0000"]
    headers += [f"Message-Id: <{own}>"] if own else []
    headers += [f"In-Reply-To: <{reply}>", f"References: <{reply}>"] if reply else []
    return SEPARATOR + "\n".join(headers) + f"\n\nSay why.\n{body}\n"


def history(*mails: str) -> History:
    return load(["-"], stdin=lambda: "".join(mails).encode())


def titles(found: History) -> list[list[str]]:
    return [[patch.title for patch in series.patches] for series in found.series]


def messages(found: History) -> list[str]:
    return [problem.message for problem in found.problems]


@pytest.mark.parametrize(
    ("subject", "version", "number", "total", "title"),
    [
        ("[PATCH v16 03/18] arm64: x", 16, 3, 18, "arm64: x"),
        ("[patch 4/4] x", 1, 4, 4, "x"),
        ("[PATCH RESEND -next V8 2/3] x", 8, 2, 3, "x"),
        ("[RFC PATCH net-next v2 1/2] x", 2, 1, 2, "x"),
        ("[PATCH 06/23] x: y [z]", 1, 6, 23, "x: y [z]"),
        ("[PATCHv3 1/2] x", 3, 1, 2, "x"),
        ("[ v2 , 3/4 ] x", 2, 3, 4, "x"),
        ("[v2,3/4] x", 2, 3, 4, "x"),
        ("[PATCH-v5 1/2] x", 5, 1, 2, "x"),
        ("[RFCv2 0/7] x", 2, 0, 7, "x"),
        ("[PATCH v2.1 1/2] x", 2, 1, 2, "x"),
        ("[PATCH][v4] x", 4, None, None, "x"),
        ("[tip:x86/core] [PATCH 1/2] x", 1, 1, 2, "x"),
        ("[PATCH 5.10/6.1] x", 1, None, None, "x"),
        ("[PATCH ipv6 1/2] x", 1, 1, 2, "x"),
        ("[PATCH 9/2] x", 1, None, None, "x"),
        ("x: y v2", 1, None, None, "x: y v2"),
        ("[unclosed", 1, None, None, "[unclosed"),
        ("", 1, None, None, ""),
    ],
)
def test_subjects(subject: str, version: int, number: int | None, total: int | None, title: str) -> None:
    found = parse_subject(subject)
    assert (found.version, found.number, found.total, found.title) == (version, number, total, title)
    assert not found.answer
    assert parse_subject(f"Re: {subject}").answer


def test_patches_come_in_the_order_of_their_numbers() -> None:
    found = history(
        mail("[PATCH 3/3] three", diff("c"), own="3", reply="0"),
        mail("[PATCH 1/3] one", diff("a"), own="1", reply="0"),
        mail("Re: [PATCH 1/3] one", "> diff --git a/a b/a\n" + diff("a"), own="9", reply="1"),
        mail("[PATCH 0/3] all", "base-commit: 0123456789abcdef\n", own="0"),
        mail("[PATCH 2/3] two", diff("b"), own="2", reply="0"),
    )
    assert titles(found) == [["one", "two", "three"]]
    series = found.series[0]
    assert series.cover is not None
    assert (series.subject, series.expected, series.base_commit) == ("all", 3, "0123456789abcdef")
    assert [(patch.index, patch.number) for patch in found.patches] == [(1, "1/3"), (2, "2/3"), (3, "3/3")]
    assert found.problems == ()


def test_missing_parts_are_named() -> None:
    found = history(mail("[PATCH 3/9] three", diff("c")), mail("[PATCH 5/9] five", diff("a")))
    assert titles(found) == [["three", "five"]]
    assert messages(found) == ["'three': patches 1-2, 4, 6-9 of 9 are missing"]
    found = history(mail("[PATCH 1/2] one", diff("c")), mail("[PATCH 2/2] two", "cut off here\n"))
    assert messages(found) == ["the mail 2/2 'two' holds no diff"]


def test_the_newest_version_is_taken() -> None:
    found = history(
        mail("[PATCH 1/2] one", diff("a", "old"), own="a1"),
        mail("[PATCH 2/2] two", diff("b", "old"), own="a2", reply="a1"),
        mail("[PATCH v3 1/2] one", diff("a"), own="c1"),
        mail("[PATCH v3 2/2] two, better", diff("b"), own="c2", reply="c1"),
        mail("[PATCH v2 1/1] one", diff("a"), own="b1"),
    )
    assert titles(found) == [["one", "two, better"]]
    assert found.series[0].version == 3
    assert messages(found) == ["'one': v3 is taken, v1, v2 left out"]


def test_single_patches_sent_anew_in_the_old_thread() -> None:
    found = history(
        mail("[PATCH 1/2] one", diff("a"), own="a1", reply="a0"),
        mail("[PATCH 2/2] two", diff("b"), own="a2", reply="a0"),
        mail("[PATCH v2 2/2] two", diff("b", "new"), own="b2", reply="a2"),
    )
    assert titles(found) == [["one", "two"]]
    assert found.patches[1].mail.message_id == "b2"
    assert messages(found) == ["'two': v2 is taken, v1 left out; patches that it leaves out come from v1"]


def test_the_same_mail_twice_and_resent_mails() -> None:
    one = mail("[PATCH 1/2] one", diff("a"), own="1")
    two = mail("[PATCH 2/2] two", diff("b"), own="2", reply="1")
    found = history(one, two, one, two)
    assert titles(found) == [["one", "two"]]
    assert found.problems == ()
    found = history(one, mail("[PATCH RESEND 2/2] two", diff("b", "new"), own="3", reply="1", day=8), two)
    assert found.patches[1].mail.message_id == "3"
    assert messages(found) == ["'one': patch 2/2 came twice, the last is taken"]


def test_independent_series_stay_apart() -> None:
    found = history(
        mail("[PATCH 1/2] one", diff("a"), own="a1"),
        mail("[PATCH 1/2] other", diff("c"), own="b1", sender="B <b@example.org>"),
        mail("[PATCH 2/2] two", diff("b"), own="a2", reply="a1"),
        mail("[PATCH 2/2] another", diff("d"), own="b2", reply="b1", sender="B <b@example.org>"),
        mail("[PATCH] alone", diff("e"), own="e"),
    )
    assert titles(found) == [["one", "two"], ["other", "another"], ["alone"]]
    assert [patch.index for patch in found.patches] == [1, 2, 3, 4, 5]
    assert found.problems == ()


def test_patches_without_numbers_or_ids_are_series_of_their_own() -> None:
    found = history(mail("[PATCH] one", diff("a")), mail("[PATCH] two", diff("a")), mail("three", diff("b")))
    assert titles(found) == [["one"], ["two"], ["three"]]
    assert [series.expected for series in found.series] == [1, 1, 1]


def test_a_series_without_threads() -> None:
    found = history(*[mail(f"[PATCH {n}/4] part {n}", diff("a"), own=f"m{n}") for n in (2, 4, 1, 3)])
    assert titles(found) == [["part 1", "part 2", "part 3", "part 4"]]


def test_problems_carry_the_index_of_their_patch() -> None:
    found = history(
        mail("[PATCH 2/2] two", diff("b").replace("@@ -1 +1 @@", "@@ -1,9 +1,9 @@")),
        mail("[PATCH 1/2] one", diff("a")),
    )
    assert [(problem.patch, problem.path) for problem in found.problems] == [(2, "b")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (mail("[PATCH 0/3] all"), "only a cover letter"),
        (mail("Re: [PATCH 1/3] one", diff("a")), "only replies"),
        (mail("[PATCH 1/3] one", "text\n"), "holds no patch"),
        (mail("hello", "> diff --git a/a b/a\n> --- a/a\n> +++ b/a\n"), "holds no patch"),
        ("", "is empty"),
        ("\n\n", "is empty"),
        (SEPARATOR, "holds no patch"),
        ("Some text.\n", "is no patch"),
        ("\x7fELF\0\0\0", "is no patch"),
    ],
)
def test_wrong_input_is_told_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        history(text)
    assert str(caught.value).startswith("standard input ")
    assert "\n" not in str(caught.value)


def test_many_mails_stay_quick(tmp_path: Path) -> None:
    mails = [mail(f"[PATCH 1/2] part {n}", diff("a"), own=f"m{n}", reply=f"r{n}") for n in range(3000)]
    assert len(history(*mails).series) == 3000
    mails = [mail(f"[PATCH {n}/3000] part {n}", diff("a"), own=f"m{n}", reply="m0") for n in range(1, 3001)]
    assert len(history(*mails).series[0].patches) == 3000
