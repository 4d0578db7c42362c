"""What Optuna and Ray keep private is touched in one module each; an upgrade of them changes that module alone."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from tests.house.private_names import Use, foreign_private_names
from tests.house.source import our_modules, planted

ADAPTERS = {
    *(f"trials/study/{name}.py" for name in ("internals", "internals_database", "internals_journal")),
    "trials/engines/internals.py",
}
# os._exit is documented; torch has no public name for its fused lists of tensors and its batch norms' common base
ACCEPTED = ("os._exit", "torch._foreach_", "torch.nn.modules.batchnorm._BatchNorm")
LIBRARIES = ("optuna", "ray")


def test_private_names_of_optuna_and_ray_stay_in_their_adapters() -> None:
    elsewhere = [module for module in our_modules() if module.path not in ADAPTERS]
    uses = [use for use in foreign_private_names(elsewhere) if not use.text.startswith(ACCEPTED)]
    assert not uses, "\n".join(f"{use.path}:{use.line} {use.text}" for use in uses)


def test_no_class_of_ours_replaces_a_private_method_of_optuna_or_ray() -> None:
    for name in (module.name for module in our_modules() if module.path not in ADAPTERS and _names_one(module.text)):
        for owner in vars(importlib.import_module(name)).values():
            if inspect.isclass(owner) and owner.__module__ == name:
                assert not _replaced(owner), f"{name}.{owner.__name__} replaces {_replaced(owner)}"


def _names_one(text: str) -> bool:
    return any(library in text for library in LIBRARIES)


def _replaced(owner: type) -> set[str]:
    """Return the private methods of a base of Optuna's or Ray's that a class defines itself."""
    bases = [base for base in owner.__mro__[1:] if base.__module__.split(".")[0] in LIBRARIES]
    theirs = {name for base in bases for name in vars(base)}
    methods = {name for name, value in vars(owner).items() if inspect.isfunction(value)}
    return {name for name in methods & theirs if re.match("_(?!_)", name)}


PLANTED = {
    "trial._trial_id": "def f(trial): return trial._trial_id",
    "study._storage": "class A:\n    def f(self, study): self._storage = study._storage",
    "self.study._storage": "def f(self): return self.study._storage",
    "self._raise_error_if_multi_objective": "class A:\n    def f(self): self._raise_error_if_multi_objective()",
    "ray._private": "import ray\nray._private",
    "optuna.storages.journal._file.Lock": "from optuna.storages.journal._file import Lock",
    "optuna.study._tell": "def f():\n    import optuna.study._tell",
    "getattr(trial, '_trial_id')": "def f(trial): return getattr(trial, '_trial_id')",
    "'fixed_params'": "def f(trial): return 'fixed_params' in trial.system_attrs",
    "controller._actors": "def f(controller): controller._actors = {}",
}


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_private_name_is_found(text: str) -> None:
    assert text in [use.text for use in foreign_private_names(planted({"a/x.py": PLANTED[text]}))]


def test_our_own_private_names_are_none_of_theirs() -> None:
    ours = planted(
        {
            "a/x.py": "class A:\n    def _f(self): self._g = self._f\n    def same(self, other): return other._g",
            "a/y.py": "from a.x import A\nclass B(A):\n    def f(self): return self._g",
        }
    )
    assert foreign_private_names(ours) == []


def test_a_private_name_of_another_module_of_ours_is_not_touched_from_outside() -> None:
    files = {"a/x.py": "class A:\n    def _f(self): pass", "a/y.py": "def f(a): return a._f()"}
    assert foreign_private_names(planted(files)) == [Use(path="a/y.py", line=1, text="a._f")]
