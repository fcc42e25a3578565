"""Who holds a port: so that "already in use" can be followed by a name.

Linux only (`/proc`), best effort: of other users' programs the system shows nothing.
"""

from __future__ import annotations

from pathlib import Path

_LISTENING = "0A"


def owner_of(port: int) -> str:
    """``"postfix (pid 812)"`` of the program that listens on `port`; empty when not known."""
    inodes = _inodes(port)
    if not inodes:
        return ""
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for link in (process / "fd").iterdir():
                if str(link.readlink()) in wanted:
                    name = (process / "comm").read_text().strip()
                    return f"{name} (pid {process.name})"
        except OSError:
            continue
    return ""


def _inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(fields[9])
    return found
