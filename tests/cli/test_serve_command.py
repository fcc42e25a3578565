"""``fakemail serve`` as a process: what it says, how it stops, how it fails."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

NAMES = ["smtp", "submission", "submissions", "smtp-alt", "pop3", "pop3s", "imap", "imaps", "http"]
FAKEMAIL = [sys.executable, "-m", "fakemail"]
Start = Callable[..., subprocess.Popen]


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("FAKEMAIL_")}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Start]:
    processes: list[subprocess.Popen] = []

    def start(*words: str, command: list[str] = FAKEMAIL, **more: str) -> subprocess.Popen:
        made = subprocess.Popen(
            [*command, "serve", "--data", str(tmp_path / "data"), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment() | more,
            text=True,
        )
        processes.append(made)
        return made

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def until_ready(process: subprocess.Popen) -> tuple[dict[str, int], str]:
    """The ports of the ready line, and everything said before it."""
    said = ""
    for line in process.stdout:
        if line.startswith("fakemail ready "):
            words = line.split()[2:]
            return {w.partition("=")[0]: int(w.partition("=")[2]) for w in words}, said
        said += line
    raise AssertionError(f"not ready: {said}{process.stderr.read()}")


def stop(process: subprocess.Popen, number: int = signal.SIGTERM) -> str:
    """Exit code 0 within two seconds; what was said on standard error."""
    began = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 0, said
    assert time.monotonic() - began < 2.5
    return said


def test_ready_line_table_and_files(serve: Start, tmp_path: Path) -> None:
    process = serve("--ports", "ephemeral", "--ready-file", str(tmp_path / "r.json"))
    ports, table = until_ready(process)
    assert list(ports) == NAMES
    for path in (tmp_path / "r.json", tmp_path / "data" / "ready.json"):
        found = json.loads(path.read_text())
        assert (found["ports"], found["pid"]) == (ports, process.pid)
    for name, port in ports.items():
        assert re.search(
            rf"^{name} +{port} +(STARTTLS|STLS|implicit TLS|none) +\w+://localhost:{port} ",
            table,
            re.MULTILINE,
        ), table
        socket.create_connection(("127.0.0.1", port), 5).close()
    assert str(tmp_path / "data" / "certs" / "ca.pem") in table
    assert str(tmp_path / "data" / "mail") in table
    assert re.search(r"^login .*@fakemail.test", table, re.MULTILINE)
    assert "\x1b" not in table
    assert stop(process) == ""
    assert not (tmp_path / "r.json").exists()
    assert not (tmp_path / "data" / "ready.json").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_drain(serve: Start, number: int) -> None:
    process = serve("--ports", "ephemeral")
    ports, _ = until_ready(process)
    with socket.create_connection(("127.0.0.1", ports["imap"]), 5) as client:
        assert client.recv(4) == b"* OK"
        stop(process, number)
        rest = b""
        while part := client.recv(65536):
            rest += part
    assert b"* BYE" in rest


def test_a_second_signal_ends_at_once(serve: Start, tmp_path: Path) -> None:
    process = serve("--ports", "ephemeral")
    ports, _ = until_ready(process)
    with socket.create_connection(("127.0.0.1", ports["imap"]), 5) as client:
        assert client.recv(4) == b"* OK"
        process.send_signal(signal.SIGTERM)
        while b"BYE" not in client.recv(65536):
            pass
        # The client does not leave, so the server is draining now.
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=5)
    assert process.returncode in (0, 128 + signal.SIGTERM)
    assert not (tmp_path / "data" / "ready.json").exists()


def test_a_taken_port_ends_it_within_a_second(serve: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = serve("--ports", "ephemeral", "--pop3-port", str(port))
        out, said = process.communicate(timeout=10)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode == 1
    assert out == ""
    for part in ("POP3", str(port), "127.0.0.1", "already in use", "--pop3-port", "--ports"):
        assert part in said
    assert "Traceback" not in said
    # The second is counted in the program's own time: the machine may be busy with other tests.
    assert ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime < 1.0
    assert not (tmp_path / "data" / "ready.json").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up rights")
def test_a_forbidden_port_ends_it(tmp_path: Path) -> None:
    """Standard ports without the right to bind them: exit 1; by auto: the test ports or exit 1."""
    limit = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    setpriv = shutil.which("setpriv")
    if limit <= 25 or setpriv is None:
        pytest.skip("this system lets everybody bind port 25, or has no setpriv")
    process = subprocess.run(
        [
            setpriv,
            "--bounding-set=-net_bind_service",
            "--inh-caps=-net_bind_service",
            *FAKEMAIL,
            "serve",
            "--ports",
            "standard",
            "--data",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=20,
    )
    assert process.returncode == 1
    for part in ("SMTP port 25 (smtp) on 127.0.0.1", "permission denied", "--ports test"):
        assert part in process.stderr


def test_two_servers_on_one_folder(serve: Start) -> None:
    first = serve("--ports", "ephemeral")
    until_ready(first)
    second = serve("--ports", "ephemeral")
    _, said = second.communicate(timeout=10)
    assert second.returncode == 1
    assert f"pid {first.pid}" in said
    assert "--data" in said
    stop(first)


def test_kill_leaves_nothing_in_the_way(serve: Start) -> None:
    first = serve("--ports", "ephemeral")
    ports, _ = until_ready(first)
    first.kill()
    first.communicate()
    words = [word for name in NAMES for word in (f"--{name}-port", str(ports[name]))]
    second = serve("--ports", "ephemeral", *words)
    assert until_ready(second)[0] == ports
    stop(second)


@pytest.mark.parametrize(
    ("words", "variables", "parts"),
    [
        (["--imap-port", "x"], {}, ["--imap-port", "'x'", "65535"]),
        (["--listen", "mail.example"], {}, ["--listen", "mail.example", "IP addresses"]),
        ([], {"FAKEMAIL_PORTS": "all"}, ["FAKEMAIL_PORTS", "'all'", "ephemeral"]),
        (["--no-such-flag"], {}, ["--no-such-flag"]),
        (["--config", "/no/such.toml"], {}, ["/no/such.toml"]),
    ],
)
def test_wrong_settings_exit_2(serve: Start, words, variables, parts) -> None:
    process = serve(*words, **variables)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 2
    for part in parts:
        assert part in said
    assert "Traceback" not in said


def test_unusable_data_folder_exits_1(serve: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = serve("--data", str(tmp_path / "file" / "data"), "--ports", "ephemeral")
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "cannot be used" in said
    assert "Traceback" not in said


def test_an_unwritable_ready_file_exits_1(serve: Start, tmp_path: Path) -> None:
    process = serve("--ready-file", str(tmp_path / "no" / "r.json"), "--ports", "ephemeral")
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert f"the ready file {tmp_path / 'no' / 'r.json'} cannot be used: no such file" in said
    assert "--ready-file" in said
    assert "Traceback" not in said
    assert not (tmp_path / "data" / "ready.json").exists()


def test_damaged_certificates_are_named(serve: Start, tmp_path: Path) -> None:
    stop_at_once = serve("--ports", "ephemeral")
    until_ready(stop_at_once)
    stop(stop_at_once)
    (tmp_path / "data" / "certs" / "server.pem").write_text("damaged")
    process = serve("--ports", "ephemeral")
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "server.pem" in said and "Remove " in said and "Traceback" not in said
    Path(said.partition("Remove ")[2].partition(" to ")[0]).unlink()
    again = serve("--ports", "ephemeral")
    until_ready(again)
    stop(again)


def test_verbose_shows_sessions(serve: Start) -> None:
    process = serve("--ports", "ephemeral", "-v")
    ports, _ = until_ready(process)
    with socket.create_connection(("127.0.0.1", ports["smtp"]), 5) as client:
        client.sendall(b"EHLO laptop\r\nQUIT\r\n")
        while client.recv(65536):
            pass
    said = stop(process)
    assert "C: EHLO laptop" in said
    assert "S: 221" in said


@pytest.mark.parametrize("loop", ["--uvloop", "--no-uvloop"])
def test_both_loops_serve(serve: Start, loop: str) -> None:
    process = serve("--ports", "ephemeral", loop)
    ports, _ = until_ready(process)
    with socket.create_connection(("127.0.0.1", ports["pop3"]), 5) as client:
        client.sendall(b"QUIT\r\n")
        assert client.recv(3) == b"+OK"
    assert stop(process) == ""


def test_a_closed_standard_output_is_no_reason_not_to_serve(serve: Start, tmp_path: Path) -> None:
    process = serve("--ports", "ephemeral")
    process.stdout.close()
    waiting = [*FAKEMAIL, "ready", "--wait", "--timeout", "10", "--data", str(tmp_path / "data")]
    assert subprocess.run(waiting, capture_output=True, env=environment()).returncode == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_help_names_every_flag_and_shows_examples() -> None:
    said = subprocess.run(
        [*FAKEMAIL, "serve", "--help"], capture_output=True, text=True, env=environment()
    ).stdout
    from fakemail.config import fields

    for field in fields():
        assert f"--{field.key}" in said
    assert "Examples:" in said and "FAKEMAIL_HOST_NAME" in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    done = subprocess.run(
        [*FAKEMAIL, "completion", shell], capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 0
    assert "_FAKEMAIL_COMPLETE" in done.stdout


def test_version() -> None:
    from fakemail import __version__

    done = subprocess.run(
        [*FAKEMAIL, "--version"], capture_output=True, text=True, env=environment()
    )
    assert done.stdout == f"fakemail {__version__}\n"


# twistd


def test_twistd_lists_fakemail() -> None:
    program = Path(sys.executable).with_name("twistd")
    if not program.exists():
        pytest.skip("no twistd beside this Python")
    said = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    assert re.search(r"^ +fakemail +A local SMTP", said, re.MULTILINE)


@pytest.mark.parametrize("more", [[], ["--reactor=asyncio"]])
def test_twistd_serves(tmp_path: Path, more: list[str]) -> None:
    program = Path(sys.executable).with_name("twistd")
    if not program.exists():
        pytest.skip("no twistd beside this Python")
    data = tmp_path / "data"
    process = subprocess.Popen(
        [
            program,
            "--nodaemon",
            "--pidfile=",
            *more,
            "fakemail",
            "--ports=ephemeral",
            f"--data={data}",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
        cwd=tmp_path,
    )
    try:
        waiting = [*FAKEMAIL, "ready", "--wait", "--timeout", "10", "--data", str(data)]
        done = subprocess.run(waiting, capture_output=True, text=True, env=environment())
        assert done.returncode == 0, done.stderr
        port = json.loads(done.stdout)["ports"]["imap"]
        with socket.create_connection(("127.0.0.1", port), 5) as client:
            assert client.recv(4) == b"* OK"
        process.terminate()
        said, _ = process.communicate(timeout=10)
        assert process.returncode in (0, -signal.SIGTERM)  # newer Twisted passes it on
        assert "fakemail ready smtp=" in said
        assert "Traceback" not in said
    finally:
        process.kill()
        process.communicate()


def test_twistd_daemonizes(tmp_path: Path) -> None:
    """Ports, loop and locks survive the forks; relative names mean where the person stood."""
    program = Path(sys.executable).with_name("twistd")
    if not program.exists():
        pytest.skip("no twistd beside this Python")
    words = ["--pidfile=t.pid", "--logfile=t.log", "fakemail", "--ports=ephemeral"]
    files = ["--data=data", "--ready-file=r.json"]
    subprocess.run([program, *words, *files], check=True, cwd=tmp_path, env=environment())
    waiting = [*FAKEMAIL, "ready", "--wait", "--timeout", "10", "--ready-file"]
    done = subprocess.run(
        [*waiting, tmp_path / "r.json"], capture_output=True, text=True, env=environment()
    )
    pid = int((tmp_path / "t.pid").read_text())
    try:
        assert done.returncode == 0, (tmp_path / "t.log").read_text()
        found = json.loads(done.stdout)
        assert found["pid"] == pid
        assert found["data"] == str(tmp_path / "data")
        with socket.create_connection(("127.0.0.1", found["ports"]["smtp"]), 5) as client:
            client.sendall(b"QUIT\r\n")
            assert client.recv(3) == b"220"
    finally:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while (tmp_path / "r.json").exists() or (tmp_path / "t.pid").exists():
        assert time.monotonic() < deadline


def test_an_ignored_hangup_stays_ignored(serve: Start) -> None:
    """``nohup fakemail serve`` survives its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = serve("--ports", "ephemeral")
    finally:
        signal.signal(signal.SIGHUP, before)
    ports, _ = until_ready(process)
    process.send_signal(signal.SIGHUP)
    with socket.create_connection(("127.0.0.1", ports["imap"]), 5) as client:
        assert client.recv(4) == b"* OK"
    stop(process)
