"""Commands of `nas` run in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from nas.cli import main

EXPERIMENT = {
    "objective": {"python": "tests.objectives:by_size"},
    "limits": {"max_flops": "600M"},
    "nas": {"trials": 5, "sampler": "random", "references": ["efficientnet-b0", "mobilenet-v2"]},
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
