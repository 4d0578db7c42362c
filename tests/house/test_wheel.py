"""What is installed is all that is needed: a wheel, in an empty folder, without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.reading import ROOT


class Installed:
    """A wheel of the checkout, unpacked into a folder of its own, and an empty folder to work in."""

    def __init__(self, folder: Path) -> None:
        self.site, self.empty = folder / "site", folder / "empty"
        self.empty.mkdir()
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        wheel = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
        subprocess.run([*pip, *wheel], check=True, cwd=self.empty)
        (built,) = folder.glob("compound_nas-*.whl")
        subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(self.site), str(built)], check=True)

    def run(self, *arguments: str) -> str:
        """Run Python with the installed packages in the empty folder; return what it prints."""
        environment = os.environ | {"PYTHONPATH": str(self.site), "COLUMNS": "120"}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.empty, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def command(self, name: str, *arguments: str) -> str:
        """Run `nas` or `scale` as they were installed."""
        return self.run(str(self.site / "bin" / name), *arguments)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_it_is_not_the_checkout_that_runs(installed: Installed) -> None:
    modules = installed.run("-c", "import nas, trials, search_spaces, grid_search as g; print(nas, trials, g)")
    assert modules.count(str(installed.site)) == 3
    assert str(ROOT) not in modules


def test_the_wheel_holds_every_module(installed: Installed) -> None:
    for package in ("search_spaces", "trials", "nas", "grid_search"):
        here = {path.relative_to(ROOT) for path in (ROOT / package).rglob("*.py")}
        there = {path.relative_to(installed.site) for path in (installed.site / package).rglob("*.py")}
        assert there == here


@pytest.mark.slow
def test_a_shipped_experiment_runs_in_an_empty_folder(installed: Installed) -> None:
    one = ("--set", "compute.threads=1", "--set", "nas.trials=2")  # other tests run beside it
    assert "space:" in installed.command("nas", "check", "smoke", *one)
    installed.command("nas", "run", "smoke", *one)
    assert (installed.empty / "results" / "smoke" / "nas" / "trials.csv").is_file()


def test_the_published_family_is_emitted(installed: Installed) -> None:
    installed.command("scale", "emit", "--baseline", "efficientnet-b0", "--official", "--out", "family")
    assert len(list((installed.empty / "family").glob("*.yaml"))) == 10
