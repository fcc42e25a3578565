"""Every text of the installed aiosmtpd has a reply or a reason of ours."""

import ast
import inspect
import re

import aiosmtpd.smtp
import pytest

from fakemail.reasons.reason import Reason
from fakemail.smtp import replies
from fakemail.smtp.replies import STOCK, Reply, understand


def template(node: ast.expr) -> str | None:
    """The text that an expression makes, ``{}`` for what it fills in; None if it makes none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(octets)):
            return octets.decode("latin-1")
        case ast.JoinedStr(values=values):
            return "".join(
                part.value if isinstance(part, ast.Constant) else "{}" for part in values
            )
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            head = template(left)
            return None if head is None else head + (template(right) or "{}")
        case ast.Call(func=ast.Attribute(attr="format", value=text)):
            return template(text)
    return None


def texts_of_aiosmtpd() -> set[str]:
    """Every text in the source of its SMTP class that begins like a reply."""
    source = inspect.getsource(aiosmtpd.smtp.SMTP)
    found: set[str] = set()
    inner: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if id(node) in inner or not isinstance(node, ast.expr):
            continue
        text = template(node)
        if text is None:
            continue
        inner.update(id(child) for child in ast.walk(node))
        if text.startswith("{} "):  # the code itself is filled in
            found.update({text.replace("{}", code, 1) for code in ("250", "501")})
        elif re.match(r"\d{3}[ -]", text):
            found.add(text)
    return found


def test_nothing_that_aiosmtpd_says_is_unknown():
    texts = {re.sub(r"^(250-AUTH|334) $", r"\1 {}", text) for text in texts_of_aiosmtpd()}
    assert len(texts) > 50  # the reading above still finds them
    assert texts - set(STOCK) == set()


def test_nothing_in_the_table_is_something_that_aiosmtpd_never_says():
    texts = {re.sub(r"^(250-AUTH|334) $", r"\1 {}", text) for text in texts_of_aiosmtpd()}
    assert set(STOCK) - texts == set()


@pytest.mark.parametrize("text", STOCK)
def test_a_row_gives_every_fact_that_its_reply_fills_in(text):
    row = STOCK[text]
    assert len(row.facts) == text.count("{}") or row.means is None
    if row.means is None:
        assert understand(text) is None
        return
    filled = text
    for position in range(text.count("{}")):
        filled = filled.replace("{}", f"x{position}", 1)
    means, facts = understand(filled)
    assert means is row.means
    assert set(facts) == {*row.facts, *row.given}


def rows() -> list[Reply]:
    return [value for value in vars(replies).values() if isinstance(value, Reply)]


def test_positive_replies_have_enhanced_codes_and_slugs_of_their_own():
    prompts = {
        replies.CHALLENGE,
        replies.LOGIN_USER,
        replies.LOGIN_CODE,
        replies.PLAIN_PROMPT,
        replies.START_DATA,
    }
    without = {replies.GREETING, replies.HELO, replies.EHLO, *prompts}
    assert len({reply.slug for reply in rows()}) == len(rows()) == 21
    for reply in rows():
        code = re.match(r"(\d)\d\d (?:(\d)\.\d\.\d )?", reply.text)
        assert (code[2] is None) == (reply in without), reply.slug
        assert code[2] in (None, code[1])


def test_every_reason_has_an_enhanced_code_of_the_same_class():
    from fakemail.reasons import smtp, smtp_transaction

    reasons = [
        value
        for module in (smtp, smtp_transaction)
        for value in vars(module).values()
        if isinstance(value, Reason)
    ]
    assert len(reasons) > 30
    for reason in reasons:
        assert re.match(r"4\d\d 4\.\d\.\d |5\d\d 5\.\d\.\d+ ", reason.smtp), reason.slug
        assert "{" not in reason.because + reason.instead, reason.slug


def test_lines():
    assert replies.lines("250 2.0.0 Ok") == b"250 2.0.0 Ok\r\n"
    assert replies.lines("550 5.1.1 No\nAsk them") == b"550-5.1.1 No\r\n550 5.1.1 Ask them\r\n"
    assert replies.lines("250 host\nA\nB") == b"250-host\r\n250-A\r\n250 B\r\n"
    assert replies.lines("250 2.0.0 ü\r") == b"250 2.0.0 \\xfc\r\n"
    assert len(replies.lines("500 5.5.1 " + "x" * 2000)) == 512
