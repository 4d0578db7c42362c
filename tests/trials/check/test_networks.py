from __future__ import annotations

from dataclasses import replace

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.check.findings import Findings
from trials.check.networks import check_networks, last_side
from trials.experiment import CostConfig, Experiment
from trials.proxy import Proxy

B0 = reference("efficientnet-b0")


def test_what_the_last_stage_sees() -> None:
    assert [last_side(replace(B0, resolution=side)) for side in (224, 64, 33, 32, 28)] == [7, 2, 2, 1, 1]


def test_deployed_network_and_proxy_are_told_apart() -> None:
    deployed = replace(B0, resolution=64)
    findings = Findings()
    check_networks("b0", deployed, Experiment(cost=CostConfig(num_classes=7), proxy=Proxy(width=0.25)), findings)
    first, second = findings.facts["networks"]
    assert f"{estimate_cost(deployed, 7).flops / 1e6:,.1f}M multiply-adds" in first
    assert "64 x 64 px, 7 classes" in first
    assert "64 x 64 px, 0.25 of the width" in second
    assert findings.warnings == []


def test_a_single_pixel_is_a_doubt() -> None:
    findings = Findings()
    check_networks("b0", replace(B0, resolution=28), Experiment(), findings)
    assert [warning.split(" sees")[0] for warning in findings.warnings] == [
        "the last stage of the proxy",
        "at 28 x 28 px the last stage of the deployed network",
    ]
