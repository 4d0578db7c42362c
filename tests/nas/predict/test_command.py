from __future__ import annotations

import csv
import io
from pathlib import Path

from click.testing import CliRunner, Result

from nas.cli import main
from tests.nas.predict.test_prediction import pictures, trained


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["predict", *map(str, arguments)])


def test_an_image_is_a_line_and_a_folder_is_csv(tmp_path: Path) -> None:
    folder, files = trained(tmp_path / "net"), pictures(tmp_path / "p", 3)
    line = run(folder, files[0], "--top", 2)
    assert line.exit_code == 0
    assert line.output.startswith(f"{files[0]}: ")
    assert line.output.count("%") == 2
    table = run(folder, tmp_path / "p")
    rows = list(csv.DictReader(io.StringIO(table.output)))
    assert [row["file"] for row in rows] == [str(file) for file in files]
    assert {row["class"] for row in rows} <= {"cat", "dog", "owl"}
    assert run(folder, tmp_path / "p", "--out", tmp_path / "answers.csv").output == ""
    assert (tmp_path / "answers.csv").read_text() == table.output


def test_wrong_input_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    folder = trained(tmp_path / "net")
    (tmp_path / "broken.png").write_text("no image")
    for arguments, named in (
        ((folder, tmp_path / "none.png"), "none.png"),
        ((folder, tmp_path / "broken.png", "--out", tmp_path / "answers.csv"), "broken.png"),
        ((tmp_path / "nowhere", tmp_path / "broken.png"), "nowhere"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert named in result.output
        assert result.output.count("\n") == 1
    assert not (tmp_path / "answers.csv").exists()
