"""One-time codes in a message: what a person would type from it into a form.

A guess, made as a person makes it: a number of 4 to 8 digits, or a word of capital letters and
digits, that stands close to a word such as *code*, *OTP* or 验证码, or alone on its line in a
message that has such a word. Years, amounts, times, phone numbers and what is part of an address
are none. The likeliest comes first.
"""

from __future__ import annotations

import re

LONGEST = 100_000
"""Characters of a text past this number are not looked at."""

MAX_CODES = 20

_WORDS = re.compile(
    r"\b(?:(?:verification|security|confirmation|access|login|log-in|sign-?in|activation|auth\w{0,12}"
    r"|one[ -]time|single[ -]use|recovery|reset)[ -]?(?:code|pass(?:word|code)|pin|number|token)"
    r"|otp|tan|pass-?code|pin(?:[ -]?code)?|code|codes|token|kod|kode|c[oó]digo|codice|код)\b"
    r"|验证码|校验码|动态码|驗證碼|安全码|授权码|認証コード|確認コード|인증번호|인증 코드",
    re.I,
)
_CODE = re.compile(
    r"(?<![\w.,:/#@$€£¥+&=-])(?:(\d{3})[ -](\d{3})|(\d{4,8})"
    r"|((?=[A-Z0-9]{0,11}\d)(?=[A-Z0-9]{0,11}[A-Z])[A-Z0-9]{4,12}))"
    r"(?![\w@%]|[.:/-]\d|,\d{2,3}(?!\d)|[ ]?(?:€|EUR|USD|元|円))"
)
_NOT_ASCII_WORD = re.compile(r"(?<=[\u3000-\u9fff\uac00-\ud7af])(?=[0-9])")
_URL = re.compile(r"\b(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,255}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PREFIX = re.compile(r"\b[A-Z]-(?=\d{4,8}\b)")
_OTHER = re.compile(
    r"\b(?:order|invoice|ticket|case|phone|tel|ref\w*|account|zip)\W{0,3}(?:no\W{0,3})?$", re.I
)
_BEFORE = 80
_AFTER = 50


def one_time_codes(subject: str, text: str) -> list[str]:
    """The codes in a message, each once, the likeliest first; spaces and hyphens left out."""
    whole = f"{subject}\n{text[:LONGEST]}"
    whole = _NOT_ASCII_WORD.sub(" ", _URL.sub(lambda m: "@" * len(m[0]), whole))
    whole = _PREFIX.sub("  ", whole)
    marks = [match.span() for match in _WORDS.finditer(whole)]
    if not marks:
        return []
    ranked: dict[str, int] = {}
    after = 0
    for match in _CODE.finditer(whole):
        while after < len(marks) and marks[after][0] < match.start():
            after += 1
        before = match.start() - marks[after - 1][1] if after else 1_000_000
        later = marks[after][0] - match.end() if after < len(marks) else 1_000_000
        if _OTHER.search(whole, max(0, match.start() - 24), match.start()):
            continue
        code = (match[1] + match[2]) if match[1] else match[0]
        rank = _rank(code, before, later, _alone(whole, *match.span()))
        if rank is not None:
            ranked[code] = min(rank, ranked.get(code, rank))
        if len(ranked) >= MAX_CODES:
            break
    return sorted(ranked, key=lambda code: ranked[code])


def _rank(code: str, before: int, after: int, alone: bool) -> int | None:
    """The less, the likelier; None: this is no code."""
    near = before <= _BEFORE or after <= _AFTER
    if not (near or alone):
        return None
    if _YEAR.fullmatch(code) and not alone and before > 12:
        return None
    rank = min(before, after + 20, 200)
    if alone:
        rank -= 100
    if not code.isdigit():
        rank += 40
    return rank


def _alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands on its line."""
    line_start = text.rfind("\n", max(0, start - 40), start)
    line_end = text.find("\n", end, end + 40)
    if line_start < 0 and start > 40:
        return False
    left = text[line_start + 1 : start]
    right = text[end : line_end if line_end >= 0 else end + 40]
    return not left.strip(" *_\t\r") and not right.strip(" *_\t\r")
