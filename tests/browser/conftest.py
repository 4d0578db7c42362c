from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

import grid_search.report.page
import nas.report.page
from grid_search.report.scaling import read_scaling
from nas.report.reading import read_search
from tests.browser.browsing import PUBLISHED

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "tests of pages need a Chromium of the system: apt-get install chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, for the tests of one file: the driver's event loop is not to outlive them."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert found is not None, ADVICE
    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=found, args=["--no-sandbox"])


@pytest.fixture(scope="session")
def search_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of the published search of quickstart."""
    path = tmp_path_factory.mktemp("search") / "report.html"
    nas.report.page.write_report(read_search(PUBLISHED / "quickstart-shared"), path)
    return path


@pytest.fixture(scope="session")
def scaling_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of the published scaling search of quickstart."""
    path = tmp_path_factory.mktemp("scaling") / "report.html"
    grid_search.report.page.write_report(read_scaling(PUBLISHED / "quickstart"), path)
    return path
