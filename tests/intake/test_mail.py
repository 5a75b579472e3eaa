from __future__ import annotations

import base64
import quopri
from email.message import EmailMessage

import pytest

from lint.intake.diff import read_diff
from lint.intake.mail import read_mail
from lint.intake.mbox import is_mbox, split_mbox
from lint.intake.message import base_commit, split_message
from lint.intake.model import FilePatch

DIFF = (
    "diff --git a/kernel/x.c b/kernel/x.c\nindex 1111111..2222222 100644\n--- a/kernel/x.c\n+++ b/kernel/x.c\n"
    '@@ -1,4 +1,4 @@ int f(void)\n \tint i = 10;\n-\told = f(x=10, "é");\n+\tnew = f(x=3D);\n \n \t/* a rather long '
    "line of context that no mail program would leave on one line of 76 characters */\n"
)
TEXT = f"Say why.\n\nSigned-off-by: A <a@example.org>\n---\n kernel/x.c | 2 +-\n\n{DIFF}-- \n2.34.1\n"
HEAD = "From: A U Thor <a@example.org>\nSubject: [PATCH] x: change it\nMessage-Id: <1@example.org>\nMIME-Version: 1.0\n"


def raw(body: bytes, encoding: str = "8bit", content_type: str = "text/plain; charset=utf-8") -> bytes:
    return f"{HEAD}Content-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body


def files_of(mail: bytes) -> tuple[FilePatch, ...]:
    (one,), problems = read_mail(mail)
    assert problems == ()
    files, bad = read_diff(split_message(one.body, one.charset).diff)
    assert bad == ()
    return files


WANTED = read_diff(DIFF.encode())[0]


@pytest.mark.parametrize(
    "mail",
    [
        raw(TEXT.encode()),
        raw(quopri.encodestring(TEXT.encode()), "quoted-printable"),
        raw(quopri.encodestring(TEXT.encode()), "Quoted-Printable "),
        raw(base64.encodebytes(TEXT.encode()), "base64"),
        raw(base64.encodebytes(TEXT.replace("\n", "\r\n").encode()), "base64"),
        raw(base64.encodebytes(TEXT.encode()) + b"_______\nlist mailing list = footer\n", "base64"),
        raw(quopri.encodestring(TEXT.encode()) + b"_______\nlist = footer " + b"x" * 200 + b"\n", "quoted-printable"),
        raw(TEXT.encode(), "quoted-printable"),
        raw(TEXT.encode(), "base64"),
        raw(TEXT.encode(), "x-unknown"),
        raw(TEXT.encode()).replace(b"\n", b"\r\n"),
        raw(quopri.encodestring(TEXT.encode()), "quoted-printable").replace(b"\n", b"\r\n"),
        raw(TEXT.encode(), "8bit", "text/plain; charset=utf-8; format=flowed"),
        raw(TEXT.encode(), "8bit", "text/plain; charset=no-such"),
        raw(TEXT.encode(), "8bit", "text/plain; charset=punycode"),
        raw(TEXT.encode(), "8bit", ";;;"),
    ],
    ids=[
        "8bit", "qp", "qp in capitals", "base64", "base64 of crlf", "base64 and footer", "qp and footer",
        "qp that is decoded already", "base64 that is decoded already", "unknown encoding", "crlf", "qp with crlf",
        "flowed that is not", "unknown charset", "dangerous charset", "no content type",
    ],
)  # fmt: skip
def test_transfer_encodings(mail: bytes) -> None:
    assert files_of(mail) == WANTED


@pytest.mark.parametrize("delsp", [False, True])
def test_format_flowed(delsp: bool) -> None:
    sent = []
    for line in TEXT.split("\n"):
        stuffed = " " + line if line.startswith((" ", "From", ">")) else line
        if len(stuffed) > 76 and " " in stuffed[40:70]:
            at = stuffed.index(" ", 40) + 1
            sent.extend([stuffed[:at] + (" " if delsp else ""), stuffed[at:]])
        else:
            sent.append(stuffed if stuffed != "  " else "")
    kind = "text/plain; charset=utf-8; format=flowed" + ("; delsp=yes" if delsp else "")
    got = files_of(raw("\n".join(sent).encode(), "8bit", kind))
    assert got == WANTED


def test_a_file_with_crlf_keeps_it_in_a_mail_with_lf() -> None:
    diff = "diff --git a/x.rc b/x.rc\n--- a/x.rc\n+++ b/x.rc\n@@ -1,2 +1,2 @@\n one\r\n-two\r\n+zwei\r\n"
    (file,) = files_of(raw(("text\n---\n" + diff).encode()))
    assert [line.text for line in file.hunks[0].lines] == [b"one\r\n", b"two\r\n", b"zwei\r\n"]
    (file,) = files_of(raw(("text\n---\n" + diff).replace("\r", "=0D").encode(), "quoted-printable"))
    assert [line.text for line in file.hunks[0].lines] == [b"one\r\n", b"two\r\n", b"zwei\r\n"]


def test_charsets_of_text_and_headers() -> None:
    body = "Grüße\n---\n" + DIFF.replace("é", "e")
    mail = raw(body.encode("iso-8859-1"), "8bit", 'text/plain; charset="ISO-8859-1"').replace(
        b"Subject: [PATCH] x: change it",
        b"Subject: =?utf-8?q?=5BPATCH_v2_1/2=5D_x=3A_?=\n =?utf-8?q?gr=C3=B6=C3=9Fer?=\n and\tbetter",
    )
    (one,), _ = read_mail(mail)
    assert one.mail.subject == "[PATCH v2 1/2] x: größer and better"
    assert split_message(one.body, one.charset).changelog == "Grüße"
    assert one.mail.body.startswith("Grüße\n")


