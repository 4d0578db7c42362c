from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from grid_search.report.scaling import read_scaling
from tests.browser.browsing import PUBLISHED, opened

pytestmark = pytest.mark.slow


def test_the_explorer_in_it_begins_with_what_was_found(browser: Browser, scaling_report: Path) -> None:
    coefficients = read_scaling(PUBLISHED / "quickstart").result.coefficients
    assert coefficients is not None
    with opened(browser, scaling_report) as found:
        shown = found.page.locator('[data-part="alpha-value"]')
        assert float(shown.inner_text()) == coefficients.alpha
        before = found.page.locator('[data-part="told-flops"]').inner_text()
        found.page.locator('[data-part="gamma"]').fill("1.8")
        assert found.page.locator('[data-part="told-flops"]').inner_text() != before
        found.page.get_by_role("button", name="reset").click()
        assert found.page.locator('[data-part="told-flops"]').inner_text() == before
