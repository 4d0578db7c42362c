from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.accessibility import serious_findings
from tests.browser.browsing import VIEWS, Theme, opened, too_wide
from tests.grid_search.commands import run
from tests.grid_search.maps.squares import write_squares

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maps")
    write_squares(folder)
    options = ("--file", folder / "experiments.yaml", "--experiment", "squares", "--set", "training.epochs=2")
    where = ("--images", folder / "look", "--boxes", folder / "boxes.csv", "--out", folder / "maps")
    data = ("--set", f"data.name=folder:{folder}/train")
    result = run("maps", folder / "tiny.yaml", *options, *data, *where)
    assert result.exit_code == 0, result.output
    return folder / "maps" / "maps.html"


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_maps_are_readable_on_every_screen(browser: Browser, page: Path, width: int, theme: Theme) -> None:
    with opened(browser, page, width, theme) as found:
        pictures = found.page.locator(".looks img")
        assert pictures.count() == 36
        assert pictures.first.evaluate("picture => picture.naturalWidth") == 160
        assert too_wide(found.page) <= 0
        assert serious_findings(found.page) == []
