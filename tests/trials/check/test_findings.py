from __future__ import annotations

from trials.check.findings import Findings, shortened


def test_lines_stand_under_their_heading_in_order() -> None:
    findings = Findings()
    findings.say("data", "one")
    findings.say("time", "three")
    findings.say("data", "two")
    findings.warn("doubt")
    assert findings.facts == {"data": ["one", "two"], "time": ["three"]}
    assert findings.warnings == ["doubt"]


def test_long_lists_say_how_many_more_there_are() -> None:
    assert shortened(map(str, range(1012)), most=2) == "0, 1 and 1,010 more"
    assert shortened(["a"]) == "a"
