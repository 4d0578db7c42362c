from __future__ import annotations

import json
import re
from pathlib import Path

from tests.grid_search.commands import run

PUBLISHED = Path(__file__).parents[3] / "results" / "published"


def explored(path: Path) -> dict[str, object]:
    found = re.search(r'id="explored">(.*?)</script>', path.read_text())
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


def test_a_published_network_begins_with_the_papers_coefficients(tmp_path: Path) -> None:
    result = run("explore", "mobilenet-v2", "--out", tmp_path / "page.html", "--num-classes", "10")
    assert result.exit_code == 0, result.output
    data = explored(tmp_path / "page.html")
    assert data["coefficients"] == {"alpha": 1.2, "beta": 1.1, "gamma": 1.15}
    assert data["task"] == [10, 3]


def test_a_finished_search_begins_with_its_own(file: Path, tmp_path: Path) -> None:
    searched = run("search", "try", "--file", file, "--out", tmp_path, "--baseline", "efficientnet-b0")
    assert searched.exit_code == 0, searched.output
    result = run("explore", tmp_path / "try", "--out", tmp_path / "page.html")
    assert result.exit_code == 0, result.output
    coefficients = explored(tmp_path / "page.html")["coefficients"]
    written = (tmp_path / "try" / "scale" / "coefficients.yaml").read_text()
    assert all(f"{name}: {value}" in written for name, value in coefficients.items())  # type: ignore[attr-defined]


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    result = run("explore", "efficientnet-b99", "--out", tmp_path / "page.html")
    assert result.exit_code == 2
    assert not (tmp_path / "page.html").exists()
    assert run("explore", tmp_path, "--out", tmp_path / "page.html").exit_code == 2
