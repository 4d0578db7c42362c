from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from search_spaces.errors import InvalidInput
from trials.console.completion import PLACES, completion, completion_script


def run(home: Path, *words: str, shell: str = "/bin/bash") -> Result:
    return CliRunner().invoke(completion, list(words), env={"HOME": str(home), "SHELL": shell})


@pytest.mark.parametrize("shell", PLACES)
def test_one_command_installs_both_programs(tmp_path: Path, shell: str) -> None:
    result = run(tmp_path, shell=f"/usr/bin/{shell}")
    assert result.exit_code == 0, result.output
    for program in ("nas", "scale"):
        path = tmp_path / PLACES[shell].format(program=program)
        assert f"_{program.upper()}_COMPLETE={shell}_complete" in path.read_text()
        assert str(path) in result.output


def test_scripts_can_be_printed_without_anything_written(tmp_path: Path) -> None:
    result = run(tmp_path, "zsh", "--print")
    assert "#compdef nas" in result.output
    assert "#compdef scale" in result.output
    assert not list(tmp_path.iterdir())


def test_a_shell_that_is_not_known_is_refused(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path, shell="/bin/tcsh").exception, InvalidInput)
    assert run(tmp_path, "tcsh").exit_code == 2
    assert not list(tmp_path.iterdir())


def test_bash_completes_by_the_script(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    program = f"""exec {sys.executable} -c "from nas.cli import main; main(prog_name='nas')" "$@"\n"""
    (tmp_path / "nas").write_text(f"#!/bin/sh\n{program}")
    (tmp_path / "nas").chmod(0o755)
    lines = [completion_script("bash", "nas"), "COMP_WORDS=(nas sta)", "COMP_CWORD=1", "_nas_completion nas"]
    lines.append('echo "${COMPREPLY[@]}"')
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(root)}
    done = subprocess.run([bash, "-c", "\n".join(lines)], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["status"]
