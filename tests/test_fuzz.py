"""A small slice of `make fuzz`; other seeds than its first ones, so that a full run finds more."""

from __future__ import annotations

import shutil
from pathlib import Path

import fuzz_packages
import pytest
from fuzz import REPO, originals, slice_of, variant


@pytest.mark.slow
def test_a_hundred_mutations_of_the_workbooks_end_in_messages_and_never_in_a_traceback() -> None:
    wrong, codes = slice_of(range(900_000, 900_100))
    assert not wrong, "\n".join(wrong)
    assert len(codes) > 15, codes


@pytest.mark.slow
@pytest.mark.parametrize("seed", [496, 991, 1211, 1359, 2558, 3260, 4020])
def test_what_a_full_run_once_found_stays_mended(seed: int, tmp_path: Path) -> None:
    shutil.copytree(REPO / "templates", tmp_path / "templates")
    wrong, _ = variant(seed, originals(), tmp_path)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_damage_inside_office_files_ends_in_messages_and_never_in_a_traceback(tmp_path: Path) -> None:
    root = fuzz_packages.workspace(tmp_path)
    found = [line for seed in range(900_000, 900_020) for line in fuzz_packages.variant(seed, root)]
    assert not found, "\n".join(found)
