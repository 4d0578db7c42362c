from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.accessibility import serious_findings
from tests.browser.browsing import VIEWS, Theme, opened, too_wide


@pytest.mark.slow
@pytest.mark.parametrize("report", ["search_report", "scaling_report"])
@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_a_report_is_readable_on_every_screen(
    request: pytest.FixtureRequest, browser: Browser, report: str, width: int, theme: Theme
) -> None:
    with opened(browser, request.getfixturevalue(report), width, theme) as found:
        assert found.page.locator(".chart .main-svg").count() > 0
        assert too_wide(found.page) <= 0
        assert serious_findings(found.page) == []
