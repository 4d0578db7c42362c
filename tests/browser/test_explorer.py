from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from grid_search.compound_scaling import Coefficients, Scaled, total_stride
from grid_search.explore.page import write_explorer
from grid_search.explore.payload import explored
from grid_search.family.config import FamilyConfig
from grid_search.family.emit import provenance_of
from grid_search.family.members import make_family
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping
from search_spaces.reference import reference
from search_spaces.scaling import Rounding
from search_spaces.task import Task
from tests.browser.accessibility import serious_findings
from tests.browser.browsing import VIEWS, Theme, opened, too_wide

pytestmark = pytest.mark.slow
TASK = Task(num_classes=100)
MOVE = """positions => positions.map((position) => {
  for (const [name, value] of Object.entries(position)) {
    const input = document.querySelector(`[data-part="${name}"]`);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const { network, cost, nominal, measured } = explorer.shown();
  const tile = (name) => document.querySelector(`[data-part="told-${name}"]`).textContent;
  return { network, flops: cost.flops, params: cost.params, nominal, measured,
    tiles: ["blocks", "widest", "pixels", "nominal", "measured"].map(tile) };
})"""


def page_of(baseline: Architecture, folder: Path) -> Path:
    write_explorer(explored(baseline, task=TASK), folder / "explorer.html")
    return folder / "explorer.html"


def emitted(baseline: Architecture, position: dict[str, Any]) -> Scaled:
    """Return what `scale emit` makes of the values of the sliders."""
    coefficients = Coefficients(**{name: position[name] for name in ("alpha", "beta", "gamma")})
    rounding = Rounding(
        **{name: position[name] for name in ("depth", "resolution", "resolution_multiple", "width_divisor")}
    )
    config = FamilyConfig(coefficients=coefficients, phis=(position["phi"],), rounding=rounding)
    return make_family(baseline, config, TASK)[0]


def positions(baseline: Architecture, count: int) -> list[dict[str, Any]]:
    """Return places of the sliders at which a network can be trained."""
    draw, found = random.Random(baseline.name), []
    while len(found) < count:
        position = {
            "phi": draw.choice([0, 1, round(-2 + 0.05 * draw.randrange(161), 2)]),
            **{name: round(1 + 0.01 * draw.randrange(0, 41), 2) for name in ("alpha", "beta", "gamma")},
            "depth": draw.choice(["ceil", "nearest"]),
            "resolution": draw.choice(["floor", "nearest"]),
            "resolution_multiple": draw.choice([1, 1, 4, 32]),
            "width_divisor": draw.choice([8, 8, 4, 1]),
        }
        if baseline.input_size[0] * position["gamma"] ** position["phi"] > 2 * total_stride(baseline):
            found.append(position)
    return found


@pytest.mark.parametrize(("name", "count"), [("efficientnet-b0", 140), ("resnet-50", 40), ("resnet-18", 20)])
def test_two_hundred_positions_show_what_scale_emit_makes(
    browser: Browser, tmp_path: Path, name: str, count: int
) -> None:
    baseline = reference(name)
    moved = positions(baseline, count)
    with opened(browser, page_of(baseline, tmp_path)) as found:
        shown = found.page.evaluate(MOVE, moved)
    for position, page in zip(moved, shown, strict=True):
        scaled = emitted(baseline, position)
        network, cost, record = scaled.architecture, scaled.cost(TASK), provenance_of(scaled, TASK)
        written = architecture_mapping(network)
        assert page["network"]["stages"] == written["stages"], position
        assert page["network"]["stem"]["width"] == network.stem.width, position
        assert page["network"]["head"] == written["head"], position
        assert tuple(page["network"]["resolution"]) == network.input_size, position
        assert (page["flops"], page["params"]) == (cost.flops, cost.params), position
        assert page["nominal"] == pytest.approx(record["nominal_ratio"], rel=1e-5), position
        assert page["measured"] == pytest.approx(record["measured_ratio"], rel=1e-5), position
        height, width = network.input_size
        assert page["tiles"] == [
            str(network.block_count),
            str(max(stage.width for stage in network.stages)),
            f"{height} × {width}",
            f"{scaled.nominal_ratio:.2f}×",
            f"{scaled.measured_ratio(TASK):.2f}×",
        ], position


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_explorer_is_readable_on_every_screen(browser: Browser, tmp_path: Path, width: int, theme: Theme) -> None:
    with opened(browser, page_of(reference("efficientnet-b0"), tmp_path), width, theme) as found:
        found.page.get_by_role("button", name="B7").click()
        assert too_wide(found.page) <= 0
        assert serious_findings(found.page) == []


def test_a_slider_moves_the_network_and_a_click_opens_its_blocks(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, page_of(reference("efficientnet-b0"), tmp_path)) as found:
        page, blocks = found.page, found.page.locator('[data-part="left"] tr.block')
        page.locator('[data-part="phi"]').focus()
        page.keyboard.press("ArrowRight")
        assert page.locator('[data-part="phi-value"]').inner_text() == "1.05"
        assert blocks.count() == 0
        page.get_by_role("button", name="stage 6").click()
        assert blocks.count() == page.evaluate("explorer.shown().network.stages[5].depth")
        page.get_by_role("button", name="B3").click()
        beside = page.locator('[data-part="right"]')
        assert beside.locator("caption").inner_text() == "efficientnet-b3, 300 × 300 px"
        page.get_by_role("button", name="B3").click()
        assert not beside.is_visible()


def test_an_input_smaller_than_the_stride_is_told(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, page_of(reference("efficientnet-b0"), tmp_path)) as found:
        warning = found.page.locator('[data-part="warning"]')
        assert not warning.is_visible()
        found.page.evaluate(MOVE, [{"phi": -4, "gamma": 2}])
        assert warning.is_visible()
