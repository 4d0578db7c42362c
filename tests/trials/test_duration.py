from __future__ import annotations

from typing import Any

import pytest

from search_spaces.errors import InvalidInput
from trials.duration import duration, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        *[(90, 90), (0.5, 0.5), ("90", 90), ("90s", 90), ("10m", 600), ("1h", 3600), ("1h30m", 5400), (" 2h5s ", 7205)],
        ("1.5h", 5400),
    ],
)
def test_times_as_people_write_them(written: Any, seconds: float) -> None:
    assert parse_duration("budget", written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        *[
            "",
            "h",
            "1h30",
            "30m1h",
            "10 minutes",
            "-5m",
            "1e3",
            "1d",
            "٣s",
            "0",
            "0s",
            0,
            -1,
            float("nan"),
            float("inf"),
            10**400,
        ],
        *[None, True, [60], {"h": 1}, "9999999h", "5%"],
    ],
)
def test_what_is_no_time_is_refused(written: Any) -> None:
    with pytest.raises(InvalidInput, match="1h30m") as caught:
        parse_duration("budget", written)
    assert caught.value.key == "budget"


def test_what_is_told_is_short() -> None:
    assert [duration(seconds) for seconds in (89.4, 90, 5399, 5400)] == ["89 s", "2 min", "90 min", "1.5 h"]
