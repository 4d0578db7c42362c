"""Completion of commands, options and values in a shell, by click. No torch."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from search_spaces.errors import InvalidInput
from search_spaces.files import atomic_write

PROGRAMS = ("nas", "scale")
PLACES = {  # below the home folder, where each shell looks by itself; zsh once the folder is in its fpath
    "bash": ".local/share/bash-completion/completions/{program}",
    "fish": ".config/fish/completions/{program}.fish",
    "zsh": ".zfunc/_{program}",
}
ZSH = "for zsh, once, in ~/.zshrc: fpath+=~/.zfunc; autoload -Uz compinit; compinit"


@click.command()
@click.argument("shell", type=click.Choice(list(PLACES)), required=False)
@click.option("--print", "shown", is_flag=True, help="Print the scripts instead.")
def completion(shell: str | None, shown: bool) -> None:
    """Install completion of `nas` and `scale` for SHELL (default: the one in $SHELL).

    It is there in the next shell. bash needs the package bash-completion, which most systems have.
    """
    shell = shell or _shell_in_use()
    for program in PROGRAMS:
        if shown:
            click.echo(completion_script(shell, program))
        else:
            path = Path.home() / PLACES[shell].format(program=program)
            with atomic_write(path) as stream:
                stream.write(completion_script(shell, program))
            click.echo(path)
    if shell == "zsh" and not shown:
        click.echo(ZSH)


def completion_script(shell: str, program: str) -> str:
    """Return the script by which a shell asks `program` what can follow."""
    kind = get_completion_class(shell)
    if kind is None:
        raise InvalidInput("shell", shell, PLACES)
    # not `source()`: for bash that runs a bash to look at its version
    completer = kind(click.Command(program), {}, program, f"_{program.upper()}_COMPLETE")
    return f"{completer.source_template % completer.source_vars()}\n"


def _shell_in_use() -> str:
    name = Path(os.environ.get("SHELL", "")).name
    if name not in PLACES:
        raise InvalidInput("shell", name, PLACES)
    return name
