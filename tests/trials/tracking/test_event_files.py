from __future__ import annotations

from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins.hparams import metadata

from tests.trials.tracking.trials import trial
from trials.tracking.event_files import EventFiles

pytestmark = pytest.mark.slow


def test_tensorboard_reads_figures_and_parameters_back(tmp_path: Path) -> None:
    files = EventFiles(tmp_path)
    files.add(trial(0))
    files.add(trial(1))
    files.add(trial(2, state="fail", figures={"flops": 1e6}))
    files.close()
    read = EventAccumulator(str(tmp_path / "tensorboard" / "candidates")).Reload()
    assert [(event.step, event.value) for event in read.Scalars("val_accuracy")] == [
        (0, pytest.approx(0.5)),
        (1, pytest.approx(0.51)),
    ]
    assert [event.step for event in read.Scalars("flops")] == [0, 1, 2]
    runs = EventMultiplexer().AddRunsFromDirectory(str(tmp_path / "tensorboard")).Reload()
    assert sorted(runs.Runs()) == ["candidates", "candidates/trial-0", "candidates/trial-1"]
    summary = runs.SummaryMetadata("candidates/trial-1", metadata.SESSION_START_INFO_TAG)
    started = metadata.parse_session_start_info_plugin_data(summary.plugin_data.content)
    assert started.hparams["stage1.op"].string_value == "mbconv"
    assert started.hparams["stage1.kernel_size"].number_value == 3
