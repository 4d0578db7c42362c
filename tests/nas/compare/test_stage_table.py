from __future__ import annotations

from nas.compare.stage_table import stage_table
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference


def test_stages_stand_side_by_side() -> None:
    found, other = reference("mnasnet-a1"), reference("efficientnet-b0")
    table = stage_table(found, other, 1000)
    assert list(table["part"]) == ["stem", *(f"stage {index}" for index in range(1, 8)), "head", "total"]
    # stage 2: MnasNet-A1 has r2_k3_s22_e6_i16_o24, EfficientNet-B0 r2_k3_s22_e6_i16_o24_se0.25
    row = table.loc[2]
    assert (row["found_kernel_size"], row["found_expansion_ratio"], row["found_se_ratio"]) == (3, 6, 0)
    assert (row["reference_kernel_size"], row["reference_expansion_ratio"], row["reference_se_ratio"]) == (3, 6, 0.25)
    for side, architecture in (("found", found), ("reference", other)):
        for column in ("flops", "params"):
            parts = table[f"{side}_{column}"]
            assert parts[:-1].sum() == parts.iloc[-1] == getattr(estimate_cost(architecture), column)


def test_networks_of_unequal_length_leave_gaps() -> None:
    table = stage_table(reference("resnet-18"), reference("efficientnet-b0"), 1000)
    assert table["found_op"].isna().tolist()[5:8] == [True, True, True]
