"""A small slice of `make fuzz`; other seeds than its first ones, so that a full run finds more."""

from __future__ import annotations

import pytest
from fuzz import slice_of


@pytest.mark.slow
def test_a_hundred_mutations_of_the_workbooks_end_in_messages_and_never_in_a_traceback() -> None:
    wrong, codes = slice_of(range(900_000, 900_100))
    assert not wrong, "\n".join(wrong)
    assert len(codes) > 15, codes
