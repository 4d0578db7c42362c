from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from grid_search.family.config import FamilyConfig
from grid_search.family.emit import emit_scaled
from grid_search.family.members import make_family
from grid_search.family.table import family_table
from search_spaces import InvalidInput, save_architecture
from search_spaces.reference import reference

B0 = reference("efficientnet-b0")


@pytest.fixture
def family(tmp_path: Path) -> Path:
    emit_scaled(make_family(B0, FamilyConfig(phis=(-1, 1), targets=("200M",))), tmp_path)
    return tmp_path


def test_the_family_stands_among_the_published(family: Path) -> None:
    table = family_table(family)
    assert list(table["name"]) == [
        "efficientnet-b0-200M",
        "efficientnet-b0-phi-1",
        "efficientnet-b0",
        "efficientnet-b1",
        "efficientnet-b0-phi1",
        *(f"efficientnet-b{index}" for index in range(2, 8)),
    ]
    assert table["flops"].is_monotonic_increasing
    ours = table[table["source"] == "family"].set_index("name").loc["efficientnet-b0-phi1"]
    assert (ours["params"], ours["flops"], ours["ratio"]) == (9_109_994, 992_629_472, 2.572814)
    assert [ours[f"phi_{axis}"] for axis in ("depth", "width", "resolution")] == pytest.approx([1, 1, 1])


def test_published_networks_follow_no_common_phi(family: Path) -> None:
    b7 = family_table(family).set_index("name").loc["efficientnet-b7"]
    assert [round(b7[f"phi_{axis}"], 2) for axis in ("depth", "width", "resolution")] == [6.21, 7.27, 7.05]
    assert pd.isna(b7["phi"])
    assert b7["flops"] == 37_745_884_192


def test_a_file_of_other_origin_has_no_phi(tmp_path: Path) -> None:
    save_architecture(reference("mobilenet-v2"), tmp_path / "mine.yaml")
    mine = family_table(tmp_path).set_index("name").loc["mobilenet-v2"]
    assert mine["flops"] == 300_774_272
    assert pd.isna(mine["phi_depth"])


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="directory: got"):
        family_table(tmp_path)


def test_a_file_with_a_wrong_cost_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b0.yaml"
    save_architecture(B0, path)
    path.write_text(path.read_text().replace("flops: 385814752", "flops: 385814753"))
    with pytest.raises(InvalidInput, match=r"b0\.yaml\.cost\.flops: got 385814753, accepted: 385814752"):
        family_table(tmp_path)


@pytest.mark.parametrize(
    "provenance", ["{multipliers: {depth: deep}}", "{multipliers: 7}", "{multipliers: {depth: 0}}"]
)
def test_nonsense_provenance_is_one_line(tmp_path: Path, provenance: str) -> None:
    path = tmp_path / "b0.yaml"
    save_architecture(B0, path)
    path.write_text(path.read_text() + f"provenance: {provenance}\n")
    with pytest.raises(InvalidInput, match=r"b0\.yaml\.provenance\.multipliers"):
        family_table(tmp_path)


@pytest.mark.parametrize("key", ["phi", "measured_ratio"])
@pytest.mark.parametrize("said", ["small", "[1]", ".inf", ".nan", "true", "1" + "0" * 400])
def test_what_is_no_number_where_one_belongs_is_one_line(tmp_path: Path, key: str, said: str) -> None:
    path = tmp_path / "b0.yaml"
    save_architecture(B0, path)
    path.write_text(path.read_text() + f"provenance: {{{key}: {said}}}\n")
    with pytest.raises(InvalidInput, match=rf"b0\.yaml\.provenance\.{key}: .*accepted: a finite number"):
        family_table(tmp_path)
