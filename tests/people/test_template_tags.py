"""The tags and filters of every page, rendered."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone

from people.templatetags.concord import STATUSES


def render(source: str, **values: object) -> str:
    return Template("{% load concord %}" + source).render(Context(values)).strip()


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_a_word_and_an_icon(status: str) -> None:
    html = render("{% status_badge status %}", status=status)

    assert STATUSES[status].word in html
    assert STATUSES[status].icon in html


def test_a_status_may_come_with_an_underscore_and_its_own_words() -> None:
    html = render("{% status_badge 'due_soon' 'due in 20 min' %}")

    assert "c-badge--due-soon" in html
    assert "due in 20 min" in html


def test_unknown_statuses_and_tones_are_refused_with_the_known_ones() -> None:
    with pytest.raises(TemplateSyntaxError, match="on-time, due-soon"):
        render("{% status_badge 'green' %}")
    with pytest.raises(TemplateSyntaxError, match="plain, good"):
        render("{% badge 'Draft' 'green' %}")


def test_words_in_badges_are_escaped() -> None:
    assert "<script>" not in render("{% badge words %}", words="<script>")


def test_when_gives_the_exact_instant_in_the_readers_zone() -> None:
    instant = timezone.now() - timedelta(hours=5)

    with timezone.override("America/New_York"):
        html = render("{{ instant|when }}", instant=instant)
        local = timezone.localtime(instant)

    assert html.startswith(f'<time datetime="{local.isoformat()}"')
    assert ">5 h ago</time>" in html
    assert f"{local:%H:%M}" in html


def test_exact_shows_the_readers_clock() -> None:
    with timezone.override("Asia/Singapore"):
        html = render("{{ instant|exact }}", instant=datetime(2026, 11, 23, 10, 0, tzinfo=UTC))

    assert "23 Nov 2026, 18:00" in html


def test_filters_take_nothing_for_an_answer() -> None:
    html = render(
        "{{ none|when }}{{ none|exact }}{{ none|rate }}{{ none|number }}[{{ none|duration }}]", none=None
    )

    assert html == "––––[]"


def test_a_share_bar_is_as_wide_as_its_share_and_never_wider_than_its_box() -> None:
    assert 'width="61.20%"' in render("{% share_bar 0.612 %}")
    assert render("{% share_bar 3 %}").count("100.00%") == 1
    assert 'width="0.00%"' in render("{% share_bar none %}", none=None)
    assert "style=" not in render("{% share_bar 0.5 %}")


def test_pages_of_a_list_keep_the_filter_in_the_address() -> None:
    request = RequestFactory().get("/leads/", {"stage": "mql", "page": "2"})
    page = Paginator(range(25), 10).page(2)

    html = render("{% pagination page %}", request=request, page=page)

    assert 'href="?stage=mql&amp;page=1"' in html
    assert 'href="?stage=mql&amp;page=3"' in html
    assert "Page 2 of 3" in html


def test_a_single_page_needs_no_page_links() -> None:
    request = RequestFactory().get("/leads/")

    assert render("{% pagination page %}", request=request, page=Paginator(range(3), 10).page(1)) == ""
