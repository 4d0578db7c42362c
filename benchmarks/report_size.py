"""How large is the report of a search of 8,000 trials, how long does it take to write, how soon is it seen?

Run `python -m benchmarks.report_size`; a browser (`chromium`) tells the last figure. The search is `nas run`'s own, by
`evolution`, on an objective that does nothing.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table


@click.command()
@click.option("--trials", default=8_000, show_default=True)
def main(trials: int) -> None:
    """Print seconds to read the study and to write the page, its size, and the browser's first paint."""
    from nas.report.page import write_report
    from nas.report.reading import read_search

    with tempfile.TemporaryDirectory() as folder:
        search_without_training(trials, Path(folder))
        start = time.perf_counter()
        search = read_search(Path(folder) / "many")
        read = time.perf_counter()
        path = Path(folder) / "report.html"
        write_report(search, path)
        written = time.perf_counter()
        painted, drawn = open_in_browser(path)
        table = Table("trials", "read, s", "written, s", "MB", "first paint, s", "charts drawn, s")
        seconds = (f"{read - start:.1f}", f"{written - read:.1f}")
        size = f"{path.stat().st_size / 1e6:.1f}"
        table.add_row(f"{len(search.candidates):,}", *seconds, size, f"{painted:.2f}", f"{drawn:.2f}")
        Console(width=120).print(table)


def search_without_training(trials: int, out: Path) -> None:
    """Search so many networks with an objective that grows with parameters."""
    from nas.config import NasConfig, NasExperiment
    from nas.search.run import run_search
    from trials.experiment import ObjectiveConfig

    experiment = NasExperiment(
        name="many",
        objective=ObjectiveConfig(python="benchmarks.many_trials:trivial"),
        nas=NasConfig(sampler="evolution", trials=trials),
    )
    run_search(experiment, out, console=Console(file=io.StringIO()), command="benchmark")


def open_in_browser(path: Path) -> tuple[float, float]:
    """Return the seconds to the first contentful paint of a page, and until its charts are drawn."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-drawn=true]", state="attached")
        drawn = page.evaluate("performance.now()")
        paint = "performance.getEntriesByType('paint').find(entry => entry.name === 'first-contentful-paint')"
        painted = page.evaluate(f"{paint}.startTime")
        browser.close()
    return painted / 1000, drawn / 1000


if __name__ == "__main__":
    main()
