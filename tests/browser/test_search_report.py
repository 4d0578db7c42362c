from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from playwright.sync_api import Browser

from nas.cli import main
from nas.report.reading import read_search
from search_spaces.cost import estimate_cost
from tests.browser.browsing import PUBLISHED, opened

pytestmark = pytest.mark.slow


def test_the_best_is_pinned_beside_b0_and_a_click_pins_another(browser: Browser, search_report: Path) -> None:
    search = read_search(PUBLISHED / "quickstart-shared")
    with opened(browser, search_report) as found:
        caption = found.page.locator("#network caption")
        assert caption.inner_text().startswith(f"trial {search.results['best']['number']},")
        assert "efficientnet-b0" in found.page.locator("#network-beside caption").inner_text()
        index = int(search.done["flops"].argmin())  # far from all others
        x, y = found.page.evaluate(CENTRE, index)
        found.page.mouse.move(x, y)
        number = int(search.done["number"].iloc[index])
        hover = found.page.locator("#chart-candidates .hoverlayer")
        hover.get_by_text(f"trial {number}").wait_for()
        assert "MBConv" in (hover.text_content() or "")
        found.page.mouse.click(x, y)
        assert caption.inner_text().startswith(f"trial {number},")


CENTRE = """index => {
  const place = document.getElementById("chart-candidates");
  place.scrollIntoView({ block: "center" });
  const candidates = place.querySelectorAll(".scatterlayer .trace")[0];
  const box = candidates.querySelectorAll(".point")[index].getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def test_every_candidate_costs_in_the_page_what_it_costs(browser: Browser, search_report: Path) -> None:
    search = read_search(PUBLISHED / "quickstart-shared")
    with opened(browser, search_report) as found:
        counted = found.page.evaluate(COSTS)
    rows = search.done.to_dict(orient="records")
    exact = [estimate_cost(search.network(row), *search.experiment.cost.task) for row in rows]
    assert counted == [[cost.flops, cost.params] for cost in exact]


COSTS = """() => {
  const data = JSON.parse(document.getElementById("networks").textContent);
  return data.networks.map(([resolution, stem, head, places]) => {
    const network = { resolution, stem: { ...data.skeleton.stem, width: stem }, head: { width: head },
      stages: places.map((place) => data.stages[place]) };
    const cost = Network.describe(network, ...data.task);
    return [cost.flops, cost.params];
  });
}"""


def test_hostile_names_and_messages_stay_text(browser: Browser, tmp_path: Path) -> None:
    name = "<img src=x onerror=document.body.dataset.hostile=1>"
    settings = {"objective": {"python": "tests.objectives:hostile"}, "nas": {"trials": 14, "sampler": "random"}}
    file = tmp_path / "experiments.yaml"
    file.write_text(yaml.safe_dump({name: settings | {"description": "</title><script>alert(1)</script>"}}))
    result = CliRunner().invoke(main, ["run", name, "--file", str(file), "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    with opened(browser, tmp_path / name / "nas" / "report.html") as found:
        assert found.page.locator("h1").inner_text() == name
        assert found.page.evaluate("document.body.dataset.hostile") is None
        assert found.page.locator("main img, main script").count() == 0
        assert "</script><script>document" in found.page.locator("main").inner_text()
