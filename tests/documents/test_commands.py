"""Commands in documents: the quick ones are run, all others are parsed by the program they name."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from search_spaces.errors import InvalidInput
from tests.documents.reading import Document, documents
from tests.documents.shell import OURS, NotUnderstood, Shell, check, commands, of_block

QUICK = {("nas", "cost"), *(("scale", name) for name in ("grid", "emit", "table", "import", "export"))}
COMMANDS = commands()


def _to_run() -> dict[str, list[Shell]]:
    """Return the quick commands of each document, without those that differ from an earlier one in --out alone."""
    found: dict[str, list[Shell]] = {}
    seen = set()
    for command in COMMANDS:
        if command.whole and command.words[:2] in QUICK:
            words = [word for before, word in pairwise(("", *command.words)) if before != "--out"]
            if tuple(words) not in seen:
                found.setdefault(command.place.partition(":")[0], []).append(command)
            seen.add(tuple(words))
    return found


RUN = _to_run()


@pytest.mark.parametrize("command", COMMANDS, ids=str)
@pytest.mark.usefixtures("beside_it")
def test_a_command_is_understood(command: Shell) -> None:
    check(command)


@pytest.mark.slow
@pytest.mark.usefixtures("counted_once")
@pytest.mark.parametrize("document", RUN)
def test_quick_commands_do_what_they_say(document: str, reader_folder: Path) -> None:
    for command in RUN[document]:
        program, *words = command.words
        result = CliRunner().invoke(OURS[program], words)
        assert result.exit_code == 0, f"{command}\n{result.output}"
        written = [path for option, path in pairwise(words) if option in ("--out", "--csv", "--plot")]
        assert all((reader_folder / path).exists() for path in written), command


def test_options_in_sentences_exist() -> None:
    known = {option for program in OURS.values() for option in _options(program)}
    unknown = [
        f"{piece.place} {piece.text}"
        for document in documents()
        for piece in document.inline()
        if re.match(r"--[a-z]", piece.text) and re.split("[ =]", piece.text)[0] not in known
    ]
    assert unknown == []


def _options(program: object) -> set[str]:
    own = {option for parameter in getattr(program, "params", ()) for option in parameter.opts}
    return own.union(*map(_options, getattr(program, "commands", {}).values()))


WRONG = [
    "nas run quickstart --sampler tpe",
    "nas search quickstart",
    "nas run nowhere",
    "nas run quickstart --set nas.sampler=bayes",
    "nas run quickstart --set scale.candidates=0",
    "scale grid --baseline efficientnet-b0 --constraint cheap",
    "scale emit --baseline efficientnet-b0",
    "make everything",
    "python -m benchmarks.nothing",
    "python -m benchmarks.tune_predictor --seconds 3",
    "python -m benchmarks.many_trials --seconds 3",
    "python -m pytest tests/nothing",
    "pip install 'compound-nas[everything]'",
    "ray start --tail",
    "curl https://example.org",
]


@pytest.mark.parametrize("line", WRONG)
@pytest.mark.usefixtures("beside_it")
def test_a_wrong_command_is_found(line: str) -> None:
    (block,) = Document(path="x.md", text=f"```bash\n{line}\n```\n").blocks("bash")
    (command,) = of_block(block)
    with pytest.raises((NotUnderstood, InvalidInput)):
        check(command)
