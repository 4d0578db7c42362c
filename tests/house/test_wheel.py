"""A wheel is all that is needed: built, installed into a fresh environment, used in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.source import PACKAGES, ROOT
from tests.trials.pictures import write_pictures

pytestmark = pytest.mark.slow
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
ONE_THREAD = ("--set", "compute.threads=1")  # tests beside this one have the other cores
INGREDIENTS = ("pyproject.toml", "README.md", "LICENSE")
WHERE = f"import {', '.join(PACKAGES)}; print(*(one.__file__ for one in ({', '.join(PACKAGES)})))"


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A wheel, the environment it is installed in, and a folder to work in."""

    wheel: Path
    environment: Path
    folder: Path

    def run(self, program: str, *words: str) -> str:
        """Run a program of the environment in the folder; return what it prints, errors too."""
        command = [str(self.environment / "bin" / program), *words]
        done = subprocess.run(command, cwd=self.folder, env=_clean(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{program} {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return a fresh environment that holds the wheel; nothing is fetched, dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel, environment = build(folder), folder / "environment"
    venv.create(environment, with_pip=False)
    (site,) = environment.glob("lib/python*/site-packages")
    _pip("--python", str(environment / "bin" / "python"), "install", "--no-index", "--no-deps", str(wheel))
    # named in a .pth file, a folder is searched, but what lies in its own .pth files (the checkout) is not
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    (folder / "empty").mkdir()
    return Installed(wheel=wheel, environment=environment, folder=folder / "empty")


def build(folder: Path) -> Path:
    """Build the wheel from a copy of the sources: what an earlier build left in the checkout is no part of it."""
    copy = folder / "sources"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in INGREDIENTS:
        shutil.copy(ROOT / name, copy)
    _pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder / "dist"), str(copy))
    (wheel,) = (folder / "dist").iterdir()
    return wheel


def _pip(*words: str) -> None:
    done = subprocess.run([*PIP, *words], env=_clean(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _clean() -> dict[str, str]:
    """Return the environment variables without those that lead Python and pip elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "COV_"))}
    return {**kept, "OMP_NUM_THREADS": "1"}


def test_the_wheel_holds_every_file(installed: Installed) -> None:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    ours = {path.relative_to(ROOT).as_posix() for path in paths if path.parent.name != "__pycache__"}
    held = {name for name in zipfile.ZipFile(installed.wheel).namelist() if ".dist-info/" not in name}
    assert held == ours
    assert {"trials/experiments.yaml", "search_spaces/efficientnet.yaml", "search_spaces/mnasnet.yaml"} < held


def test_what_runs_is_what_was_installed(installed: Installed) -> None:
    origins = installed.run("python", "-c", WHERE).split()
    assert len(origins) == len(PACKAGES)
    assert all(Path(origin).is_relative_to(installed.environment) for origin in origins), origins


def test_a_shipped_experiment_is_checked_and_run(installed: Installed) -> None:
    assert "space: efficientnet" in installed.run("nas", "check", "smoke", *ONE_THREAD)
    installed.run("nas", "run", "smoke", "--trials", "1", *ONE_THREAD)
    results = installed.folder / "results" / "smoke" / "nas"
    assert all((results / name).is_file() for name in ("best.yaml", "trials.csv", "run.json"))


def test_shipped_spaces_are_found(installed: Installed) -> None:
    for name in ("efficientnet", "mnasnet"):
        shown = f"from search_spaces import load_space; print(load_space({name!r}).skeleton.name)"
        assert installed.run("python", "-c", shown).strip()


def test_the_published_family_is_emitted(installed: Installed) -> None:
    installed.run("scale", "emit", "--baseline", "efficientnet-b0", "--official", "--out", "fam")
    assert len(list((installed.folder / "fam").glob("efficientnet-*.yaml"))) == 10


def test_own_images_need_no_checkout(installed: Installed) -> None:
    write_pictures(installed.folder / "photos", {"cats": 12, "dogs": 12})
    assert "24 images" in installed.run("nas", "init", "photos")
