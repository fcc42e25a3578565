"""Programs in Go, Java and Node against a real server: they send, read, and verify the certificate.

Each program runs three times: told of the CA in code, told of it in the way that `fakemail certs`
prints (pasted as it stands there), and not told at all, which must fail. What they need comes by
`go`, `mvn` and `npm` on first use (languages/fetch) and is kept in the cache folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FETCH_LIMIT = 240
LIMIT = 60
"""Seconds for one run of a program."""

NEEDS = {"go": ["go"], "java": ["java", "javac", "keytool", "mvn"], "node": ["node", "npm"]}
REFUSED = {"go": "x509", "java": "SSLHandshakeException", "node": "SELF_SIGNED_CERT_IN_CHAIN"}
"""How each says that it does not trust a certificate."""

PRINTED_PROGRAM = {"go": "./program", "java": "...", "node": "program.js"}
OUR_PROGRAM = {"go": "./program", "java": "-cp '.:jars/*' Program", "node": "program.js"}
PORTS = {
    "FM_SUBMISSION": "submission",
    "FM_SUBMISSIONS": "submissions",
    "FM_POP3S": "pop3s",
    "FM_IMAPS": "imaps",
}

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + 3 * LIMIT)]


@pytest.fixture(params=NEEDS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(language: str, tmp_path: Path, fetched: Callable[..., Path]) -> Path:
    """The language's program, ready to run, in a folder that may be written to."""
    missing = [name for name in NEEDS[language] if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{language}: not installed: {', '.join(missing)}")
    made = tmp_path / "program"
    made.mkdir()
    for path in fetched(language).iterdir():
        (made / path.name).symlink_to(path)
    return made


@pytest.fixture
def environment(fakemail: dict[str, object]) -> dict[str, str]:
    ports, code = fakemail["ports"], fakemail["code"]
    known = {
        "FM_HOST": "localhost",
        "FM_USER": "alice@fakemail.test",
        "FM_CODE": code("alice"),  # type: ignore[operator]
    }
    told = {"FM_CA", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS"}
    kept = {key: value for key, value in os.environ.items() if key not in told}
    return kept | known | {name: str(ports[key]) for name, key in PORTS.items()}  # type: ignore[index]


def printed(fakemail: dict[str, object], language: str) -> str:
    """The shell commands that `fakemail certs` prints for a language, its program put in."""
    words = [sys.executable, "-m", "fakemail", "certs", "--data", str(fakemail["data"])]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    (block,) = re.findall(rf"^{language.title()}  (.*?)^\S", said, re.MULTILINE | re.DOTALL)
    lines = [
        re.sub(r"  +\(.*\)$", "", line.strip())
        for line in block.splitlines()
        if line.strip() and not line.strip().startswith("or ")
    ]
    *before, last = lines
    return "\n".join([*before, last.replace(PRINTED_PROGRAM[language], OUR_PROGRAM[language])])


def run(script: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-ec", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    return done.returncode, done.stdout


def start(language: str) -> str:
    return {"go": "", "java": "java ", "node": "node "}[language] + OUR_PROGRAM[language]


def test_a_program_that_is_told_in_code(language, folder, environment, fakemail):
    environment["FM_CA"] = str(fakemail["ca_file"])
    assert run(start(language), folder, environment) == (0, "ok\n")


def test_a_program_that_is_told_as_printed(language, folder, environment, fakemail):
    code, said = run(printed(fakemail, language), folder, environment)
    assert (code, said.splitlines()[-1:]) == (0, ["ok"]), said


def test_a_program_that_is_not_told_refuses(language, folder, environment):
    code, said = run(start(language), folder, environment)
    assert code != 0
    assert REFUSED[language] in said, said


def test_curl_as_printed(fakemail, environment, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    words = [sys.executable, "-m", "fakemail", "certs", "--data", str(fakemail["data"])]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    (command,) = re.findall(r"^curl +(curl .*)$", said, re.MULTILINE)
    command = command.replace("ADDRESS:CODE", "$FM_USER:$FM_CODE").replace("curl ", "curl -sS ", 1)
    code, said = run(command, tmp_path, environment)
    assert code == 0 and "INBOX" in said, said
    ca, login = str(fakemail["ca_file"]), "-u $FM_USER:$FM_CODE"
    for scheme, port in (("imaps", "imaps"), ("pop3s", "pop3s"), ("smtps", "submissions")):
        number = fakemail["ports"][port]
        code, said = run(f"curl -sS {scheme}://localhost:{number}/", tmp_path, environment)
        assert code == 60, said  # the peer's certificate is not trusted
    for scheme, port in (("imap", "imap"), ("pop3", "pop3"), ("smtp", "submission")):
        url = f"{scheme}://localhost:{fakemail['ports'][port]}/"
        code, said = run(f"curl -sS --ssl-reqd {url}", tmp_path, environment)
        assert code == 60, said
        code, said = run(f"curl -sS --ssl-reqd --cacert {ca} {login} {url}", tmp_path, environment)
        assert code == 0, said
