from __future__ import annotations

from pathlib import Path

import pytest

from nas.qa.truth.networks import BENCHMARK, known_networks
from search_spaces import InvalidInput, save_architecture
from search_spaces.reference import reference

NAMES = [f"efficientnet-b{number}" for number in range(8)]


def table(folder: Path, *lines: str, header: str = "network,accuracy") -> Path:
    (folder / "known.csv").write_text("\n".join([header, *lines]) + "\n")
    return folder / "known.csv"


def test_rows_of_the_benchmark_are_drawn_by_the_seed_and_more_begin_with_the_same(archive_of_sixty: Path) -> None:
    few, more, other = (
        known_networks(BENCHMARK, archive_of_sixty, count=count, seed=seed) for count, seed in ((8, 0), (20, 0), (8, 1))
    )
    assert [network.name for network in few] == [network.name for network in more[:8]]
    assert [network.name for network in few] != [network.name for network in other]
    assert all(0.3 < network.accuracy < 1 for network in more)


def test_a_table_names_files_beside_it_and_published_networks(tmp_path: Path) -> None:
    save_architecture(reference("mobilenet-v2"), tmp_path / "mine.yaml")
    path = table(tmp_path, *(f"{name},{number + 70}" for number, name in enumerate(NAMES)), "mine.yaml,72.5")
    found = {network.name: network for network in known_networks(str(path), None, count=99, seed=0)}
    assert found["mine"].accuracy == 0.725
    assert found["mine"].architecture.key == reference("mobilenet-v2").key
    assert found["efficientnet-b7"].accuracy == 0.77


@pytest.mark.parametrize(
    ("lines", "header", "told"),
    [
        (["efficientnet-b0,0.5"], "network,accuracy", "1 networks.*accepted: at least 8"),
        (["efficientnet-b0,0.5"], "net,accuracy", "columns net, accuracy"),
        (["efficientnet-b0,much"], "network,accuracy", "line 2, accuracy: got 'much'"),
        (["efficientnet-b0,101"], "network,accuracy", "line 2, accuracy: got '101'"),
        (["efficientnet-b0,nan"], "network,accuracy", "line 2, accuracy: got 'nan'"),
        (["efficientnet-b0"], "network,accuracy", "line 2, accuracy"),
        (["nowhere.yaml,0.5"], "network,accuracy", "line 2.*nowhere"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(tmp_path: Path, lines: list[str], header: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as caught:
        known_networks(str(table(tmp_path, *lines, header=header)), None, count=9, seed=0)
    assert "\n" not in str(caught.value)


def test_where_there_is_no_truth(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--path: got nothing"):
        known_networks(BENCHMARK, None, count=9, seed=0)
    with pytest.raises(InvalidInput, match=r"--truth: got 'nothing\.csv'"):
        known_networks("nothing.csv", None, count=9, seed=0)
    with pytest.raises(InvalidInput, match="--path"):
        known_networks(str(table(tmp_path)), tmp_path, count=9, seed=0)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="UTF-8"):
        known_networks(str(tmp_path / "binary.csv"), None, count=9, seed=0)
