"""Word-level comparison of two texts."""

from hypothesis import given
from hypothesis import strategies as st

from glossary.engine.segments import Segment, segments

texts = st.lists(
    st.sampled_from(("a", "company", "that", " ", "\n", ",", ".", "é", "  fits")), max_size=12
).map("".join)


@given(texts, texts)
def test_both_texts_can_be_read_off(old: str, new: str) -> None:
    found = segments(old, new)
    assert "".join(s.text for s in found if s.op != "added") == old
    assert "".join(s.text for s in found if s.op != "removed") == new
    assert all(s.text for s in found)


def test_a_word_replaced_stands_between_what_stayed() -> None:
    assert segments("A company that fits.", "A person that fits.") == (
        Segment("same", "A"),
        Segment("removed", " company"),
        Segment("added", " person"),
        Segment("same", " that fits."),
    )


def test_nothing_in_common_and_nothing_at_all() -> None:
    assert segments("", "") == ()
    assert segments("", "new") == (Segment("added", "new"),)
    assert segments("same", "same") == (Segment("same", "same"),)
