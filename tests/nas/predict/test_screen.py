from __future__ import annotations

from pathlib import Path

import pytest

from nas.predict.prediction import Prediction
from nas.predict.screen import print_predictions, rows

FOUND = [Prediction(file=Path("a, b.png"), classes=(("cat", 0.75), ("dog", 0.25)))]


def test_a_row_holds_the_likeliest_class() -> None:
    assert list(rows(FOUND)) == [("file", "class", "confidence"), ("a, b.png", "cat", "0.7500")]


def test_lines_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    print_predictions(FOUND, as_csv=False)
    assert capsys.readouterr().out == "a, b.png: cat 75.0%  dog 25.0%\n"
    print_predictions(FOUND, as_csv=True)
    assert capsys.readouterr().out == 'file,class,confidence\n"a, b.png",cat,0.7500\n'
