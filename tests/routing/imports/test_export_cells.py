"""Cells of an export: never a formula, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine.export_cells import neutralise, restore


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@x", "\tx", "\rx"])
def test_dangerous_cells_are_text(text: str) -> None:
    assert neutralise(text) == f"'{text}"
    assert restore(neutralise(text)) == text


def test_harmless_cells_stay_as_they_are() -> None:
    assert [neutralise(text) for text in ("", "a=b", "'quoted'", "1-2")] == ["", "a=b", "'quoted'", "1-2"]


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r"), st.characters()), max_size=20))
def test_round_trip(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))
