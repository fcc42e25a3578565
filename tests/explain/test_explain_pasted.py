"""Error texts as people paste them: wrapped, quoted, cut short, in the wrong charset."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.explain.explain import explain
from fakemail.explain.logs import sessions
from fakemail.explain.pasted import explain_text, unwrapped
from fakemail.explain.providers import sayings
from fakemail.explain.replies import Template, mojibake

GBK = "请使用授权码登录"
ESCAPED = "".join(f"\\x{octet:02x}" for octet in GBK.encode("gbk"))


@pytest.mark.parametrize(
    ("text", "provider", "slug"),
    [
        ("503 Error: need EHLO and AUTH first !", "qq", "smtp.auth-required"),
        ("smtplib.SMTPSenderRefused: (503, b'Error: need EHLO and AUTH first !', 'x@y')", "qq",
         "smtp.auth-required"),
        ('Traceback:\n  File "a.py", line 503\n  raise X\nError: need EHLO\n and AUTH first !',
         "qq", "smtp.auth-required"),
        ("Error: Invalid login: 535 Error: authentication failed, system busy", "exmail",
         "auth.wrong-code"),
        ("(535, b'5.7.8 Username and Password not accepted. For more information, go to\\n5.7.8 "
         " https://support.google.com/mail/?p=BadCredentials x - gsmtp')", "gmail",
         "auth.wrong-code"),
        ("534-5.7.9 Application-specific password required. For more information, go to\n"
         "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor a - gsmtp", "gmail",
         "auth.password-not-code"),
        (f"SMTPAuthenticationError: (535, b'Error: {ESCAPED}')", "qq", "auth.password-not-code"),
        ("Error: ��ʹ����Ȩ���¼", "qq", "auth.password-not-code"),
        ("-ERR ûȨʹpop3", "163", "auth.service-off"),
        (f"535 Error: {GBK.encode('gbk').decode('latin-1')}", "qq", "auth.password-not-code"),
        ("EXAMINE Unsafe Login. Please contact kefu@188.com for help", "163", "imap.id-required"),
        ("imaplib.error: b'LOGIN Login error or password error'", "163", "auth.wrong-code"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [A.B 2025]",
         "hotmail", "auth.basic-auth-disabled"),
    ],
)  # fmt: skip
def test_the_provider_and_the_reason_are_found(text, provider, slug):
    found = explain_text(text)
    assert provider in found.providers
    assert found.slug == slug
    assert found.fix


def test_what_is_mojibake_is_said_in_clear():
    assert any(GBK in why for why in explain_text(f"(535, 'Error: {ESCAPED}')").why)


def test_every_refusal_of_every_provider_is_found_in_the_text_of_smtplib_and_net():
    lost = []
    for saying in sayings():
        for template in saying.templates:
            if template.refuses and len(template.core) >= 20 and "{" not in template.core[:20]:
                line = template.line.replace("{", "x").replace("}", "x")
                core = line.partition(" ")[2] if template.code else line
                for text in (
                    f"smtplib.X: ({template.code or 0}, b'{core}', 'a@b')",
                    f"The server said: {core}",
                ):
                    found = explain_text(text)
                    if saying.provider not in found.providers and len(found.providers) < 3:
                        lost.append((saying.provider, template.line, found.providers))
    assert not lost


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("535 some words nobody knows", "The login failed"),
        ("what is this", None),
        ("", None),
    ],
)
def test_what_nobody_is_known_to_say(text, why):
    found = explain_text(text)
    assert not found.providers
    assert not found.scenarios
    assert why is None or any(why in paragraph for paragraph in found.why)
    assert found.fix


def test_our_own_words_are_known():
    found = explain_text("(530, b'5.7.0 Authentication required')")
    assert found.slug == "smtp.auth-required"


@given(st.text(max_size=200))
@settings(max_examples=50, deadline=None)
def test_no_text_makes_it_fail(text):
    assert explain_text(text).as_text("en")
    assert explain_text(text, "zh").as_text("zh")


@given(st.text(max_size=100))
def test_no_text_is_unwrapped_into_several_lines(text):
    assert all(len(variant.splitlines()) <= 1 for variant in unwrapped(text))


def test_a_template_knows_what_varies():
    template = Template("553 authentication is required,smtp13,{qid} {epoch}")
    assert template.is_all_of("553 authentication is required,smtp13,EMCo--.3 1539705737")
    assert not template.is_all_of("553 authentication is not required,smtp13,EMCo--.3 1539705737")
    assert template.find("reply: authentication is required,smtp13,EMC")
    assert Template("{tag} NO LOGIN auth error").is_all_of("ABCD1 NO LOGIN auth error")
    assert GBK[:2] not in "".join(mojibake(GBK))


LOGS = {
    "smtplib": """
send: 'ehlo [127.0.1.1]\\r\\n'
reply: b'250-newxmesmtplogicsvrsza.qq.com\\r\\n'
reply: b'250-AUTH LOGIN PLAIN\\r\\n'
reply: b'250 8BITMIME\\r\\n'
reply: retcode (250); Msg: b'newxmesmtplogicsvrsza.qq.com'
send: 'mail FROM:<me@qq.com> size=340\\r\\n'
reply: b'503 Error: need EHLO and AUTH first !\\r\\n'
reply: retcode (503); Msg: b'Error: need EHLO and AUTH first !'
""",
    "PHPMailer": """
