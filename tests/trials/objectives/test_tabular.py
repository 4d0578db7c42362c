import gzip
import io
import json
import random
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from search_spaces.space_file import load_space
from trials.objectives import benchmark_archive
from trials.objectives.surrogate import label_noise, split_halves
from trials.objectives.tabular import BenchmarkTable, benchmark_objective, load_surrogate, load_table

SPACE = load_space("efficientnet")
# result_9.json as published: its params are a plain parameter count
PUBLISHED = {
    "architecture": {
        **{f"block{i}_e": e for i, e in enumerate([6, 1, 4, 6, 4, 1, 1])},
        **{f"block{i}_k": k for i, k in enumerate([3, 3, 5, 3, 5, 5, 3])},
        **{f"block{i}_l": depth for i, depth in enumerate([2, 1, 2, 2, 3, 3, 2])},
        **{f"block{i}_se": False for i in range(7)},
    },
    "metrics": {"val_top1": 57.048, "val_top5": 80.928, "train_time": 2188.6127145290375},
    "model_info": {"macs": 384.380528, "params": 2.431208},
    "platform_perf": {
        "latency_zcu102": {"latency_mean": None, "latency_std": None},
        "throughput_a100": {"throughput_mean": 7098.657087676969, "throughput_std": 3.2307011156085537},
    },
}


def published_row(seed: int) -> dict[str, Any]:
    """Make a row in the published form whose accuracy grows with the depth of its stages."""
    parameters = SPACE.encode(SPACE.sample(random.Random(seed)))
    short = {"expansion_ratio": "e", "kernel_size": "k", "depth": "l", "se_ratio": "se"}
    names = {name: name.split(".") for name in parameters}
    architecture = {f"block{part[1]}_{short[part[2]]}": parameters[name] for name, part in names.items()}
    architecture |= {name: bool(value) for name, value in architecture.items() if name.endswith("se")}
    depth = sum(float(value or 0) for name, value in parameters.items() if name.endswith("depth"))
    return {**PUBLISHED, "architecture": architecture, "metrics": {"val_top1": 40 + depth, "train_time": 1.0}}


