"""Rows and archives in the form that Accel-NASBench publishes."""

from __future__ import annotations

import io
import json
import random
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search_spaces.space_file import load_space

SPACE = load_space("efficientnet")
# result_9.json as published: its params are a plain parameter count
PUBLISHED = {
    "architecture": {
        **{f"block{i}_e": e for i, e in enumerate([6, 1, 4, 6, 4, 1, 1])},
        **{f"block{i}_k": k for i, k in enumerate([3, 3, 5, 3, 5, 5, 3])},
        **{f"block{i}_l": depth for i, depth in enumerate([2, 1, 2, 2, 3, 3, 2])},
        **{f"block{i}_se": False for i in range(7)},
    },
    "metrics": {"val_top1": 57.048, "val_top5": 80.928, "train_time": 2188.6127145290375},
    "model_info": {"macs": 384.380528, "params": 2.431208},
    "platform_perf": {
        "latency_zcu102": {"latency_mean": None, "latency_std": None},
        "throughput_a100": {"throughput_mean": 7098.657087676969, "throughput_std": 3.2307011156085537},
    },
}


def published_row(seed: int) -> dict[str, Any]:
    """Make a row in the published form whose accuracy grows with the depth of its stages."""
    parameters = SPACE.encode(SPACE.sample(random.Random(seed)))
    short = {"expansion_ratio": "e", "kernel_size": "k", "depth": "l", "se_ratio": "se"}
    names = {name: name.split(".") for name in parameters}
    architecture = {f"block{part[1]}_{short[part[2]]}": parameters[name] for name, part in names.items()}
    architecture |= {name: bool(value) for name, value in architecture.items() if name.endswith("se")}
    depth = sum(float(value or 0) for name, value in parameters.items() if name.endswith("depth"))
    return {**PUBLISHED, "architecture": architecture, "metrics": {"val_top1": 40 + depth, "train_time": 1.0}}


def write_archive(path: Path, rows: Mapping[str, Any]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, row in rows.items():
            content = row if isinstance(row, bytes) else json.dumps(row).encode()
            member = tarfile.TarInfo(f"./anb_dataset_jsons/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path
