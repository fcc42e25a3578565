"""Dovecot with its own configuration: LMTP, IMAP and POP3 on Maildir, one user per name.

A private instance: nothing of /etc/dovecot is read. Authentication is a static password, no TLS,
`mail_fsync = never`; index files beside the mail, as a normal installation has them.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from benchmarks.peers.peer import DOMAIN, PASSWORD, Peer, install_maildir
from benchmarks.workplace import Child, free_port, wait_for_port

CONFIGURATION = """\
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/dovecot.log
protocols = imap pop3 lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
login_trusted_networks = 127.0.0.0/8
auth_failure_delay = 0
mail_max_userip_connections = 0
mail_location = maildir:{root}/mail/%n
mail_fsync = never
maildir_stat_dirs = no
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={root}/mail/%n
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  service_count = 0
  process_min_avail = 1
  inet_listener pop3 {{
    address = 127.0.0.1
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service lmtp {{
  process_min_avail = 2
  service_count = 0
  process_limit = 50
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service imap {{
  vsz_limit = 2G
}}
service pop3 {{
  vsz_limit = 2G
}}
protocol lmtp {{
  auth_username_format = %Ln
  postmaster_address = postmaster@{domain}
  hostname = mx.{domain}
}}
"""


class Dovecot(Peer):
    name = "Dovecot LMTP"
    lmtp = True

    @classmethod
    def missing(cls) -> str | None:
        if shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None:
            return "Dovecot is not installed (apt-get install dovecot-imapd -pop3d -lmtpd)"
        return None if os.geteuid() == 0 else "Dovecot is started by root here"

    def __init__(self, root: Path, users: list[str]) -> None:
        self.root = root
        (root / "mail").mkdir(parents=True)
        shutil.chown(root / "mail", "mail", "mail")
        self.ports = {name: free_port() for name in ("imap", "pop3", "lmtp")}
        text = CONFIGURATION.format(root=root, domain=DOMAIN, password=PASSWORD, **self.ports)
        (root / "dovecot.conf").write_text(text)
        arguments = ["/usr/sbin/dovecot", "-F", "-c", str(root / "dovecot.conf")]
        self.child = Child(arguments, root / "log")
        for port in self.ports.values():
            wait_for_port(port, self.child)
        self.ports["smtp"] = self.ports["lmtp"]

    @property
    def version(self) -> str:
        answer = subprocess.run(["/usr/sbin/dovecot", "--version"], capture_output=True)
        return f"Dovecot {answer.stdout.decode().split()[0]}"

    def maildir(self, user: str) -> Path:
        return self.root / "mail" / user

    def install(self, user: str, source: Path) -> None:
        """Put ready-made messages into a user's INBOX."""
        owner = pwd.getpwnam("mail")
        install_maildir(self.maildir(user), source, (owner.pw_uid, owner.pw_gid))

    def forget_index(self, user: str) -> None:
        """Back to a Maildir that Dovecot has never opened."""
        for path in self.maildir(user).glob("dovecot*"):
            path.unlink()
