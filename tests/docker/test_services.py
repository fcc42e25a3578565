"""fakemail as a service beside a job: compose files, and what the runners of CI do with theirs.

GitHub's and GitLab's runners are not here. What they do: one network, the service under its name,
its variables. GitHub's waits for the HEALTHCHECK, GitLab's for the ports that the image exposes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import smtplib
import ssl
import subprocess
from pathlib import Path

import pytest
import yaml

LIMIT = 90

JOB = """
import os, smtplib, urllib.request
with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as client:
    client.login("test@fakemail.test", "any-code-will-do")
    client.sendmail("test@fakemail.test", ["new@example.com"], "Subject: Welcome\\r\\n\\r\\nHello")
url = "http://fakemail:8025/api/v1/wait?to=new@example.com&timeout=5"
print(urllib.request.urlopen(url).read().decode())
"""
"""Sends in the moment in which it starts."""

JOB_COMMAND = ["/opt/fakemail/bin/python", "-c", JOB]


@pytest.fixture(scope="session")
def compose(engine):
    """``docker compose`` in a folder; the older program of that name where the plugin is not."""
    plugin = engine("compose", "version", check=False).returncode == 0
    if not plugin and shutil.which("docker-compose") is None:
        pytest.skip("neither docker compose nor docker-compose is installed")
    command = ["docker", "compose"] if plugin else ["docker-compose"]

    def run(*words, cwd):
        done = subprocess.run(
            [*command, *words],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    run.waits = ["--wait"] if plugin else ["--detach"]
    return run


def project(tmp_path: Path, document) -> Path:
    """A folder of its own, so a project of its own, with a compose file."""
    folder = tmp_path / f"fm{os.getpid()}"
    folder.mkdir()
    (folder / "compose.yaml").write_text(yaml.safe_dump(document))
    return folder


def of_kind(recipes, mark):
    """The recipe in YAML in which `mark` stands."""
    (found,) = (text for name, text in recipes if name == "yaml" and re.search(mark, text, re.M))
    return yaml.safe_load(found)


def test_the_compose_file(compose, engine, root, tmp_path, published_ports):
    document = yaml.safe_load((root / "docker" / "compose.yaml").read_text())
    document["services"]["fakemail"]["build"]["context"] = str(root)
    folder = project(tmp_path, document)
    try:
        up = ("up", *compose.waits, "--no-build")
        compose(*up, cwd=folder)
        compose("exec", "-T", "fakemail", "fakemail", "ready", "--wait", cwd=folder)
        name = compose("ps", "-q", "fakemail", cwd=folder).strip()
        (state,) = json.loads(engine("inspect", name).stdout)
        assert state["HostConfig"]["ReadonlyRootfs"] and state["HostConfig"]["CapDrop"] == ["ALL"]
        assert "no-new-privileges:true" in state["HostConfig"]["SecurityOpt"]

        engine("cp", f"{name}:/data/certs/ca.pem", tmp_path / "ca.pem")
        with smtplib.SMTP("localhost", 3587) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(tmp_path / "ca.pem")))
            client.login("shop@fakemail.test", "any-code")
            client.sendmail("shop@fakemail.test", ["new@example.com"], "Subject: kept\r\n\r\nHello")
        compose("down", cwd=folder)
        compose(*up, cwd=folder)
        compose("exec", "-T", "fakemail", "fakemail", "ready", "--wait", cwd=folder)
        inbox = compose("exec", "-T", "fakemail", "fakemail", "inbox", cwd=folder)
        assert "new@example.com" in inbox and "kept" in inbox
    finally:
        compose("down", "--volumes", cwd=folder)


def test_a_job_that_waits_for_health(compose, recipes, tmp_path, published_ports):
    """The recipe for docker compose; its `app` is ours."""
    document = of_kind(recipes, "service_healthy")
    app = document["services"]["app"]
    del app["build"]
    app |= {"image": "fakemail", "entrypoint": JOB_COMMAND, "healthcheck": {"disable": True}}
    # docker-compose 1 reads what came after version 3 only when it is named.
    folder = project(tmp_path, document)
    try:
        compose("up", "--detach", cwd=folder)
        log = compose("logs", "--follow", "--no-color", "app", cwd=folder)
        assert "Welcome" in log and "Traceback" not in log, log
    finally:
        compose("down", "--volumes", cwd=folder)


def test_a_service_of_github_actions(container, recipes, tmp_path):
    """The steps that speak to Docker, as the recipe has them."""
    (job,) = of_kind(recipes, r"job\.services")["jobs"].values()
    service = job["services"]["fakemail"]
    made = container(*(f"--env={k}={v}" for k, v in service.get("env", {}).items()))
    steps = [step["run"] for step in job["steps"] if "job.services" in step.get("run", "")]
    assert len(steps) == 2
    for step in steps:
        script = step.replace("${{ job.services.fakemail.id }}", made.name)
        assert "${{" not in script
        subprocess.run(["bash", "-ec", script], cwd=tmp_path, check=True, timeout=LIMIT)
    environment = next(step["env"] for step in job["steps"] if "env" in step)
    trust = ssl.create_default_context(cafile=str(tmp_path / environment["NODE_EXTRA_CA_CERTS"]))
    inside = {int(each.split(":")[0]): int(each.split(":")[1]) for each in service["ports"]}
    port = made.port(inside[int(environment["SMTP_PORT"])])
    with smtplib.SMTP(environment["SMTP_HOST"], port) as client:
        client.starttls(context=trust)
        client.login(environment["SMTP_USER"], environment["SMTP_PASSWORD"])


@pytest.fixture
def network(engine):
    name = engine("network", "create", f"fakemail-{os.getpid()}").stdout.strip()
    yield name
    engine("network", "rm", name)


def test_a_service_of_gitlab(network, container, engine, recipes):
    job = of_kind(recipes, "^  services:\n    - name")["test"]
    (service,) = job["services"]
    # The service sees the variables of the job as well.
    variables = {**job["variables"], **service["variables"]}
    made = container(
        *(f"--network={network}", f"--network-alias={service['alias']}"),
        *(f"--env={name}={value}" for name, value in variables.items()),
    )
    assert "no setting" not in made.log()
    program, *words = JOB_COMMAND
    done = engine(
        *("run", "--rm", f"--network={network}", f"--entrypoint={program}"),
        *(f"--env={name}={value}" for name, value in job["variables"].items()),
        *("fakemail", *words),
    )
    assert "Welcome" in done.stdout
