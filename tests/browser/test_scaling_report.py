from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from grid_search.report.page import write_report
from grid_search.report.scaling import read_scaling
from tests.browser.accessibility import serious_findings
from tests.browser.browsing import VIEWS, Theme, opened, too_wide

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(read_scaling(Path(__file__).parents[2] / "results" / "published" / "quickstart"), path)
    return path


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_report_is_readable_on_every_screen(browser: Browser, quickstart: Path, width: int, theme: Theme) -> None:
    with opened(browser, quickstart, width, theme) as found:
        assert found.page.locator(".chart .main-svg").count() > 0
        assert too_wide(found.page) <= 0
        assert serious_findings(found.page) == []


def test_the_explorer_in_it_begins_with_what_was_found(browser: Browser, quickstart: Path) -> None:
    coefficients = read_scaling(Path(__file__).parents[2] / "results" / "published" / "quickstart").result.coefficients
    assert coefficients is not None
    with opened(browser, quickstart) as found:
        shown = found.page.locator('[data-part="alpha-value"]')
        assert float(shown.inner_text()) == coefficients.alpha
        before = found.page.locator('[data-part="told-flops"]').inner_text()
        found.page.locator('[data-part="gamma"]').fill("1.8")
        assert found.page.locator('[data-part="told-flops"]').inner_text() != before
        found.page.get_by_role("button", name="reset").click()
        assert found.page.locator('[data-part="told-flops"]').inner_text() == before
