"""Commands in documents, and whether each would be understood by the program it names."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

import grid_search.cli
import nas.cli
from grid_search.config import ScaleConfig
from nas.config import NasConfig
from search_spaces.validation import validated
from tests.documents.reading import ROOT, Piece, documents
from trials.experiment_file import load_experiment

OURS: dict[str, click.Command] = {"nas": nas.cli.main, "scale": grid_search.cli.main}


class NotUnderstood(Exception):
    """A command that its program would refuse, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shell:
    """One command of a document; `whole` unless it is named in a sentence, where arguments may be left out."""

    place: str
    words: tuple[str, ...]
    whole: bool

    def __str__(self) -> str:
        return f"{self.place} {shlex.join(self.words)}"


def commands() -> list[Shell]:
    """Return every command of our documents, those of blocks and those within sentences."""
    found = [command for document in documents() for block in document.blocks("bash") for command in of_block(block)]
    for document in documents():
        named = [(piece, _words(piece.text)) for piece in document.inline() if " " in piece.text]
        found += [Shell(place=p.place, words=w, whole=False) for p, w in named if w and w[0] in PROGRAMS]
    return found


def of_block(block: Piece) -> Iterator[Shell]:
    for line in block.text.replace("\\\n", " ").splitlines():
        if words := _words(line):
            yield Shell(place=block.place, words=words, whole=True)


def _words(line: str) -> tuple[str, ...]:
    """Return the words of a command, without comments and the variables set for it; none where it is no command."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return ()
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    return tuple(words)


def check(command: Shell) -> None:
    """Raise NotUnderstood where the program that a command names would refuse its words."""
    if command.words[0] not in PROGRAMS:
        raise NotUnderstood(f"nobody here knows the program {command.words[0]}")
    PROGRAMS[command.words[0]](command)


def _check_ours(command: Shell) -> None:
    program, *words = command.words
    if context := parsed(OURS[program], words, command.whole):
        _check_experiment(context)


def parsed(program: click.Command, words: list[str], whole: bool) -> click.Context | None:
    """Return what click makes of the words without running anything; None where a sentence leaves arguments out."""
    try:
        return _parsed(program, words)
    except click.MissingParameter as error:
        if whole:
            raise NotUnderstood(error.format_message()) from error
        return None
    except click.ClickException as error:
        raise NotUnderstood(error.format_message()) from error


def _parsed(program: click.Command, words: list[str]) -> click.Context | None:
    context = click.Context(program, info_name=program.name)
    while isinstance(context.command, click.Group):
        if words == ["--help"]:
            return None
        name, command, words = context.command.resolve_command(context, words)
        assert command is not None
        context = click.Context(command, info_name=name, parent=context)
    context.command.parse_args(context, list(words))
    return context


def _check_experiment(context: click.Context) -> None:
    """Raise InvalidInput where a command's settings are none of the experiment it names; NAME is anybody's."""
    name, overrides = context.params.get("experiment"), context.params.get("overrides", ())
    if name is None or name.isupper():
        return
    experiment = load_experiment(name, context.params.get("file") or Path("experiments.yaml"), overrides)
    check_sections(name, experiment)


def check_sections(name: str, experiment: object) -> None:
    """Raise InvalidInput where the sections of the two stages are not valid."""
    for section, kind in (("nas", NasConfig), ("scale", ScaleConfig)):
        settings = getattr(experiment, section)
        if isinstance(settings, dict):
            validated(kind, settings, f"{name}.{section}")


def _check_make(command: Shell) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for word in command.words[1:]:
        if "=" not in word and word not in targets:
            raise NotUnderstood(f"the Makefile has no {word}")


def _check_python(command: Shell) -> None:
    flag, module, *rest = command.words[1:]
    if flag != "-m":
        raise NotUnderstood("python is named with -m")
    if module != "pytest":
        _check_benchmark(module, rest, command.whole)
    elif missing := [word for word in rest if not word.startswith("-") and not (ROOT / word).exists()]:
        raise NotUnderstood(f"there is no {missing[0]}")


def _check_benchmark(module: str, words: list[str], whole: bool) -> None:
    place = ROOT / Path(*module.split("."))
    sources = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    if not all(source.is_file() for source in sources):
        raise NotUnderstood(f"there is no {module}")
    program = getattr(importlib.import_module(f"{module}.__main__" if place.is_dir() else module), "main", None)
    if isinstance(program, click.Command):
        parsed(program, words, whole)
        return
    trees = [ast.parse(source.read_text()) for source in sources]
    known = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    if unknown := [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]:
        raise NotUnderstood(f"{module} has no {unknown[0]}")


def _check_pip(command: Shell) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for extra in re.findall(r"compound-nas\[(\w+)\]", " ".join(command.words)):
        if extra not in extras:
            raise NotUnderstood(f"there is no extra {extra}")


def _check_ray(command: Shell) -> None:
    from ray.scripts.scripts import cli

    parsed(cli, list(command.words[1:]), command.whole)


def _check_file(command: Shell) -> None:
    if not (ROOT / command.words[0]).is_file():
        raise NotUnderstood(f"there is no {command.words[0]}")


PROGRAMS: dict[str, Callable[[Shell], None]] = {
    "nas": _check_ours,
    "scale": _check_ours,
    "make": _check_make,
    "python": _check_python,
    ".venv/bin/python": _check_python,
    "pip": _check_pip,
    "ray": _check_ray,
    "tools/postgresql": _check_file,
    "tools/structure": _check_file,
}
