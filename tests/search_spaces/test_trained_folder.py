from __future__ import annotations

from pathlib import Path

import pytest

from search_spaces import InvalidInput
from search_spaces.trained_folder import ARCHITECTURE, WEIGHTS, architecture_and_weights


def test_a_folder_stands_for_its_two_files_and_other_names_for_themselves(tmp_path: Path) -> None:
    (tmp_path / ARCHITECTURE).touch()
    (tmp_path / WEIGHTS).touch()
    assert architecture_and_weights(str(tmp_path), None) == (str(tmp_path / ARCHITECTURE), tmp_path / WEIGHTS)
    mine = tmp_path / ARCHITECTURE
    assert architecture_and_weights(str(tmp_path), mine) == (str(tmp_path / ARCHITECTURE), mine)
    assert architecture_and_weights("efficientnet-b0", None) == ("efficientnet-b0", None)
    assert architecture_and_weights(str(mine), None) == (str(mine), None)


def test_an_unfinished_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / ARCHITECTURE).touch()
    with pytest.raises(InvalidInput, match="a finished `nas train`"):
        architecture_and_weights(str(tmp_path), None)
