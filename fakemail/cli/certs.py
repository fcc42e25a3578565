"""``fakemail certs``: the CA, the certificate, and how clients are told to trust them."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path

import click

from fakemail.clock import SystemClock
from fakemail.config import SettingsError, load
from fakemail.services import certs
from fakemail.services.files import write_atomically
from fakemail.services.manners import Manners
from fakemail.services.ready import READY_FILE, read


@click.command(
    "certs",
    epilog="""\b
Examples:
  fakemail certs                           make them if need be, say where they are
  fakemail certs certs                     copy CA, certificate and key into ./certs
  fakemail certs certs --tls-name mail.example.org
  fakemail certs --provider qq,163         the CA that a server with these providers has
""",
)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--data", metavar="FOLDER", help="The server's data folder.")
@click.option("--host-name", metavar="NAME", help="As given to fakemail serve.")
@click.option("--tls-name", metavar="NAME", multiple=True, help="A further name (repeatable).")
@click.option("--provider", metavar="NAME", multiple=True, help="As given to fakemail serve.")
@click.option("--ca-only", is_flag=True, help="Copy the CA file only, no server key.")
def command(
    folder: Path | None,
    data: str | None,
    host_name: str | None,
    tls_name: tuple[str, ...],
    provider: tuple[str, ...],
    ca_only: bool,
) -> None:
    """Make the CA and the server certificate if need be, and tell how clients trust the CA.

    With FOLDER: write ca.pem, server.pem and server.key there too, for other programs that are
    to speak TLS under the same CA. The CA's key stays in the data folder.

    The CA cannot sign for names that somebody on the internet owns. Where such names are wanted
    (--provider, --tls-name mail.example.edu), that set of names has a CA of its own, constrained to
    exactly these names, which has to be trusted too.
    """
    given = {"data": data, "host-name": host_name, "tls-name": tls_name or None}
    given |= {"provider": provider or None}
    try:
        settings = load({k: v for k, v in given.items() if v is not None}, os.environ)
        manners = Manners(settings)
    except SettingsError as error:
        click.echo(f"fakemail: {error}", err=True)
        sys.exit(2)
    try:
        settings.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        names = certs.wanted_names(settings.host_name, (*settings.tls_name, *manners.names))
        made = certs.ensure(settings.folder / "certs", names, SystemClock().time())
        ca = made.ca if folder is None else _copy(made, folder, ca_only)
    except OSError as error:
        click.echo(f"fakemail: the certificates cannot be written: {error}", err=True)
        sys.exit(1)
    click.echo(f"CA file       {ca}")
    click.echo(f"certificate   {made.server if folder is None else ca.parent / 'server.pem'}")
    click.echo(f"valid for     {', '.join(names)}\n")
    running = read(settings.folder / READY_FILE)
    click.echo(trust(ca.absolute(), running.ports["imaps"] if running else 993))


def _copy(made: certs.Certificates, folder: Path, ca_only: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "ca.pem", made.ca.read_bytes(), 0o644)
    if not ca_only:
        write_atomically(folder / "server.pem", made.server.read_bytes(), 0o644)
        write_atomically(folder / "server.key", made.server_key.read_bytes(), 0o600)
    return folder / "ca.pem"


def trust(ca: Path, imaps: int) -> str:
    """How each language or program is told, to be pasted as it stands, whatever `ca` is called."""
    quoted = json.dumps(str(ca), ensure_ascii=False)[1:-1]
    words = {"PORT": str(imaps), "$CA": shlex.quote(str(ca)), "CA.PEM": quoted}
    return re.sub(r"PORT|\$CA|CA\.PEM", lambda found: words[found[0]], _TRUST)


# $CA: a word of the shell; CA.PEM: within quotation marks, or in a dialog.
_TRUST = """\
Python        context = ssl.create_default_context(cafile="CA.PEM")
              or for a whole program: SSL_CERT_FILE=$CA python program.py
Node          NODE_EXTRA_CA_CERTS=$CA node program.js
              or tls: { ca: fs.readFileSync("CA.PEM") }
Java          keytool -importcert -noprompt -alias fakemail -file $CA \\
                -keystore fakemail.p12 -storetype PKCS12 -storepass changeit
              java -Djavax.net.ssl.trustStore=fakemail.p12 \\
                -Djavax.net.ssl.trustStorePassword=changeit ...
Go            SSL_CERT_FILE=$CA ./program        (Linux, BSD)
              or x509.NewCertPool() and AppendCertsFromPEM, given as tls.Config.RootCAs
curl          curl --cacert $CA -u ADDRESS:CODE imaps://localhost:PORT/
PHP           php -d openssl.cafile=$CA program.php
swaks         swaks --tls-verify --tls-ca-path $CA ...
msmtp         tls_trust_file "CA.PEM"
mbsync        CertificateFile "CA.PEM"
mutt          set ssl_ca_certificates_file="CA.PEM"
.NET          SSL_CERT_FILE=$CA dotnet run       (Linux)
              Windows: certutil -user -addstore Root $CA
              macOS: security add-trusted-cert -k ~/Library/Keychains/login.keychain-db $CA
Thunderbird   Settings, Privacy & Security, Manage Certificates, Authorities, Import: CA.PEM,
              then tick "Trust this CA to identify websites" (it stands for mail servers too)

Trust it for tests only: whoever can read the data folder can issue certificates."""
