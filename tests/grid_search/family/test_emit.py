from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from grid_search.compound_scaling import PAPER_COEFFICIENTS, scale_by_phi
from grid_search.family.emit import emit_official, emit_scaled, file_name, official_family, provenance_of
from search_spaces import InvalidInput, load_architecture
from search_spaces import cost as counting
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.task import Task

B0 = reference("efficientnet-b0")
# parameters and multiply-adds at 1000 classes: the official code, torchvision, timm and pycls agree on them
OFFICIAL = {
    "efficientnet-b0": (5_288_548, 385_814_752),
    "efficientnet-b1": (7_794_184, 686_802_832),
    "efficientnet-b2": (9_109_994, 993_561_872),
    "efficientnet-b3": (12_233_232, 1_827_141_392),
    "efficientnet-b4": (19_341_616, 4_393_771_024),
    "efficientnet-b5": (30_389_784, 10_266_384_752),
    "efficientnet-b6": (43_040_704, 19_067_593_536),
    "efficientnet-b7": (66_347_960, 37_745_884_192),
    "efficientnet-b8": (87_413_142, 62_597_461_568),
    "efficientnet-l2": (480_309_308, 475_703_653_280),
}


def counted(path: Path) -> tuple[int, int]:
    """Count an emitted file from its stages alone."""
    content = yaml.safe_load(path.read_text())
    del content["cost"], content["provenance"]
    path.with_suffix(".stages.yaml").write_text(yaml.safe_dump(content))
    cost = estimate_cost(load_architecture(path.with_suffix(".stages.yaml")))
    return cost.params, cost.flops


def test_official_files_have_the_published_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # test_golden lets fvcore count up to B7; here it is enough to see on which side of the limit a network falls
    flops = [flops for _, flops in OFFICIAL.values()]
    assert sum(count <= counting.MOST_MEASURED_FLOPS for count in flops) == 8
    monkeypatch.setattr(counting, "MOST_MEASURED_FLOPS", 2e9)
    paths = emit_official(tmp_path)
    assert {path.stem: counted(path) for path in paths} == OFFICIAL
    counters = {path.stem: yaml.safe_load(path.read_text())["cost"]["counter"] for path in paths}
    closed_form = {name for name, counter in counters.items() if counter == "closed-form"}
    assert closed_form == set(OFFICIAL) - {f"efficientnet-b{index}" for index in range(4)}
    assert set(counters.values()) == {"closed-form", "fvcore"}


def test_the_official_family_follows_from_b0_and_its_multipliers() -> None:
    for member in official_family():
        rebuilt = member.multipliers.apply(B0)
        assert (rebuilt.stages, rebuilt.stem, rebuilt.head) == (
            member.architecture.stages,
            member.architecture.stem,
            member.architecture.head,
        )
        assert round(member.multipliers.resolution * 224) == member.architecture.resolution
        assert (member.cost().params, member.cost().flops) == OFFICIAL[member.architecture.name]


def test_another_baseline_has_no_official_family(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="baseline: got 'mobilenet-v2'"):
        emit_official(tmp_path / "out", baseline="mobilenet-v2")
    assert not (tmp_path / "out").exists()


def test_an_emitted_file_says_how_it_came_about(tmp_path: Path) -> None:
    made = scale_by_phi(B0, PAPER_COEFFICIENTS, 1.0)
    (path,) = emit_scaled([made], tmp_path)
    assert path.name == "efficientnet-b0-phi1.yaml"
    assert load_architecture(path) == made.architecture
    content = yaml.safe_load(path.read_text())
    assert content["cost"]["counter"] == "fvcore"
    assert content["cost"]["flops"] == 992_629_472
    assert content["provenance"] == {
        "method": "compound-scaling",
        "baseline": {"name": "efficientnet-b0", "flops": 385_814_752, "params": 5_288_548, "activations": 6_748_036},
        "coefficients": {"alpha": 1.2, "beta": 1.1, "gamma": 1.15},
        "phi": 1.0,
        "multipliers": {"depth": 1.2, "width": 1.1, "resolution": 1.15},
        "rounding": {"width_divisor": 8, "depth": "ceil", "resolution": "floor", "resolution_multiple": 1},
        "nominal_ratio": 1.92027,
        "measured_ratio": 2.572814,
    }


def test_the_number_of_classes_is_counted_and_recorded(tmp_path: Path) -> None:
    (path,) = emit_scaled(
        [scale_by_phi(replace(B0, resolution=64), PAPER_COEFFICIENTS, 0)], tmp_path, task=Task(num_classes=10)
    )
    cost = yaml.safe_load(path.read_text())["cost"]
    assert (cost["num_classes"], cost["params"]) == (10, 4_020_358)
    assert load_architecture(path).resolution == 64


def test_nothing_is_written_where_one_member_is_wrong(tmp_path: Path) -> None:
    good = scale_by_phi(B0, PAPER_COEFFICIENTS, 0)
    too_small = replace(good, architecture=replace(B0, name="small", resolution=16))
    for family in ([good, too_small], [good, good]):
        with pytest.raises(InvalidInput):
            emit_scaled(family, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("efficientnet-b0-0.5x", "efficientnet-b0-0.5x.yaml"),
        ("../../etc/passwd", "-..-etc-passwd.yaml"),
        ("..", "unnamed.yaml"),
        ("a b\nc", "a-b-c.yaml"),
    ],
)
def test_a_name_never_leaves_the_directory(name: str, expected: str) -> None:
    assert file_name(name) == expected


def test_what_does_not_apply_is_left_out() -> None:
    entries = provenance_of(official_family()[1])
    assert entries["method"].startswith("published multipliers (github.com/tensorflow/tpu")
    assert "coefficients" not in entries
    assert "phi" not in entries
    assert entries["measured_ratio"] == 1.780136
