"""Settings: four places, one winner, and messages that name the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakemail.config import FILE_NAME, SettingsError, default_data, fields, load, misspelt


def in_file(tmp_path: Path, text: str) -> Path:
    (tmp_path / FILE_NAME).write_text(text)
    return tmp_path


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    data = str(in_file(tmp_path, 'host-name = "file.test"\nimap-port = 1143\nports = "test"\n'))
    environ = {"FAKEMAIL_IMAP_PORT": "2143", "FAKEMAIL_PORTS": "standard"}
    settings = load({"data": data, "ports": "ephemeral"}, environ)
    assert (settings.ports, settings.imap_port) == ("ephemeral", 2143)
    assert (settings.host_name, settings.accounts) == ("file.test", "open")


def test_every_setting_has_an_environment_variable(tmp_path: Path) -> None:
    """What a default says as text is what the default is."""
    environ = {"FAKEMAIL_DATA": str(tmp_path)}
    for field in fields():
        if field.default not in (None, "", ()):
            environ[field.variable] = str(field.default)
    assert load({}, environ) == load({"data": str(tmp_path)}, {})


def test_lists(tmp_path: Path) -> None:
    environ = {"FAKEMAIL_LISTEN": "127.0.0.1, ::1", "FAKEMAIL_DATA": str(tmp_path)}
    assert load({}, environ).listen == ("127.0.0.1", "::1")
    assert load({"listen": ("localhost",)}, environ).listen == ("localhost",)
    in_file(tmp_path, 'tls-name = ["a.example", "10.0.0.1", "*.b.example"]')
    assert load({}, environ).tls_name == ("a.example", "10.0.0.1", "*.b.example")


def test_data_folder_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_data() == str(tmp_path / "fakemail")
    assert load({}, {}).folder == tmp_path / "fakemail"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_data() == str(tmp_path / ".local/state/fakemail")


def test_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"other\.toml: there is no such file"):
        load({}, {}, str(tmp_path / "other.toml"))
    (tmp_path / "other.toml").write_text("fsync = true")
    assert load({}, {"FAKEMAIL_CONFIG": str(tmp_path / "other.toml")}).fsync


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("imap-port = 70000", ["imap-port", "70000", "0 for any free port"]),
        ('imap-port = "143"', ["imap-port", "'143'", "a number from 1 to 65535"]),
        ('ports = "all"', ["ports", "'all'", "auto, standard, test or ephemeral"]),
        ('listen = ["mail.example"]', ["listen", "mail.example", "IP addresses"]),
        ('host-name = "a b"', ["host-name", "'a b'", "a host name"]),
        ('tls-name = ["-x"]', ["tls-name", "-x", "host names or IP addresses"]),
        ('fsync = "yes"', ["fsync", "'yes'", "true or false"]),
        ("smtp-timeout = 0", ["smtp-timeout", "0", "above 0"]),
        ("imap_port = 143", ["'imap_port'", "unknown key", "did you mean imap-port?"]),
        ('dialct = "qq"', ["'dialct'", "unknown key", "did you mean dialect?"]),
        ("colour = true", ["'colour'", "unknown key", "allowed are data, ready-file, ports"]),
        ("port = [", ["not TOML"]),
        ("max-connections = 0", ["max-connections", "from 1"]),
    ],
)
def test_bad_file(tmp_path: Path, text: str, parts: list[str]) -> None:
    data = in_file(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load({"data": str(data)}, {})
    for part in [*parts, str(data / FILE_NAME)]:
        assert part in str(caught.value)


def test_bad_flag_and_bad_variable_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="flag --imap-port: imap-port = 'x' is not allowed"):
        load({"imap-port": "x"}, {})
    with pytest.raises(SettingsError, match="environment variable FAKEMAIL_FSYNC: fsync = 'maybe'"):
        load({}, {"FAKEMAIL_FSYNC": "maybe"})


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    """Whatever its type; compose files and CI systems make them."""
    data = str(in_file(tmp_path, 'host-name = "file.test"\n'))
    environ = {field.variable: "" for field in fields()} | {"FAKEMAIL_CONFIG": ""}
    assert load({"data": data}, environ) == load({"data": data}, {})
    assert load({"data": data}, environ).host_name == "file.test"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("FAKEMAIL_SMPT_PORT", "FAKEMAIL_SMTP_PORT"),
        ("FAKEMAIL_DIALCT", "FAKEMAIL_DIALECT"),
        ("FAKEMAIL_HOSTNAME", "FAKEMAIL_HOST_NAME"),
        ("FAKEMAIL_PROVIDERS", "FAKEMAIL_PROVIDER"),
        ("FAKEMAIL_CONFG", "FAKEMAIL_CONFIG"),
    ],
)
def test_a_misspelt_variable(given: str, meant: str) -> None:
    environ = {given: "x", "FAKEMAIL_IMAP_PORT": "1143", "HOME": "/", "FAKEMAIL_DIALECTS": ""}
    assert list(misspelt(environ)) == [(given, meant)]


@pytest.mark.parametrize(
    "name",
    [
        *sorted({field.variable for field in fields()} | {"FAKEMAIL_CONFIG"}),
        *("FAKEMAIL_HOST", "FAKEMAIL_SMTP", "FAKEMAIL_URL", "FAKEMAIL_CA_FILE"),  # Mail.env()
        *("FAKEMAIL_SMTP_HOST", "FAKEMAIL_SUBMISSION_HOST", "FAKEMAIL_IMAPS_HOST"),
        # What Docker's links and Kubernetes set for a server of the name fakemail.
        *("FAKEMAIL_PORT", "FAKEMAIL_PORT_25_TCP", "FAKEMAIL_PORT_25_TCP_ADDR"),
        *("FAKEMAIL_SERVICE_HOST", "FAKEMAIL_SERVICE_PORT", "FAKEMAIL_SERVICE_PORT_SMTP"),
        *("FAKEMAIL_NAME", "FAKEMAIL_ENV_PYTHONUNBUFFERED"),
    ],
)
def test_a_variable_of_somebody_else_is_not_misspelt(name: str) -> None:
    assert not list(misspelt({name: "tcp://172.17.0.2:25"}))


def test_a_closed_data_folder_is_no_unreadable_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for somebody who is not root; tests/docker has a real one."""

    def closed(path: Path, *_: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", closed)
    with pytest.raises(SettingsError, match=r"settings file .*fakemail\.toml cannot be read"):
        load({"data": str(tmp_path)}, {})
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(SettingsError, match=r"data folder \S+ cannot be used: permission denied"):
        load({"data": str(tmp_path)}, {})
    with pytest.raises(SettingsError, match=r"settings file .*own\.toml cannot be read"):
        load({"data": str(tmp_path)}, {}, str(tmp_path / "own.toml"))


def test_two_listeners_cannot_have_one_port() -> None:
    with pytest.raises(SettingsError, match=r"imap-port = 25 .* not smtp-port too"):
        load({"imap-port": "25", "smtp-port": "25"}, {})
    assert load({"imap-port": "0", "smtp-port": "0"}, {}).fixed_ports == {"smtp": 0, "imap": 0}


def test_relative_names_mean_where_the_person_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load({"data": "d", "ready-file": "r.json"}, {})
    assert (settings.data, settings.ready_file) == (str(tmp_path / "d"), str(tmp_path / "r.json"))
