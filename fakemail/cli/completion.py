"""``fakemail completion``: tab completion for bash, zsh and fish."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  eval "$(fakemail completion bash)"             in ~/.bashrc
    zsh:   eval "$(fakemail completion zsh)"              in ~/.zshrc
    fish:  fakemail completion fish > ~/.config/fish/completions/fakemail.fish
    """
    from fakemail.cli import cli

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(cli, {}, "fakemail", "_FAKEMAIL_COMPLETE").source())
