"""What axe-core finds wrong with a page for people who do not see it, or use no mouse."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")


def serious_findings(page: Page) -> list[str]:
    """Return the rules that a page breaks seriously, with the first element that does."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']} ({each['nodes'][0]['html'][:120]})"
        for each in violations
        if each["impact"] in SERIOUS
    ]
