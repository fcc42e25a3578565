"""The temporary folder of a run, free ports, and child processes that end with it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def workplace(parent: str | None) -> Iterator[Path]:
    """A folder for everything that the servers write, removed afterwards.

    By default on `/dev/shm` where there is one: fsync costs nothing there, so servers that make
    mail safe against power loss (Postfix, Dovecot) are not punished for it beside those that
    do not.
    """
    shared_memory = Path("/dev/shm")
    place = parent or (str(shared_memory) if shared_memory.is_dir() else None)
    root = Path(tempfile.mkdtemp(prefix="fakemail-bench-", dir=place))
    root.chmod(0o755)  # the peers' own users pass through
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Child:
    """A server process: started, watched for its CPU time, and ended by its own id."""

    def __init__(self, arguments: Sequence[str], log: Path, **options: object) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=options.pop("stdout", out),
                stderr=out,
                start_new_session=True,
                **options,
            )

    def end(self, timeout: float = 10) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def cpu_seconds(self) -> float:
        """User and system time of the process and all below it, those that ended included."""
        return cpu_seconds(self.process.pid)

    def running_seconds(self) -> float:
        """The same of this one process and its threads, exactly (the kernel's ticks of 10 ms are
        too coarse for a short run)."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        nanoseconds = (int((task / "schedstat").read_text().split()[0]) for task in tasks)
        return sum(nanoseconds) / 1e9

    def resident_megabytes(self) -> float:
        """Resident memory of the process and all below it (shared pages counted each time)."""
        page = os.sysconf("SC_PAGE_SIZE")
        pages = sum(int(fields[21]) for _, fields in _tree(self.process.pid))
        return pages * page / 1_048_576


def _tree(root: int) -> list[tuple[int, list[str]]]:
    """(pid, fields of /proc/pid/stat after the name) of `root` and its descendants."""
    stats: dict[int, list[str]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                text = Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            stats[int(entry)] = text.rpartition(") ")[2].split()
    family = {root}
    grew = True
    while grew:
        found = {pid for pid, fields in stats.items() if int(fields[1]) in family} - family
        family |= found
        grew = bool(found)
    return [(pid, stats[pid]) for pid in family if pid in stats]


def cpu_seconds(pid: int) -> float:
    return sum(sum(int(f) for f in fields[11:15]) for _, fields in _tree(pid)) / TICKS


def wait_for_port(port: int, child: Child, seconds: float = 15) -> None:
    """Until the port takes a connection; raises when the child ends or the time is over."""
    from time import monotonic, sleep

    limit = monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError as error:
            if child.process.poll() is not None or monotonic() > limit:
                tail = child.log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{child.process.args!r} did not come up\n{tail}") from error
            sleep(0.001)
