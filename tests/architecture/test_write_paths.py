"""Every address that takes a POST stands in this table, with who may use it; every admin action asks a permission."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from glossary.types import EditionInForce

OUTSIDE = (403, 404)
# Address name → answers to somebody without any role that acts (Enablement), on a row that is not theirs.
WRITES: dict[str, tuple[int, ...]] = {
    # One's own account and messages; somebody else's message is not there.
    "me": (200,),
    "inbox_read_all": (302,),
    "inbox_read": (404,),
    # Who was asked to read a version says so.
    "acknowledge": OUTSIDE,
    # Whoever may read the reports may have them computed.
    "reports_compute": (302,),
    "report_conversion_compute": (302,),
    "report_sla_compute": (302,),
    "report_what_if_compute": (302,),
    "report_win_loss_compute": (302,),
    # Change requests: this one is not there; who may do what to one that is stands in tests/glossary/pages.
    "change_sign": (404,),
    "change_submit": (404,),
    "change_withdraw": (404,),
    "change_publish": (404,),
    "change_emergency": (404,),
    "change_texts": (404,),
    "change_settle": (404,),
    "change_comment": (404,),
    "change_back_test": (404,),
    # Only who sees every lead has back-tests computed.
    "back_test_new": (403,),
    "back_test_cancel": (404,),
    # Enablement proposes nothing; everyone delegates for themselves, and this form is empty.
    "change_open": (403,),
    "delegations": (400,),
    "delegation_end": (404,),
    # Roles only, and only on leads that they see.
    "team_reassign": OUTSIDE,
    "import_list": OUTSIDE,
    "import_detail": OUTSIDE,
    "quarantine_row": OUTSIDE,
    "quarantine_discard": OUTSIDE,
    "desk_touch": OUTSIDE,
    "desk_take": OUTSIDE,
    "desk_undo": OUTSIDE,
    "desk_accept": OUTSIDE,
    "desk_qualify": OUTSIDE,
    "desk_recycle": OUTSIDE,
    "desk_disqualify": OUTSIDE,
    "desk_hand_over": OUTSIDE,
    "desk_open": OUTSIDE,
    "desk_won": OUTSIDE,
    "desk_lost": OUTSIDE,
}


def app_addresses() -> list[URLPattern]:
    found = []
    for branch in get_resolver().url_patterns:
        if isinstance(branch, URLPattern):
            found.append(branch)
        elif not str(branch.pattern).startswith(("admin/", "account/")):
            found += [p for p in branch.url_patterns if isinstance(p, URLPattern)]
    return found


def address_of(pattern: URLPattern) -> str:
    values = {
        name: 1 if "Int" in type(c).__name__ else "mql" for name, c in pattern.pattern.converters.items()
    }
    return reverse(str(pattern.name), kwargs=values)


@pytest.mark.django_db
def test_every_write_path_stands_in_the_table(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    client = Client()
    client.force_login(cast.enablement)
    answers = {str(p.name): client.post(address_of(p)).status_code for p in app_addresses()}
    assert {name for name, status in answers.items() if status != 405} == set(WRITES)
    assert {n: answers[n] for n in WRITES if answers[n] not in WRITES[n]} == {}


def test_every_admin_action_asks_a_permission() -> None:
    unguarded = [
        f"{type(site).__name__}.{name}"
        for site in admin.site._registry.values()
        for name in site.actions or ()
        if not getattr(
            getattr(site, name, None) if isinstance(name, str) else name, "allowed_permissions", None
        )
    ]
    assert unguarded == []
