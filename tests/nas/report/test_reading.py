from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from nas.report.reading import read_search
from search_spaces.architecture_file import parse_architecture
from search_spaces.errors import InvalidInput
from search_spaces.files import read_yaml


def test_a_finished_search_is_read_as_it_was_written(folder: Path) -> None:
    search = read_search(folder / "results" / "try")
    written = pd.read_csv(search.folder / "trials.csv")
    assert search.candidates["value"].tolist() == written["value"].tolist()
    assert search.best is not None
    best = read_yaml(search.folder / "best.yaml")
    assert search.best["number"] == best["provenance"]["trial"]
    assert search.network(search.best).key == parse_architecture(best).key
    assert search.judged_references["name"].tolist() == ["efficientnet-b0"]
    assert set(search.work["part"]) == {"candidates", "references"}
    assert (search.state, search.measure) == ("finished", "val_accuracy")


def test_tables_alone_tell_the_same_networks(folder: Path, tmp_path: Path) -> None:
    whole = read_search(folder / "results" / "try")
    shutil.copytree(whole.folder, tmp_path / "nas", ignore=shutil.ignore_patterns("study.journal", ".*"))
    search = read_search(tmp_path)
    assert search.work.empty
    rows = zip(whole.done.to_dict(orient="records"), search.done.to_dict(orient="records"), strict=True)
    assert all(whole.network(one).key == search.network(other).key for one, other in rows)


@pytest.mark.parametrize("name", ["quickstart", "quickstart-shared", "rediscover-b0-cifar10"])
def test_published_searches_are_read(name: str) -> None:
    search = read_search(Path(__file__).parents[3] / "results" / "published" / name)
    assert search.best is not None
    assert search.network(search.best).key == search.best["key"]


def test_a_search_that_still_goes_has_a_best_so_far(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "results" / "try" / "nas", tmp_path, dirs_exist_ok=True)
    record = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(record | {"state": "running", "results": {}}))
    search = read_search(tmp_path)
    assert search.state == "running"
    assert search.best is not None
    assert search.best["value"] == search.done["value"].max()


def test_a_record_without_its_password_asks_for_the_url(folder: Path, tmp_path: Path) -> None:
    record = json.loads((folder / "results" / "try" / "nas" / "run.json").read_text())
    record["settings"]["nas"]["storage"] = "postgresql://nas:***@host/studies"
    (tmp_path / "run.json").write_text(json.dumps(record))
    with pytest.raises(InvalidInput, match="--storage"):
        read_search(tmp_path)


def test_a_table_of_another_space_is_refused(folder: Path, tmp_path: Path) -> None:
    source = folder / "results" / "try" / "nas"
    for name in ("run.json", "references.csv"):
        shutil.copy(source / name, tmp_path)
    table = pd.read_csv(source / "trials.csv")
    table["stages.0.kernel_size"] = 99
    table.to_csv(tmp_path / "trials.csv", index=False)
    with pytest.raises(InvalidInput, match=r"stages\.0\.kernel_size"):
        read_search(tmp_path)
