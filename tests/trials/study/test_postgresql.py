"""Studies on a PostgreSQL server that these tests start: shared, torn apart, away for a while."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import optuna
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from optuna.trial import TrialState

from nas.cli import main
from search_spaces import InvalidInput
from tests.trials.study.test_ledger import open_ledger, score, take
from trials.study.ledger import Ledger
from trials.study.storage import open_storage

pytest.importorskip("psycopg")

TOOL = Path(__file__).parents[3] / "tools" / "postgresql"
INSTALLED = any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb") is not None

EXPERIMENT = {
    "seed": 1,
    "objective": {"python": "tests.objectives:slow"},
    "nas": {"trials": 14, "sampler": "evolution", "references": ["efficientnet-b0", "mnasnet-a1"]},
}
OTHER_PROCESS = """
import sys, time
from tests.trials.study.test_postgresql import join
print(join(sys.argv[1]).ask().number, flush=True)
time.sleep(60)
"""

pytestmark = pytest.mark.skipif(not INSTALLED, reason="no PostgreSQL server here: apt-get install postgresql")


def tool(command: str, folder: Path, *options: str) -> str:
    done = subprocess.run([str(TOOL), command, str(folder), *options], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="compound-nas-postgresql-"))  # the server's user cannot enter tmp_path
    try:
        tool("start", folder)
        yield folder
    finally:
        tool("remove", folder)


@pytest.fixture
def url(server: Path, request: pytest.FixtureRequest) -> str:
    """Return the URL of a database of the test's own."""
    import psycopg

    name = str(request.node.name).partition("[")[0]
    general = tool("url", server)
    with psycopg.connect(general, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return general.removesuffix("postgres") + name


def join(url: str, budget: int = 6) -> Ledger:
    return open_ledger(Path("unused"), budget=budget, url=url)


@pytest.mark.slow
def test_two_runs_that_start_at_the_same_moment_share_one_search(url: str, tmp_path: Path) -> None:
    file = tmp_path / "experiments.yaml"
    file.write_text(yaml.safe_dump({"try": EXPERIMENT}))
    arguments = ["run", "try", "--file", str(file), "--storage", url, "--out"]
    nas = [sys.executable, "-c", "from nas.cli import main; main()"]
    other = subprocess.Popen([*nas, *arguments, str(tmp_path / "b")], stdout=subprocess.PIPE, text=True)
    assert CliRunner().invoke(main, [*arguments, str(tmp_path / "a")]).exit_code == 0
    assert "found" in other.communicate()[0]
    assert other.returncode == 0

    tables = [pd.read_csv(tmp_path / out / "try" / "nas" / "trials.csv") for out in "ab"]
    pd.testing.assert_frame_equal(*tables)
    evaluated = tables[0][tables[0]["state"] == "complete"]
    assert len(evaluated) == 14
    assert evaluated["key"].is_unique
    references = pd.read_csv(tmp_path / "a" / "try" / "nas" / "references.csv")
    assert list(references["name"]) == ["efficientnet-b0", "mnasnet-a1"]
    for out in "ab":
        record = (tmp_path / out / "try" / "nas" / "run.json").read_text()
        assert json.loads(record)["settings"]["nas"]["storage"].startswith("postgresql://nas:***@127.0.0.1")
        assert url.split(":")[2].partition("@")[0] not in record


def test_what_a_killed_process_held_is_taken_over_at_once(url: str) -> None:
    other = subprocess.Popen([sys.executable, "-c", OTHER_PROCESS, url], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "0\n"
    ledger = join(url)
    assert take(ledger).number == 1
    other.kill()
    other.communicate()
    assert take(ledger).number == 0


def test_survivors_do_not_take_over_the_same_trial(url: str) -> None:
    other = subprocess.Popen([sys.executable, "-c", OTHER_PROCESS, url], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    survivors = [join(url) for _ in range(3)]
    for ledger, pid in zip(survivors, (os.getpid(), os.getppid(), 1), strict=True):
        ledger._leases.worker["pid"] = pid  # as if each were a process of its own
    other.kill()
    other.communicate()
    start = threading.Barrier(len(survivors))

    def ask(ledger: Ledger) -> int:
        start.wait()
        return take(ledger).number

    with ThreadPoolExecutor(len(survivors)) as pool:
        assert len(set(pool.map(ask, survivors))) == len(survivors)


def test_a_search_goes_on_after_the_server_was_away(url: str, server: Path) -> None:
    ledger = join(url, budget=12)

    def stop_for_two_seconds() -> None:
        tool("stop", server, "immediate")
        time.sleep(2)
        tool("start", server)

    outage = threading.Thread(target=stop_for_two_seconds)
    with ledger.at_work():
        for number in range(12):
            if number == 3:
                outage.start()
            candidate = take(ledger)
            time.sleep(0.05)
            ledger.tell(candidate, score(candidate))
        outage.join()
        assert ledger.ask() is None
    states = [trial.state for trial in ledger.study.trials]
    assert TrialState.RUNNING not in states
    assert states.count(TrialState.COMPLETE) == 12
    assert open_storage(url, Path("unused")).get_n_trials(ledger.study._study_id) == len(states)


def test_tables_made_by_several_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        storages = list(pool.map(lambda _: open_storage(url, Path("unused")), range(4)))
    optuna.create_study(storage=storages[0], study_name="s")
    assert optuna.study.get_all_study_names(storages[3]) == ["s"]


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgres"])
def test_each_way_to_write_the_url(url: str, scheme: str) -> None:
    storage = open_storage(url.replace("postgresql", scheme, 1), Path("unused"))
    assert optuna.study.get_all_study_names(storage) == []


def test_a_wrong_password_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(InvalidInput, match="password authentication failed") as caught:
        open_storage(url.replace("nas:", "nas:not-"), Path("unused"))
    assert "not-" not in str(caught.value)
    assert "nas:***@" in str(caught.value)
    assert "\n" not in str(caught.value)
