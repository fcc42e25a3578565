"""What other commands say of dialects and providers."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakemail.cli import cli
from fakemail.cli.banner import Banner
from fakemail.config import load
from fakemail.services.private import PrivateServer
from fakemail.services.providers import address_of


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), env={"FAKEMAIL_DIALECT": None})


def test_certs_has_the_ca_that_the_server_has(tmp_path: Path) -> None:
    said = run("certs", "--data", str(tmp_path), "--provider", "qq,163").stdout
    ca = re.search(r"^CA file +(\S+)", said)
    assert ca and Path(ca[1]).parent.parent == tmp_path / "certs"
    assert "smtp.qq.com" in said and "imap.163.com" in said and address_of("qq") in said
    flags = {"data": str(tmp_path), "ports": "ephemeral", "provider": "163 qq", "listen": "0.0.0.0"}
    with PrivateServer(load(flags, {})) as private:
        assert private.ready.ca_file == ca[1]
        before = Path(ca[1]).read_bytes()
    ordinary = run("certs", "--data", str(tmp_path)).stdout
    assert f"{tmp_path}/certs/ca.pem" in ordinary
    assert Path(ca[1]).read_bytes() == before


def test_the_banner_tells_who_the_server_is(tmp_path: Path) -> None:
    flags = {"data": str(tmp_path), "ports": "ephemeral", "listen": "0.0.0.0"}
    flags |= {"provider": "qq", "dialect": "gmail"}
    with PrivateServer(load(flags, {})) as private:
        out = io.StringIO()
        Banner(private.server, out).announce(private.ready)
    lines = out.getvalue().splitlines()
    assert "dialect       gmail (Gmail)" in lines
    assert f"qq            {address_of('qq'):15} for smtp.qq.com pop.qq.com imap.qq.com" in lines
    assert "hosts file    fakemail hosts qq" in lines
    assert "login         anybody@gmail.com with any code (accounts: open)" in lines
    assert lines[-1].startswith("fakemail ready smtp=")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--dialect", "qqq"), "there is no dialect 'qqq'; there are 126, "),
        (("--dialect", "qq@17"), "there is no dialect 'qq@17'"),
        (("--dialect", "./none.toml"), "none.toml: No such file"),
        (("--provider", "generic"), "generic has no host names"),
        (("--listener-dialect", "imap3=qq"), "smtp submission submissions smtp-alt pop3 pop3s"),
        (("--rule", "idle"), "there is no rule 'idle'; the rules are auth_on_every_port, "),
        (("--rule", "greeting_delay=soon"), "'soon' is not a number of seconds"),
    ],
)
def test_a_wrong_flag_stops_the_start(tmp_path: Path, flags: tuple[str, ...], said: str) -> None:
    done = run("serve", "--data", str(tmp_path / "d"), *flags)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "d").exists()


def test_the_settings_file_can_say_it_all(tmp_path: Path) -> None:
    (tmp_path / "fakemail.toml").write_text(
        'dialect = "qq@2017"\nprovider = ["163"]\nlisten = ["0.0.0.0"]\nports = "ephemeral"\n'
        'listener-dialect = ["imaps=sina"]\n'
        'rule = ["silent_idle", "header_fields_required=From,To"]\n'
    )
    with PrivateServer(load({"data": str(tmp_path)}, {})) as private:
        manners = private.server.manners
        assert manners.dialect.name == "qq@2017"
        assert manners.dialect.words("header_fields_required") == ("From", "To")
        ready = json.loads((tmp_path / "ready.json").read_bytes())
    assert ready["providers"] == {"163": address_of("163")}
    environ = {"FAKEMAIL_RULE": "no_idle header_fields_required=From,To", "FAKEMAIL_DATA": "x"}
    assert load({}, environ).rule == ("no_idle", "header_fields_required=From,To")
