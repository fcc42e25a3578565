"""A server in a process of its own: the same fixtures, the same answers."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

import fakemail
from fakemail.config import SettingsError
from fakemail.testing.pool import Pool

pytest_plugins = ["pytester"]

HERE = Path(__file__).parent


def test_all_that_test_mail_asks_for_holds_there():
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"),
            *("--fakemail-process", str(HERE / "test_mail.py")),
        ],
        cwd=HERE.parents[1],
        env=plain,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert re.search(r"^1\d passed in", done.stdout, re.MULTILINE)


def test_flag_setting_and_marker_say_where_it_runs(pytester):
    pytester.makepyfile(
        """
        import os, sys
        import pytest

        def test_there(fakemail):
            fakemail.deliver(subject="hello")
            assert fakemail.wait(subject="hello").recipient == fakemail.address
            assert fakemail.server.ready.pid != os.getpid()
            heavy = {"fakemail.services.private", "fakemail.smtp", "aiosmtpd", "cryptography"}
            assert not heavy & set(sys.modules)

        @pytest.mark.fakemail(process=False, dialect="qq")
        def test_here(fakemail):
            assert fakemail.server.ready.pid == os.getpid()
            assert fakemail.server.ready.dialect == "qq"

        def test_in_vain(fakemail):
            fakemail.deliver(subject="another")
            fakemail.wait(subject="this", timeout=0)
        """
    )
    options = ("-W", "error", "-p", "no:asyncio", "-p", "no:twisted", "-p", "no:django")
    for way in (["--fakemail-process"], ["-o", "fakemail_process=true"]):
        result = pytester.runpytest_subprocess(*options, *way, timeout=60)
        result.assert_outcomes(passed=2, failed=1)
        result.stdout.fnmatch_lines(["*'another'*in INBOX*"])


def test_what_cannot_be_is_raised_here():
    with pytest.raises(TypeError, match=r"no setting colour"), fakemail.run(process=True, colour=1):
        pass
    with (
        pytest.raises(SettingsError, match="dialect = no-such"),
        fakemail.run(process=True, dialect="no-such"),
    ):
        pass


def test_a_server_that_is_killed_is_said_to_be_gone():
    pool = Pool(process=True)
    server = pool.server({})
    folder = Path(server.ready.data)
    gone = rf"\(pid {server.ready.pid}\) is gone"
    with pytest.raises(RuntimeError, match=gone), server.fresh_mail() as mail:
        os.kill(server.ready.pid, signal.SIGKILL)
        with pytest.raises(RuntimeError, match=gone):
            mail.wait(subject="never", timeout=20)
        with pytest.raises(RuntimeError, match=gone):
            mail.deliver(subject="x")
    assert re.search(gone, pool.report(0.0))
    assert folder.exists()
    pool.stop()
    assert not folder.exists()


@pytest.mark.parametrize("process", [False, True])
def test_a_wait_ends_with_its_test(process):
    with fakemail.run(process=process) as outer:
        said = []

        def wait(mail, entered):
            entered.set()
            try:
                mail.wait(subject="never", timeout=60)
            except BaseException as error:
                said.append(type(error))

        with outer.server.fresh_mail() as mail:
            entered = threading.Event()
            thread = threading.Thread(target=wait, args=(mail, entered))
            thread.start()
            assert entered.wait(20)
            mail.deliver(subject="seen")
        thread.join(20)
        assert not thread.is_alive()
        assert said and said[0] in (CancelledError, RuntimeError)


def test_it_outlives_no_test_run(tmp_path):
    (tmp_path / "email.py").write_text("raise SystemExit('found in the current folder')")
    program = (
        "import fakemail.testing.run as r; s = r.started(process=True);"
        "print(s.ready.pid, s.ready.data, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        pid, folder = run.stdout.readline().split()
        watched = os.pidfd_open(int(pid))
        try:
            assert Path(folder).is_dir()
            run.kill()
            assert select.select([watched], [], [], 20)[0], "it still runs"
            assert not Path(folder).exists()
        finally:
            os.close(watched)
