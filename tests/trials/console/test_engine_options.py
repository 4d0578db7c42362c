from __future__ import annotations

import pytest
from click.testing import CliRunner

from nas.cli import main
from search_spaces.errors import InvalidInput
from trials.console.command_line import with_options
from trials.console.engine_options import compute_settings
from trials.experiment_file import load_experiment


def settings(**options: object) -> dict[str, object]:
    given: dict[str, object] = {"engine": None, "concurrency": None, "resources": None, "address": None, **options}
    return compute_settings(**given)  # type: ignore[arg-type]


def test_options_become_settings() -> None:
    options = settings(engine="ray", concurrency=4, resources='{"CPU":1,"GPU":0.25}', address="10.0.0.1:6379")
    compute = load_experiment("smoke", overrides=with_options((), **options)).compute
    assert compute.resources == {"CPU": 1, "GPU": 0.25}
    assert (compute.engine, compute.concurrency, compute.address) == ("ray", 4, "10.0.0.1:6379")


@pytest.mark.parametrize("resources", ["3", "[1]", "{CPU: 1}", "", "{" * 100_000])
def test_resources_are_a_json_object(resources: str) -> None:
    with pytest.raises(InvalidInput, match="--resources"):
        settings(resources=resources)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (["--engine", "local", "--concurrency", "2"], "compute.concurrency"),
        (["--concurrency", "0"], "compute.concurrency"),
        (["--resources", '{"CPU": "much"}'], "compute.resources"),
        (["--resources", '{"CPU": -1}'], "compute.resources.CPU"),
        (["--resources", "one"], "--resources"),
    ],
    ids=["local-2", "none", "word", "negative", "no-json"],
)
def test_what_cannot_be_is_one_line(options: list[str], key: str) -> None:
    result = CliRunner().invoke(main, ["run", "smoke", *options])
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert key in line
