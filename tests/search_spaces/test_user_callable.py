"""A user's own function by its name: where it is looked for, and mistakes in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_spaces import InvalidInput
from search_spaces.user_callable import import_callable


def test_a_module_beside_the_experiment_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "beside_the_experiment.py").write_text("class Costs:\n    three = staticmethod(lambda network: 3)\n")
    monkeypatch.chdir(tmp_path)
    assert import_callable("beside_the_experiment:Costs.three", "cost")(None) == 3


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("joules", "key: got 'joules', accepted: package.module:callable"),
        ("tests.objectives", "accepted: package.module:callable"),
        ("tests.objectives:", "accepted: package.module:callable"),
        (":by_size", "accepted: package.module:callable"),
        ("tests.objectives:a b", "accepted: package.module:callable"),
        ("nowhere:f", "accepted: something that can be imported .*nowhere"),
        ("tests.objectives:missing", "accepted: something that can be imported .*missing"),
        ("tests.objectives:not_callable", "accepted: the name of a callable"),
    ],
)
def test_a_mistake_is_one_line(path: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        import_callable(path, "key")
    assert "\n" not in str(caught.value)


def test_what_else_is_accepted_is_said_too() -> None:
    with pytest.raises(InvalidInput, match=r"accepted: flops, latency, or package.module:callable"):
        import_callable("joules", "cost", others=("flops", "latency"))
