"""Pages opened in headless Chromium, with what went wrong there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

PUBLISHED = Path(__file__).parents[2] / "results" / "published"
LOCAL = ("file:", "data:", "blob:")
Theme = Literal["light", "dark"]
VIEWS: list[tuple[int, Theme]] = [(390, "light"), (390, "dark"), (1400, "light"), (1400, "dark")]


@dataclass(kw_only=True)
class Opened:
    """A page, what its console said that was an error, and the requests it made to another place."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1400, theme: Theme = "light") -> Iterator[Opened]:
    """Open a page of ours and wait until it is drawn; whatever went wrong fails the test at the end."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    found = Opened(page=context.new_page())
    found.page.on("console", lambda line: found.errors.append(line.text) if line.type == "error" else None)
    found.page.on("pageerror", lambda error: found.errors.append(str(error)))
    found.page.on("request", lambda asked: found.requests.append(asked.url))
    found.page.goto(path.as_uri())
    found.page.wait_for_selector("body[data-drawn=true]", state="attached")
    yield found
    context.close()
    assert not found.errors
    assert [url for url in found.requests if not url.startswith(LOCAL)] == []


def too_wide(page: Page) -> int:
    """Return by how many pixels a page is wider than its window: a reader would have to scroll sideways."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return pixels