def write_archive(path: Path, rows: Mapping[str, Any]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, row in rows.items():
            content = row if isinstance(row, bytes) else json.dumps(row).encode()
            member = tarfile.TarInfo(f"./anb_dataset_jsons/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = {f"result_{seed}.json": published_row(seed) for seed in range(200)}
    return write_archive(tmp_path_factory.mktemp("anb") / "rows.tar.gz", rows)


@pytest.fixture(scope="module")
def table(data: Path) -> BenchmarkTable:
    return load_table(data)


def test_a_published_row_gives_its_figures_and_the_published_parameter_count(tmp_path: Path) -> None:
    table = load_table(write_archive(tmp_path / "one.tar.gz", {"result_9.json": PUBLISHED}))
    (architecture,) = table.architectures
    assert estimate_cost(architecture).params == 2_431_208
    assert table.lookup(architecture) == {
        "val_accuracy": pytest.approx(0.57048),
        "train_seconds": pytest.approx(2188.6127145290375),
        "throughput_a100": pytest.approx(7098.657087676969),
    }


def test_a_folder_and_an_archive_say_the_same(tmp_path: Path, table: BenchmarkTable) -> None:
    for seed in range(200):
        (tmp_path / f"result_{seed}.json").write_text(json.dumps(published_row(seed)))
    folder = load_table(tmp_path)
    assert [a.key for a in folder.architectures] == [a.key for a in table.architectures]
    np.testing.assert_array_equal(folder.figures["val_accuracy"], table.figures["val_accuracy"])


def test_a_network_that_stands_twice_is_averaged(tmp_path: Path) -> None:
    again = {**PUBLISHED, "metrics": {"val_top1": 58.048, "train_time": 1.0}}
    table = load_table(write_archive(tmp_path / "two.tar.gz", {"a.json": PUBLISHED, "b.json": again}))
    assert (table.rows, len(table)) == (2, 1)
    assert table.lookup(table.architectures[0])["val_accuracy"] == pytest.approx(0.57548)


def test_table_mode_answers_for_measured_networks_only(data: Path, table: BenchmarkTable) -> None:
    objective = benchmark_objective(data, mode="table")
    measured = table.architectures[3]
    assert objective(measured, 7)["val_accuracy"] == table.figures["val_accuracy"][3]
    with pytest.raises(InvalidInput, match="one of the 200 measured networks"):
        objective(reference("efficientnet-b0"), 0)


def test_the_activation_makes_no_difference(table: BenchmarkTable) -> None:
    from dataclasses import replace

    relu = replace(table.architectures[0], activation="relu", dropout=0.0)
    assert table.lookup(relu) == table.lookup(table.architectures[0])


def test_the_halves_share_nothing_and_leave_nothing_out() -> None:
    search, score = split_halves(201, seed=5)
    assert sorted([*search, *score]) == list(range(201))
    assert not np.array_equal(split_halves(201, seed=6)[0], search)


@pytest.mark.slow
def test_the_surrogate_predicts_the_half_it_never_saw(data: Path, table: BenchmarkTable) -> None:
    unseen = split_halves(len(table), 0)[1]
    predicted = load_surrogate(data).predict([table.architectures[i] for i in unseen])["val_accuracy"]
    truth = table.figures["val_accuracy"][unseen]
    assert 1 - np.mean((predicted - truth) ** 2) / truth.var() > 0.5


@pytest.mark.slow
def test_the_search_half_is_noisy_and_asking_twice_changes_nothing(data: Path) -> None:
    b0 = reference("efficientnet-b0")
    plain = benchmark_objective(data, noise=0.0)(b0, 0)["val_accuracy"]
    noisy = benchmark_objective(data, run_seed=1)
    assert noisy(b0, 0) == noisy(b0, 99)
    assert noisy(b0, 0)["val_accuracy"] - plain == pytest.approx(label_noise(1, b0, 0.0026))
    assert benchmark_objective(data, run_seed=2)(b0, 0) != noisy(b0, 0)
    assert benchmark_objective(data, half="score", run_seed=1)(b0, 0) == benchmark_objective(data, half="score")(b0, 1)


def test_label_noise_has_the_spread_it_says() -> None:
    rng = random.Random(0)
    draws = [label_noise(0, SPACE.sample(rng), 0.0026) for _ in range(2000)]
    assert np.mean(draws) == pytest.approx(0, abs=4 * 0.0026 / 2000**0.5)
    assert np.std(draws) == pytest.approx(0.0026, rel=0.1)


@pytest.mark.slow
def test_device_figures_can_be_asked_for(data: Path) -> None:
    objective = benchmark_objective(data, figures=("throughput_a100",))
    assert objective(reference("efficientnet-b0"), 0)["throughput_a100"] == pytest.approx(7098.657, rel=1e-3)
    with pytest.raises(InvalidInput, match=r"objective\.figures: got 'throughput_h100'.*throughput_a100"):
        benchmark_objective(data, figures=("throughput_h100",))


def test_a_network_of_another_space_is_refused(data: Path) -> None:
    with pytest.raises(InvalidInput, match="a point of efficientnet"):
        benchmark_objective(data)(reference("mobilenet-v2"), 0)


@pytest.mark.parametrize("path", ["missing", "missing.tar.gz", "nul\0byte", "x" * 300])
def test_missing_data_says_where_to_get_them(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidInput, match=r"^objective\.path: .*github\.com/afzalxo/Accel-NASBench"):
        load_table(f"{tmp_path}/{path}")


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", gzip.compress(b"not a tar", mtime=0), gzip.compress(b"x" * 2000, mtime=0)],
    ids=["empty", "plain", "no-tar", "no-header"],
)
def test_a_damaged_archive_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows.tar.gz").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"^objective\.path: "):
        load_table(tmp_path / "rows.tar.gz")


def test_a_truncated_archive_is_told_in_one_line(tmp_path: Path, data: Path) -> None:
    (tmp_path / "rows.tar.gz").write_bytes(data.read_bytes()[:-500])
    with pytest.raises(InvalidInput, match=r"^objective\.path: "):
        load_table(tmp_path / "rows.tar.gz")


BAD_ROWS: list[object] = [
    b"{",
    b"[" * 10_000,
    [],
    {},
    {**PUBLISHED, "architecture": {}},
    {**PUBLISHED, "architecture": {**PUBLISHED["architecture"], "block0_e": 5}},
    {**PUBLISHED, "architecture": {**PUBLISHED["architecture"], "other": 5}},
    {**PUBLISHED, "architecture": {**PUBLISHED["architecture"], "block0_e": {"one_of": [4]}}},
    {**PUBLISHED, "metrics": {"val_top1": float("nan"), "train_time": 1.0}},
    {**PUBLISHED, "metrics": {"val_top1": "57", "train_time": 1.0}},
    {**PUBLISHED, "platform_perf": {"throughput_a100": 3}},
    {**PUBLISHED, "padding": "x" * 70_000},
]


@pytest.mark.parametrize("row", BAD_ROWS, ids=range(len(BAD_ROWS)))
def test_a_bad_row_is_named(tmp_path: Path, row: object) -> None:
    path = write_archive(tmp_path / "rows.tar.gz", {"result_1.json": PUBLISHED, "result_2.json": row})
    with pytest.raises(InvalidInput, match=r"^objective\.path: .*result_2\.json"):
        load_table(path)


def test_an_archive_larger_than_allowed_is_not_read_to_its_end(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark_archive, "LARGEST_ARCHIVE_BYTES", 20_000)
    copy = tmp_path / "copy.tar.gz"
    copy.write_bytes(data.read_bytes())
    with pytest.raises(InvalidInput, match="at most 20000 bytes unpacked"):
        load_table(copy)


def test_too_many_rows_are_refused(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark_archive, "MOST_ROWS", 10)
    copy = tmp_path / "copy.tar.gz"
    copy.write_bytes(data.read_bytes())
    with pytest.raises(InvalidInput, match="accepted: at most 10"):
        load_table(copy)
