"""What the shell is offered: commands, flags and values."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from fakemail.cli import cli


def offered(*words):
    *before, incomplete = words
    completions = ShellComplete(cli, {}, "fakemail", "_FAKEMAIL_COMPLETE").get_completions(
        list(before), incomplete
    )
    return [completion.value for completion in completions]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ser"], ["serve"]),
        (["serve", "--dialect", "q"], ["qq"]),
        (["serve", "--provider", "gma"], ["gmail"]),
        (["serve", "--accounts", ""], ["open", "listed"]),
        (["serve", "--rule", "id_b"], ["id_before_select"]),
        (["hosts", "qq", "16"], ["163"]),
        (["dialect", "diff", "qq", "exm"], ["exmail"]),
        (["fault", "add", "i"], ["imap"]),
        (["fault", "add", "smtp", "rc"], ["rcpt"]),
        (["fault", "add", "smtp", "rcpt", "fi"], ["first="]),
        (["fault", "add", "smtp", "rcpt", "refuse=smtp.no-such"], ["refuse=smtp.no-such-user"]),
        (["fault", "add", "nonsense", ""], []),
    ],
)
def test_values_are_offered(words, expected):
    assert offered(*words) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell):
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert "_FAKEMAIL_COMPLETE" in result.output