2026-01-01 10:00:00 SERVER -> CLIENT: 220 smtp.qq.com Esmtp QQ Mail Server
2026-01-01 10:00:00 CLIENT -> SERVER: EHLO laptop
2026-01-01 10:00:00 SERVER -> CLIENT: 250-smtp.qq.com
250-PIPELINING
2026-01-01 10:00:00 SERVER -> CLIENT: 250 AUTH LOGIN PLAIN
2026-01-01 10:00:00 CLIENT -> SERVER: MAIL FROM:<me@qq.com>
2026-01-01 10:00:00 SERVER -> CLIENT: 503 Error: need EHLO and AUTH first !
2026-01-01 10:00:00 SMTP ERROR: MAIL FROM command failed: 503 Error: need EHLO and AUTH first !
""",
    "PHPMailer in a terminal": """
2026-01-01 10:00:00\tSERVER -> CLIENT: 220 smtp.qq.com Esmtp QQ Mail Server
2026-01-01 10:00:00\tCLIENT -> SERVER: EHLO laptop
2026-01-01 10:00:00\tSERVER -> CLIENT: 250-smtp.qq.com
                   \t                  250-SIZE 73400320
                   \t                  250-AUTH LOGIN PLAIN
                   \t                  250 8BITMIME
2026-01-01 10:00:00\tCLIENT -> SERVER: MAIL FROM:<me@qq.com>
2026-01-01 10:00:00\tSERVER -> CLIENT: 503 Error: need EHLO and AUTH first !
""",
    "PHPMailer on a web page": """
2026-01-01 10:00:00 SERVER -> CLIENT: 220 smtp.qq.com Esmtp QQ Mail Server
2026-01-01 10:00:00 CLIENT -> SERVER: EHLO laptop
2026-01-01 10:00:00 SERVER -> CLIENT: 250-qq250-SIZE 73400320250-AUTH LOGIN PLAIN250 8BITMIME
2026-01-01 10:00:00 CLIENT -> SERVER: MAIL FROM:<me@qq.com>
2026-01-01 10:00:00 SERVER -> CLIENT: 503 Error: need EHLO and AUTH first !
""",
    "nodemailer": """
[2026-01-01 10:00:00] DEBUG [abc] S: 220 smtp.qq.com Esmtp QQ Mail Server
[2026-01-01 10:00:00] DEBUG [abc] C: EHLO [127.0.0.1]
[2026-01-01 10:00:00] DEBUG [abc] S: 250 AUTH LOGIN PLAIN
[2026-01-01 10:00:00] DEBUG [abc] C: MAIL FROM:<me@qq.com>
[2026-01-01 10:00:00] DEBUG [abc] S: 503 Error: need EHLO and AUTH first !
""",
    "swaks": """
=== Connected to smtp.qq.com.
<-  220 smtp.qq.com Esmtp QQ Mail Server
 -> EHLO vm
<-  250 AUTH LOGIN PLAIN
 -> MAIL FROM:<me@qq.com>
<** 503 Error: need EHLO and AUTH first !
 -> QUIT
""",
    "curl": """
< 220 smtp.qq.com Esmtp QQ Mail Server
> EHLO vm
< 250 AUTH LOGIN PLAIN
> MAIL FROM:<me@qq.com>
< 503 Error: need EHLO and AUTH first !
> QUIT
""",
    "JavaMail": """
DEBUG SMTP: connected to host "smtp.qq.com", port: 25
220 smtp.qq.com Esmtp QQ Mail Server
EHLO vm
250 AUTH LOGIN PLAIN
MAIL FROM:<me@qq.com>
503 Error: need EHLO and AUTH first !
RSET
QUIT
""",
}


@pytest.mark.parametrize("program", LOGS)
def test_the_debug_log_of_a_program_is_a_conversation(program):
    [session] = sessions(LOGS[program])
    [found] = explain(session, around=LOGS[program])
    assert found.reply == "503 Error: need EHLO and AUTH first !"
    assert found.slug == "smtp.auth-required"
    assert found.said.upper().startswith("MAIL FROM:<ME@QQ.COM>")


@pytest.mark.parametrize("program", sorted(name for name in LOGS if name.startswith("PHPMailer ")))
def test_a_reply_of_several_lines_is_whole(program):
    [session] = sessions(LOGS[program])
    [found] = explain(session, around=LOGS[program])
    assert any("offered LOGIN PLAIN" in why for why in found.why)


def test_a_secret_in_a_log_is_not_repeated():
    log = (
        "< 220 x\n> EHLO vm\n< 250 AUTH PLAIN\n> AUTH PLAIN AGFAcXEuY29tAHNlY3JldA==\n"
        "< 535 Error: authentication failed\n"
    )
    [session] = sessions(log)
    for found in explain(session, around=log):
        assert "AGFAcXEuY29tAHNlY3JldA" not in str(found.as_object())
        assert found.said == "AUTH PLAIN ********"


@pytest.mark.parametrize(
    ("pasted", "slug"),
    [
        ("451 MI:SFQ", "smtp.rate-limited"),
        ("554 MI:STC", "smtp.daily-limit"),
        ("550 MI:STC", "smtp.connections-today"),
        ("450 MI:DMC", "smtp.messages-in-connection"),
        ("450 RP:DRC", "smtp.recipients-in-connection"),
        ("451 RP:QRC", "smtp.recipients-too-often"),
        ("550 RP:TRC", "smtp.recipients-today"),
        ("421 HL:ICC", "host.connections-at-once"),
    ],
)
def test_a_provider_s_abbreviation_tells_which_limit_it_was(pasted, slug):
    assert explain_text(f"error: {pasted}").slug == slug
