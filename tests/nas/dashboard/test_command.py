from __future__ import annotations

from pathlib import Path

import pytest

from nas.dashboard import serving
from tests.nas.commands import run


def test_a_folder_without_a_search_is_refused(tmp_path: Path) -> None:
    result = run("dashboard", tmp_path)
    assert result.exit_code == 2
    assert "nas run" in result.output


def test_it_says_where_it_is_until_it_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving.ThreadingServer, "serve_forever", lambda _server: None)
    result = run("dashboard", folder / "results" / "try", "--port", "0")
    assert result.exit_code == 0, result.output
    assert "/dashboard/" in result.output
