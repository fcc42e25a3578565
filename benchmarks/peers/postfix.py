"""Postfix with its own queue, delivering by virtual(8) straight into Maildirs.

A private instance: own `main.cf`, `master.cf`, queue and data folders; nothing of /etc/postfix is
read. Set up to be as fast as Postfix is on this job: no DNS, no chroot, no rate limits, no input
throttle (`in_flow_delay`), twenty deliveries at once for one destination, one Maildir for each
client connection. Only root can run Postfix (its master changes users).
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from benchmarks.peers.peer import DOMAIN, Peer
from benchmarks.workplace import Child, free_port, wait_for_port

MASTER = """\
127.0.0.1:{port} inet n - n - 200 smtpd
cleanup    unix n - n - 0 cleanup
qmgr       unix n - n 300 1 qmgr
rewrite    unix - - n - - trivial-rewrite
bounce     unix - - n - 0 bounce
defer      unix - - n - 0 bounce
trace      unix - - n - 0 bounce
verify     unix - - n - 1 verify
flush      unix n - n 1000? 0 flush
proxymap   unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp       unix - - n - - smtp
relay      unix - - n - - smtp
error      unix - - n - - error
retry      unix - - n - - error
discard    unix - - n - - discard
local      unix - n n - - local
virtual    unix - n n - - virtual
anvil      unix - - n - 1 anvil
postlog    unix-dgram n - n - 1 postlogd
"""

MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_client_event_limit_exceptions = 127.0.0.0/8
smtpd_tls_security_level = none
in_flow_delay = 0
message_size_limit = 104857600
virtual_mailbox_limit = 0
mailbox_size_limit = 0
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = texthash:{root}/etc/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_destination_concurrency_limit = 20
initial_destination_concurrency = 20
default_process_limit = 200
maillog_file = {root}/queue.log
maillog_file_prefixes = {root}
"""


class Postfix(Peer):
    name = "Postfix -> Maildir"

    @classmethod
    def missing(cls) -> str | None:
        if not Path("/usr/lib/postfix/sbin/master").exists():
            return "Postfix is not installed (apt-get install postfix)"
        return None if os.geteuid() == 0 else "Postfix can only be started by root"

    def __init__(self, root: Path, users: list[str]) -> None:
        self.root = root
        etc = root / "etc"
        user = pwd.getpwnam("mail")
        for folder in ("etc", "queue", "data", "mail"):
            (root / folder).mkdir(parents=True)
        shutil.chown(root / "data", "postfix")
        shutil.chown(root / "mail", "mail", "mail")
        self.ports = {"smtp": free_port()}
        places = {"root": root, "domain": DOMAIN, "uid": user.pw_uid, "gid": user.pw_gid}
        (etc / "main.cf").write_text(MAIN.format(**places))
        (etc / "master.cf").write_text(MASTER.format(port=self.ports["smtp"]))
        (etc / "mailboxes").write_text("".join(f"{u}@{DOMAIN} {u}/\n" for u in users))
        # `postfix check` makes the queue; its `start-fg` would leave the master to itself.
        subprocess.run(
            ["/usr/sbin/postfix", "-c", str(etc), "check"], check=True, capture_output=True
        )
        self.child = Child(["/usr/lib/postfix/sbin/master", "-c", str(etc), "-d"], root / "log")
        wait_for_port(self.ports["smtp"], self.child)

    @property
    def version(self) -> str:
        answer = subprocess.run(
            ["/usr/sbin/postconf", "-d", "-h", "mail_version"], capture_output=True
        )
        return f"Postfix {answer.stdout.decode().strip()}"

    def maildir(self, user: str) -> Path:
        return self.root / "mail" / user
