"""Ready-made mail for the reading rows: plain, alternative and with an attachment, ~4 KB each."""

from __future__ import annotations

from pathlib import Path


def fill(folder: Path, count: int) -> int:
    """Write `count` messages as Maildir files into `folder`; octets on the wire in all.

    The names carry `S=` (file size) and `W=` (size with CRLF), as Dovecot and fakemail write them,
    and the Seen flag on every second message.
    """
    folder.mkdir(parents=True)
    total = 0
    for number in range(count):
        octets = message(number)
        seen = "S" if number % 2 else ""
        name = (
            f"{1_760_000_000 + number}.M{number}P1.bench,S={len(octets)},W={len(octets)}:2,{seen}"
        )
        (folder / name).write_bytes(octets)
        (folder / name).chmod(0o666)
        total += len(octets)
    return total


def message(number: int) -> bytes:
    """One of three shapes, with CRLF line ends."""
    shape = number % 3
    subject = ("Plain", "=?utf-8?B?w4RwZmVs?= and pears", "With an attachment")[shape]
    head = [
        f"Return-Path: <sender{number}@fakemail.test>",
        f"Received: from client.fakemail.test by mx.fakemail.test with ESMTP id {number:x};",
        "\tSat, 21 Nov 2026 10:00:00 +0000",
        f"From: Sender Number {number} <sender{number}@fakemail.test>",
        'To: "Ann, the reader" <ann@fakemail.test>, bob@fakemail.test',
        "Cc: carol@fakemail.test",
        f"Subject: {subject} {number}",
        "Date: Sat, 21 Nov 2026 10:00:00 +0000",
        f"Message-ID: <{number}@bench.fakemail.test>",
        f"In-Reply-To: <{max(0, number - 1)}@bench.fakemail.test>",
        "MIME-Version: 1.0",
    ]
    text = "The quick brown fox jumps over the lazy dog, and once more.\r\n" * (12 + number % 30)
    if shape == 0:
        return ("\r\n".join([*head, "Content-Type: text/plain", "", text])).encode()
    kind = ("alternative", "mixed")[shape - 1]
    second = (
        f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>{text}</p>\r\n",
        'Content-Type: application/octet-stream; name="a.bin"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="a.bin"\r\n\r\n'
        + ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\r\n" * 30),
    )[shape - 1]
    parts = [
        *head,
        f'Content-Type: multipart/{kind}; boundary="=_{number}"',
        "",
        f"--=_{number}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}",
        f"--=_{number}\r\n{second}",
        f"--=_{number}--\r\n",
    ]
    return "\r\n".join(parts).encode()
