from __future__ import annotations

from search_spaces.reference import reference
from trials.repeats import plan_repeats


def test_networks_take_turns_and_carry_themselves() -> None:
    networks = {"a": reference("mnasnet-a1"), "b": reference("mobilenet-v2")}
    plan = plan_repeats(networks, 2)
    assert [(one.labels["shown"], one.labels["repeat"]) for one in plan] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert len({one.name for one in plan}) == 4
    assert plan[0].labels["architecture"]["name"] == networks["a"].name