def test_headers_with_raw_bytes_and_garbage() -> None:
    (one,), _ = read_mail("From: Gödel <g@example.org>\nSubject: [PATCH] größe\n\n".encode() + DIFF.encode())
    assert (one.mail.author, one.mail.subject) == ("Gödel <g@example.org>", "[PATCH] größe")
    (one,), _ = read_mail(b"From: G\xf6del\nSubject: =?x-no?q?a?= =?utf-8?b?!!?=\nMessage-Id: <a\n b>\n\ntext\n")
    assert one.mail.author == "Gödel"
    assert one.mail.message_id == ""


def test_quilt_headers_without_an_empty_line() -> None:
    (one,), _ = read_mail(b"From: A <a@example.org>\nSubject: x: it\n" + DIFF.encode())
    assert (one.mail.subject, read_diff(one.body)[0]) == ("x: it", WANTED)


def attached(disposition: str, subtype: str, content: str = DIFF) -> bytes:
    mail = EmailMessage()
    mail["From"] = "A U Thor <a@example.org>"
    mail["Subject"] = "[PATCH] x: change it"
    mail.set_content("Say why.\n")
    mail.add_attachment(content.encode(), "text", subtype, disposition=disposition, filename="x.patch")
    return mail.as_bytes()


@pytest.mark.parametrize("subtype", ["plain", "x-patch", "x-diff"])
def test_patches_in_parts(subtype: str) -> None:
    assert files_of(attached("inline", subtype)) == WANTED
    assert files_of(attached("attachment", subtype)) == WANTED


def test_an_attached_mail_is_the_patch() -> None:
    (one,), _ = read_mail(attached("attachment", "x-patch", "From: B <b@example.org>\nSubject: inner\n\n" + TEXT))
    assert one.mail.subject == "inner"
    assert read_diff(one.body)[0] == WANTED


def test_html_and_nested_mails() -> None:
    mail = EmailMessage()
    mail["Subject"] = "[PATCH] x"
    mail.set_content(TEXT)
    mail.add_alternative("<pre>" + DIFF + "</pre>", subtype="html")
    assert files_of(mail.as_bytes()) == WANTED
    nested = raw(TEXT.encode())
    for _ in range(20):
        nested = b"Subject: forwarded\nContent-Type: message/rfc822\n\n" + nested
    assert len(read_mail(nested)[0]) == 1
    assert read_mail(b"Subject: one\nContent-Type: message/rfc822\n\n" + raw(TEXT.encode()))[0][0].mail.message_id


def test_an_mbox_is_split_at_separators_only() -> None:
    mail = (
        HEAD.encode()
        + b"\nFrom what I can see at 10:11:12 this is right.\n\nFrom here on it is not.\n\n"
        + DIFF.encode()
    )
    for separator in (
        b"From mboxrd@z Thu Jan  1 00:00:00 1970\n",
        b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n",
        b"From a@example.org Mon Sep  7 10:11:12 2020 +0200\n",
        b"From - Sat, 12 Mar 2022 10:11:12\n",
        b"From a@example.org  Fri Mar 11 10:11 2022\n",
    ):
        data = separator + mail + b"\n" + separator + mail
        assert is_mbox(data)
        assert len(split_mbox(data)) == 2, separator
        assert len(split_mbox(data.replace(b"\n", b"\r\n"))) == 2
    assert not is_mbox(b"From what I can see, this is no mbox\n")


def test_escaped_from_lines() -> None:
    data = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + HEAD.encode() + b"\n>From here\n>>From there\n"
    assert split_mbox(data)[0].endswith(b"\nFrom here\n>From there\n")


def test_the_message_is_split_as_git_does() -> None:
    body = (
        f"From: B <b@example.org>\nSubject: x: real\n title\n\nSay why.\n\n--- \nv2: more\n\n{DIFF}-- \n2.1\n\n"
        "base-commit: 0123456789abcdef0123456789abcdef01234567\n"
    )
    message = split_message(body.encode(), "utf-8")
    assert (message.author, message.subject) == ("B <b@example.org>", "x: real title")
    assert (message.changelog, message.notes) == ("Say why.", "v2: more")
    assert base_commit(body) == "0123456789abcdef0123456789abcdef01234567"
    assert split_message(b"Subject: to change it is.\nIt really is.\n", "utf-8").subject == ""


def test_scissors() -> None:
    body = f"Hi all,\n\nhow about this?\n\n-- >8 --\nSubject: x: it\n\nSay why.\n---\n{DIFF}"
    message = split_message(body.encode(), "utf-8")
    assert (message.subject, message.changelog) == ("x: it", "Say why.")
    assert split_message(b"text\n-- >8 --\nno patch\n", "utf-8").changelog.startswith("text")


def test_hostile_mails_are_bounded() -> None:
    parts = b"".join(b"--b\nContent-Type: text/plain\n\nx\n" for _ in range(10_000))
    many = b'Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary="b"\n\n' + parts + b"--b--\n"
    assert "1000 parts" in read_mail(many)[1][0].message
    deep = b"Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary=b0\n\n"
    for level in range(500):
        deep += f"--b{level}\nContent-Type: multipart/mixed; boundary=b{level + 1}\n\n".encode()
    assert "nests too deeply" in read_mail(deep)[1][0].message
    some = b"Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary=b0\n\n"
    for level in range(12):
        some += f"--b{level}\nContent-Type: multipart/mixed; boundary=b{level + 1}\n\n".encode()
    assert "levels deep" in read_mail(some + b"--b12\n\ntext\n--b12--\n")[1][0].message
    assert read_mail(b"\xff\xfe\x00" * 100)[0]
    assert read_mail(b"")[0]
    assert read_mail(b"Subject: x\nContent-Type: multipart/mixed\n\n" + DIFF.encode())[0]
