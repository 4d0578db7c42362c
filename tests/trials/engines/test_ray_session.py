from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from search_spaces.errors import InvalidInput
from trials.engines import open_engine, ray_session
from trials.engines.internals import session_folder
from trials.engines.ray_session import connected, fitting
from trials.experiment import Compute

"""What is reckoned and refused without a Ray; test_ray_tune starts one."""


def test_as_many_shares_fit_as_can_be_taken_away() -> None:
    rng = random.Random(0)
    for _ in range(200):
        wanted = {"CPU": rng.randint(1, 4), "GPU": rng.randint(1, 3)}
        there = {"CPU": rng.randint(0, 16), "GPU": rng.randint(0, 8)}
        left, count = dict(there), 0
        while all(left[name] >= amount for name, amount in wanted.items()):
            left = {name: left[name] - amount for name, amount in wanted.items()}
            count += 1
        assert fitting(wanted, there) == count


def test_fractions_that_add_up_to_the_whole_fit() -> None:
    assert [fitting({"GPU": 1 / parts}, {"GPU": 1.0}) for parts in range(1, 50)] == list(range(1, 50))


def test_where_nothing_listens_it_is_said_at_once_and_with_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"  # bound, but nobody listens
        with pytest.raises(InvalidInput, match=rf"compute\.address: got '{address}', .*a Ray cluster that answers"):
            connected(Compute(address=address)).__enter__()


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:1", "127.0.0.1:99999", "ray://127.0.0.1:10001"])
def test_an_address_where_no_ray_answers_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match=r"compute\.address"), open_engine(Compute(address=address)):
        raise AssertionError("an engine at an address where nothing listens")


def test_the_client_of_ray_is_told_which_address_works() -> None:
    with pytest.raises(InvalidInput) as caught, open_engine(Compute(address="ray://10.0.0.1:10001")):
        raise AssertionError("an engine whose study would be on the cluster")
    assert str(caught.value) == (
        "compute.address: got 'ray://10.0.0.1:10001', accepted: auto, or the cluster's plain address, "
        "such as 10.0.0.1:6379; run the command on a machine of its network"
    )


def test_shares_of_resources_that_there_are() -> None:
    there = {"CPU": 8.0, "GPU": 1.0, "memory": 1e9}
    assert fitting({"CPU": 1, "GPU": 0.25}, there) == 4
    assert fitting({"CPU": 0.1}, {"CPU": 0.3}) == 3
    assert fitting({"TPU": 1}, there) == 0


def test_every_ray_that_may_be_installed_can_ask_for_a_token() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    of_ray = [requirement for one in wanted if (requirement := Requirement(one)).name == "ray"]
    assert of_ray
    assert not any(one.specifier.contains("2.51.2") for one in of_ray)  # tokens came with 2.52
    assert all(one.specifier.contains(version("ray")) for one in of_ray)


STRANGER = """
import os, sys
import ray
from ray import exceptions
try:
    ray.init(sys.argv[1], log_to_driver=False, logging_level="ERROR")
except Exception as error:
    print("refused", type(error).__name__)
else:
    print("let in")
"""


@pytest.mark.slow
def test_a_ray_started_here_answers_to_nobody_without_its_token_and_leaves_nothing(tmp_path: Path) -> None:
    with connected(Compute(engine="ray", concurrency=1, threads=1, device="cpu")):
        import ray

        context = ray.get_runtime_context()
        address = context.gcs_address
        sessions = {path for path in Path("/tmp/ray").glob("session_2*") if str(os.getpid()) in path.name}
        assert sessions
        without = {key: value for key, value in os.environ.items() if not key.startswith("RAY_AUTH")}
        for mode in ({"RAY_AUTH_MODE": "disabled"}, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0" * 64}):
            environment = {**without, **mode, "HOME": str(tmp_path), "RAY_NUM_REDIS_GET_RETRIES": "1"}
            command = [sys.executable, "-c", STRANGER, address]
            stranger = subprocess.run(
                command, check=False, env=environment, capture_output=True, text=True, timeout=120
            )
            assert "let in" not in stranger.stdout
    assert not any(path.exists() for path in sessions)
    assert not (tmp_path / ".ray" / "auth_token").exists()


@pytest.mark.slow
@pytest.mark.parametrize("interrupted", ["ray._private.worker.connect", "trials.engines.internals.silence_worker_logs"])
def test_a_start_that_is_interrupted_leaves_no_ray(interrupted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    sessions: list[Path] = []

    def interrupt(*_: object, **__: object) -> None:
        sessions.append(Path(str(session_folder())))
        raise KeyboardInterrupt

    monkeypatch.setattr(interrupted, interrupt)
    with (
        pytest.raises(KeyboardInterrupt),
        connected(Compute(engine="ray", concurrency=1, threads=1, device="cpu")),
    ):
        raise AssertionError("a run without a Ray")
    assert not ray.is_initialized()
    assert session_folder() is None
    assert sessions and not sessions[0].exists()


@pytest.mark.parametrize(("mode", "told"), [(None, 1), ("disabled", 1), ("token", 0)])
def test_a_cluster_that_asks_for_no_token_is_told_in_one_line(
    mode: str | None, told: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    if mode is not None:
        monkeypatch.setenv("RAY_AUTH_MODE", mode)
    monkeypatch.setattr("ray.init", lambda *_, **__: None)
    ray_session._start(Compute(address="10.0.0.1:6379"))
    lines = [record.getMessage() for record in caplog.records if "asks for no token" in record.getMessage()]
    assert len(lines) == told
    assert all("10.0.0.1:6379" in line and "\n" not in line for line in lines)


def test_a_ray_that_does_not_start_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object, **__: object) -> None:
        raise Exception("The current node timed out during startup.\nmore")

    monkeypatch.setattr("ray.init", late)
    with pytest.raises(InvalidInput, match=r"^compute\.engine: got 'ray', .*timed out during startup\.\)$"):
        ray_session._start(Compute(engine="ray"))
