"""People who try things, and small valid changes of every workstream."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from glossary.models import ChangeRequest
from glossary.services.drafting import Texts, change_texts
from glossary.services.publishing import publish_request
from glossary.services.submitting import submit
from people.choices import Role
from people.models import User
from tests.conftest import make_person
from tests.glossary.amending import Change
from tests.glossary.governing import answered, edited, opened
from tests.support import NOW

DUE = NOW + timedelta(days=2)

# Who signs what a workstream of the standard playbook asks for: role → member of the cast.
SIGNERS = {
    "charter": {"cro": "cro", "cmo": "cmo"},
    "glossary": {"cro": "cro", "cmo": "cmo", "finance": "finance"},
    "scoring": {"cmo": "cmo", "finance": "finance"},
    "routing": {"cro": "cro"},
    "dispositions": {"cro": "cro", "cmo": "cmo"},
    "reporting": {"revops_lead": "lead", "finance": "finance"},
}
# Who proposes.
AUTHORS = {
    **dict.fromkeys(("charter", "glossary", "dispositions"), "revops"),
    "scoring": "marketing_ops",
    "routing": "sales_ops",
    "reporting": "analytics",
}


def add_schemers(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, and people with several roles, two accounts, all rights, or no access any more."""
    everything = (Role.REVOPS, Role.CRO, Role.CMO, Role.FINANCE, Role.MARKETING_OPS)
    cast.lead = make_person("lead", Role.REVOPS_LEAD)
    cast.omni = make_person("omni", *everything)
    cast.carla = _account("carla", "carla@example.org", Role.REVOPS, Role.CMO)
    cast.carla_2 = _account("carla_2", "Carla+2@example.org", Role.CRO, Role.FINANCE)
    cast.dora = _account("dora", "dora@example.org", Role.MARKETING_OPS, Role.CMO)
    cast.dora_2 = _account("dora_2", "d.other@example.org", Role.FINANCE, Role.CRO)
    User.objects.filter(username__startswith="dora").update(sso_subject="idp|dora")
    cast.root = make_person("root", is_superuser=True, is_staff=True)
    cast.gone = make_person("gone", *everything, is_active=False)
    return cast


def _account(username: str, email: str, *roles: str) -> User:
    user = make_person(username, *roles)
    user.email = email
    user.save(update_fields=["email"])
    return user


def signers(cast: SimpleNamespace, workstream: str) -> dict[str, User]:
    """Role → person who signs for it."""
    return {role: getattr(cast, name) for role, name in SIGNERS[workstream].items()}


def scheduled(people: SimpleNamespace, number: int = 1, at: datetime = DUE) -> ChangeRequest:
    """A change that everybody has signed, for a later date."""
    author = people.marketing_ops
    request = edited(opened("scoring", author), a_change("scoring", number), author)
    change_texts(request.pk, Texts("Later", "A reason.", at), acting_user=author, now=NOW)
    submit(request.pk, acting_user=author, now=NOW)
    for role, user in signers(people, "scoring").items():
        answered(request, role, user)
    return publish_request(request.pk, acting_user=author, now=NOW)


def a_change(workstream: str, number: int) -> Change:
    """A small valid change; different numbers often change the same item in another way."""

    def change(data: dict[str, Any]) -> None:
        MAKERS[workstream](data, number)

    return change


def _charter(data: dict[str, Any], number: int) -> None:
    line = next(line for line in data["raci"] if line["workstream"] == "scoring")
    kind = number % 5
    if kind == 0:
        data["expire_days"] = 20 + number
    elif kind == 1:
        line["accountable"] = ["cmo", "cro"] if line["accountable"] == ["cmo"] else ["cmo"]
    elif kind == 2:
        data["emergency"]["people"] = 5 - data["emergency"]["people"]
    elif kind == 3:
        data["validate"]["workstreams"] = ["glossary", "reporting"]
    else:
        data["raci"][1]["accountable"] = ["cmo"]


def _label(section: str, attribute: str) -> Any:
    def change(data: dict[str, Any], number: int) -> None:
        data[section][number % 3][attribute] = f"Called {number}"

    return change


def _scoring(data: dict[str, Any], number: int) -> None:
    if number % 2:
        data["thresholds"]["mql"] = 65 + number
    else:
        data["intent"][0]["points"] = 1 + number


MAKERS = {
    "charter": _charter,
    "glossary": _label("stages", "name"),
    "scoring": _scoring,
    "routing": _label("queues", "name"),
    "dispositions": _label("reasons", "label"),
    "reporting": _label("kpis", "label"),
}
