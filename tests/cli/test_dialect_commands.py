"""``fakemail dialect``."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from fakemail.cli import cli


def run(*words: str, exit_code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["dialect", *words])
    assert result.exit_code == exit_code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


def test_list_says_how_much_is_known() -> None:
    shown = {line.split()[0]: line for line in run("list").splitlines()}
    assert len(shown) == 32
    assert shown["21cn"].endswith("hosts only")
    assert shown["foxmail"].endswith("own hosts, speaks as qq")
    assert shown["generic"].endswith("fakemail's own words")
    assert " replies, " in shown["qq"] and "foxmail.com" in shown["qq"]


def test_list_for_programs() -> None:
    rows = {row["name"]: row for row in map(json.loads, run("list", "--json").splitlines())}
    assert rows["tom"]["hosts_only"] and not rows["qq"]["hosts_only"]
    assert "smtp.qq.com" in rows["qq"]["hosts"]
    assert rows["exmail"]["inherits"] == "qq"
    assert 2017 in rows["qq"]["years"]


def test_show_has_every_fact_with_its_source() -> None:
    shown = run("show", "qq")
    assert "503 Error: need EHLO and AUTH first !" in shown
    assert "(verbatim, 2019-10: gh:greyli/helloflask#184, " in shown
    assert "请使用授权码登录" in shown
    assert "silent_idle = true" in shown
    assert "smtp.qq.com:465  implicit TLS" in shown
    assert "pattern: ^[a-z]{16}$" in shown
    assert "550 Suspected spam ip" in shown, "what is not spoken is shown too"
    assert "Inherited from qq" in run("show", "foxmail")
    assert "own words" in run("show", "generic").splitlines()[0]


def test_show_for_programs() -> None:
    found = json.loads(run("show", "yeah", "--json"))
    assert [file["name"] for file in found["files"]] == ["yeah", "163"]
    assert found["files"][1]["smtp"]["replies"][0]["source"]


def test_diff_is_line_by_line() -> None:
    shown = run("diff", "163", "126").splitlines()
    at = shown.index("smtp smtp.greeting")
    assert shown[at + 1].startswith("  - 220 163.com Anti-spam")
    assert shown[at + 2].startswith("  + 220 126.com Anti-spam")
    assert "smtp smtp.auth-required" not in shown, "they say the same"
    assert run("diff", "qq", "qq").strip() == "no difference"
    found = json.loads(run("diff", "generic", "gmail", "--json"))
    assert found["rule auth_before_tls"] == [None, ["False"]]
    assert "(as fakemail)" in run("diff", "generic", "gmail")
    assert "请使用授权码登录" in run("diff", "qq@2018", "qq")


def test_errors_are_for_people(tmp_path: Path) -> None:
    said = run("show", "gmial", exit_code=1)
    assert said.startswith("Error: there is no dialect 'gmial'; there are 126, 139, 163, ")
    own = tmp_path / "ours.toml"
    own.write_text('title = "Ours"\nhost = 1\n', encoding="utf-8")
    said = run("show", str(own), exit_code=1)
    assert "unknown field `host`" in said and "keys here are title, " in said
    assert run("diff", "qq", str(own), exit_code=1)
    assert "nothing.toml: No such file" in run("show", "nothing.toml", exit_code=1)
    own.write_text('title = "Ours"\ninherits = "qq"\n', encoding="utf-8")
    assert "Inherited from qq" in run("show", str(own))
