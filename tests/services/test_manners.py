"""Which dialect a session gets: address, listener, TLS server name, --dialect; in this order."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakemail.config import SettingsError, load
from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.find import by_domain, by_host
from fakemail.dialects.load import lineage
from fakemail.dialects.load import load as load_dialect
from fakemail.dialects.names import names
from fakemail.services.manners import Manner, Manners
from fakemail.services.ports import LISTENERS
from fakemail.services.providers import address_of, impersonated
from fakemail.wire.engine import Peer

OURS = """
title = "Ours"
inherits = "qq"
domains = ["corp.test"]
"""


def manners(tmp_path: Path, **flags: object) -> Manners:
    given = {key.replace("_", "-"): value for key, value in flags.items()}
    return Manners(load({"data": str(tmp_path), **given}, {}))


def peer(listener: str = "imaps", address: str = "127.0.0.1") -> Peer:
    return Peer("127.0.0.1", 40000, address, 993, listener)


def told(manner: Manner | None) -> tuple[str, str, str] | None:
    return (manner.dialect.name, manner.host_name, manner.domain) if manner else None


def test_nothing_asked_for_nothing_changed(tmp_path: Path) -> None:
    plain = manners(tmp_path)
    for listener in LISTENERS:
        manner = plain.at_first(peer(listener.name))
        assert manner.dialect is GENERIC
        assert (manner.host_name, manner.domain) == ("fakemail.test", "")
    assert plain.names == plain.addresses == ()
    assert plain.login_domain == "fakemail.test"


def test_the_whole_server(tmp_path: Path) -> None:
    qq = manners(tmp_path, dialect="qq@2017")
    assert told(qq.at_first(peer("imap"))) == ("qq@2017", "imap.qq.com", "qq.com")
    assert told(qq.at_first(peer("submission"))) == ("qq@2017", "smtp.qq.com", "qq.com")
    assert qq.login_domain == "qq.com"
    assert qq.names == (), "nobody has to trust another CA for a manner of speaking"


def test_what_was_said_by_hand_stays(tmp_path: Path) -> None:
    mine = manners(tmp_path, dialect="qq", host_name="mx.test", default_domain="corp.test")
    assert told(mine.at_first(peer())) == ("qq", "mx.test", "")
    assert told(mine.by_server_name("imap.163.com", peer())) == ("163", "mx.test", "")


def test_address_before_listener_before_server_name_before_default(tmp_path: Path) -> None:
    all_four = manners(tmp_path, provider=("gmail",), listener_dialect=("imaps=163",), dialect="qq")
    gmail = address_of("gmail")
    assert told(all_four.at_first(peer("imaps", gmail))) == ("gmail", "imap.gmail.com", "gmail.com")
    assert all_four.by_server_name("imap.sina.com", peer("imaps", gmail)) is None
    assert told(all_four.at_first(peer("imaps"))) == ("163", "imap.163.com", "163.com")
    assert all_four.by_server_name("imap.sina.com", peer("imaps")) is None
    assert told(all_four.at_first(peer("imap"))) == ("qq", "imap.qq.com", "qq.com")
    sina = ("sina", "imap.sina.com", "sina.com")
    assert told(all_four.by_server_name("imap.sina.com", peer("imap"))) == sina


@pytest.mark.parametrize("name", ["SMTP.163.COM", "smtp.163.com."])
def test_a_server_name_in_any_spelling(tmp_path: Path, name: str) -> None:
    found = manners(tmp_path).by_server_name(name, peer("submission"))
    assert told(found) == ("163", "smtp.163.com", "163.com")


@pytest.mark.parametrize(
    "name",
    [None, "", "localhost", "fakemail.test", "163.com", "x.smtp.163.com", "\udcff.com", "a" * 9999],
)  # fmt: skip
def test_a_name_of_nobody_decides_nothing(tmp_path: Path, name: str | None) -> None:
    assert manners(tmp_path, dialect="qq").by_server_name(name, peer()) is None


def test_the_year_or_file_that_was_asked_for_is_meant_by_its_names(tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(OURS)
    assert manners(tmp_path, dialect="qq@2017").by_server_name("imap.qq.com", peer()) is None
    assert manners(tmp_path, dialect=str(ours)).by_server_name("imap.qq.com", peer()) is None
    provided = manners(tmp_path, provider=("qq@2017",))
    assert told(provided.by_server_name("smtp.qq.com", peer())) == (
        "qq@2017", "smtp.qq.com", "qq.com"
    )  # fmt: skip


def test_a_file_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ours.toml").write_text(OURS)
    monkeypatch.chdir(tmp_path)
    mine = manners(tmp_path, dialect="ours.toml", provider=("./ours.toml",))
    manner = mine.at_first(peer("imaps", address_of("ours")))
    assert manner.dialect.title == "Ours"
    assert manner.domain == "corp.test"
    assert Path(manner.dialect.name).is_absolute(), "a daemon changes its folder"
    assert mine.names[:2] == ("smtp.qq.com", "pop.qq.com")


def test_rules_by_hand_stand_on_every_dialect(tmp_path: Path) -> None:
    ruled = manners(
        tmp_path,
        provider=("163",),
        dialect="gmail",
        listener_dialect=("pop3=qq",),
        rule=("silent_idle", "greeting_delay=0.5", "no-id_before_select"),
    )
    found = [
        ruled.at_first(peer("imaps")),
        ruled.at_first(peer("pop3")),
        ruled.at_first(peer("imaps", address_of("163"))),
        ruled.by_server_name("imap.126.com", peer("imap")),
    ]
    assert [each and each.dialect.name for each in found] == ["gmail", "qq", "163", "126"]
    for manner in found:
        assert manner is not None
        assert manner.dialect.has("silent_idle")
        assert manner.dialect.seconds("greeting_delay") == 0.5
        assert not manner.dialect.has("id_before_select")
    assert load_dialect("163").has("id_before_select"), "others are not touched"
    alone = manners(tmp_path, rule=("no_idle",)).at_first(peer())
    assert alone.dialect.has("no_idle") and alone.dialect.name == "generic"


# -- providers ---------------------------------------------------------------------------------


def test_each_dialect_has_an_address_of_its_own() -> None:
    found = {name: address_of(name) for name in names()}
    assert len(set(found.values())) == len(found)
    assert all(a.startswith("127.0.") and int(a.split(".")[2]) >= 16 for a in found.values())
    assert (found["qq"], found["163"]) == ("127.0.93.236", "127.0.172.229"), "hosts files hold them"
    assert address_of("qq@2017") == found["qq"]
    assert address_of("/somewhere/ours.toml") == address_of("ours.toml")


def test_all_providers_at_once_share_no_host() -> None:
    known = [name for name in names() if name != "generic"]
    found = impersonated(known)
    hosts = [host for provider in found for host in provider.hosts]
    assert len(hosts) == len(set(hosts))
    assert set(hosts) == {h for name in known for h in load_dialect(name).hosts}
    by_name = {provider.name: provider.hosts for provider in found}
    assert "smtp.qq.com" in by_name["qq"] and "smtp.qq.com" not in by_name["foxmail"]
    assert impersonated(["foxmail"])[0].hosts == load_dialect("foxmail").hosts, "alone, all"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (("generic",), "generic has no host names"),
        (("generic@2026",), "generic@2026 has no host names"),
        (("qq", "qq@2017"), "qq and qq@2017 have one address"),
    ],
)
def test_what_cannot_be_a_provider(tmp_path: Path, wanted: tuple[str, ...], said: str) -> None:
    with pytest.raises(SettingsError, match=f"provider = .*{said}"):
        manners(tmp_path, provider=wanted)


def test_where_to_listen(tmp_path: Path) -> None:
    two = manners(tmp_path, provider=("qq", "163"))
    assert two.listen_on(("127.0.0.1", "::1")) == (
        "127.0.0.1", "::1", "127.0.93.236", "127.0.172.229"
    )  # fmt: skip
    assert two.listen_on(("0.0.0.0", "::")) == ("0.0.0.0", "::")
    assert set(two.names) >= {"smtp.qq.com", "imap.163.com", *two.addresses}


def test_the_quick_look_finds_what_a_proper_reading_finds() -> None:
    hosts: dict[str, set[str]] = {}
    domains: dict[str, set[str]] = {}
    for name in names():
        file = lineage(name)[0][1]
        for endpoint in file.endpoints:
            if "{" not in endpoint.host:
                hosts.setdefault(endpoint.host, set()).add(name)
        for domain in file.domains:
            domains.setdefault(domain, set()).add(name)
    assert len(hosts) > 60 and len(domains) > 40
    for host, owners in hosts.items():
        assert by_host(host) in owners
    for domain, owners in domains.items():
        assert by_domain(domain) in owners
    assert by_host("outlook.office365.com") == "office365"
    assert (by_domain("foxmail.com"), by_domain("vip.QQ.com")) == ("foxmail", "qq")
    assert by_host("example.com") is None and by_domain("fakemail.test") is None
