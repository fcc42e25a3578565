"""docs/ci.md speaks of this program: its recipes are what those who read them expect."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from fakemail.cli import cli
from fakemail.config import fields
from fakemail.services.ports import HTTP, LISTENERS, TEST_OFFSET
from fakemail.web.table import ROUTES

PROGRAMS = Path(__file__).parent / "testcontainers"
FETCH_LIMIT = 120
SCHEMAS = {"github": "github-workflows", "gitlab": "gitlab-ci", "compose": "compose-spec"}

FOR_PROGRAMS = {"FAKEMAIL_URL", "FAKEMAIL_HOST", "FAKEMAIL_SMTP", "FAKEMAIL_CA_FILE"}
"""What `Mail.env()` and the examples set for the programs that are tested; none is a setting."""


def kind_of(document):
    if "jobs" in document:
        return "github"
    return "compose" if isinstance(document.get("services"), dict) else "gitlab"


@pytest.fixture(scope="module")
def documents(recipes):
    return [yaml.safe_load(text) for name, text in recipes if name == "yaml"]


def test_there_is_one_for_each(documents, recipes):
    assert {kind_of(document) for document in documents} == SCHEMAS.keys()
    assert {"java", "js", "python", "sh"} <= {name for name, _ in recipes}


@pytest.mark.oracle
@pytest.mark.timeout(FETCH_LIMIT + 60)
def test_each_is_valid_by_its_schema(documents, root, tmp_path):
    fetch = root / "tests" / "oracle" / "languages" / "fetch"
    words = ["timeout", f"{FETCH_LIMIT}", fetch, "python", PROGRAMS / "python"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"check-jsonschema cannot be had: {done.stderr.strip()[-300:]}")
    program = Path(done.stdout.strip().splitlines()[-1]) / "bin" / "check-jsonschema"
    documents = [*documents, yaml.safe_load((root / "docker" / "compose.yaml").read_text())]
    for number, document in enumerate(documents):
        kind = kind_of(document)
        whole = {"on": "push"} | document if kind == "github" else document
        file = tmp_path / f"{number}.yaml"
        file.write_text(yaml.safe_dump(whole))
        schema = f"vendor.{SCHEMAS[kind]}"
        checked = subprocess.run(
            [program, "--builtin-schema", schema, file], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_variable_is_a_setting(page):
    known = {field.variable for field in fields()} | FOR_PROGRAMS
    named = set(re.findall(r"\bFAKEMAIL_[A-Z_]+\b", page))
    assert named and named <= known, named - known


def test_every_variable_of_a_service_is_a_setting(documents):
    """A service is the server, not a program that is tested."""
    known = {field.variable for field in fields()}
    seen = 0
    for document in documents:
        for service in services(document):
            for name in {**service.get("variables", {}), **service.get("environment", {})}:
                assert name in known, name
                seen += 1
    assert seen


def services(document):
    """Those that are fakemail."""
    if kind_of(document) == "gitlab":
        for job in document.values():
            yield from (each for each in job["services"] if each["name"] == "fakemail")
        return
    owners = document["jobs"].values() if kind_of(document) == "github" else [document]
    for owner in owners:
        for each in owner.get("services", {}).values():
            if each.get("image") == "fakemail":
                yield each


def test_every_port_of_the_container_is_one(documents, recipes):
    ports = {listener.standard for listener in (*LISTENERS, HTTP)}
    published = [port for d in documents for s in services(d) for port in s.get("ports", ())]
    inside = [int(each.rpartition(":")[2]) for each in published]
    for name, text in recipes:
        if name in ("java", "js", "python"):
            for words in re.findall(r"[eE]xposed_?[pP]orts?\(([\d, ]+)\)", text):
                inside += map(int, words.split(","))
    assert len(inside) > 10 and set(inside) <= ports


def test_the_ports_of_the_machine_are_the_test_ports(root):
    """docker/compose.yaml publishes what `--ports test` has; 8025 is in the reader's fingers."""
    compose = yaml.safe_load((root / "docker" / "compose.yaml").read_text())
    pairs = [each.split(":") for each in compose["services"]["fakemail"]["ports"]]
    assert {int(inside) for _, _, inside in pairs} == {x.standard for x in (*LISTENERS, HTTP)}
    for address, outside, inside in pairs:
        assert address == "127.0.0.1"
        assert int(outside) in (int(inside) + TEST_OFFSET, HTTP.standard)


def test_every_command_is_understood(recipes):
    """Parsed by the program itself, not run."""
    commands = []
    for name, text in recipes:
        if name in ("sh", "yaml"):
            commands += re.findall(
                r"\bfakemail ((?:sessions|ready|serve|certs)\b[^\n\"'|&]*)", text
            )
    assert commands
    for line in commands:
        word, *rest = shlex.split(line)
        command = cli.get_command(click.Context(cli), word)
        assert command, line
        command.make_context(word, rest)


def test_every_path_of_the_api_is_served(page):
    served = {route.path for route in ROUTES}
    named = set(re.findall(r"/api/v1/[a-z/]+", page))
    assert named and named <= served


def test_the_example_programs_read_these_variables(page, root):
    """Which the page sets for `npm test`: those of the examples."""
    program = (root / "docs" / "examples" / "node" / "mail.test.js").read_text()
    for name in ("SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "NODE_EXTRA_CA_CERTS"):
        assert name in page and name in program
