"""A small company for the walks, made by the real services in the real present."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.core.management import call_command
from django.utils import timezone

from people.models import User
from routing.models import Lead, QueueMember, SlaClock
from routing.services.sweep import sweep_breaches
from tests.routing.leads_for_tests import demo, new_lead

PASSWORD = "correct horse battery"  # of everybody in the cast
NAMES = {
    "sdr": ("Ava", "Novak"),
    "sdr_b": ("Dana", "Whitman"),
    "ae": ("Jonas", "Weber"),
    "manager": ("Maud", "Keller"),
    "revops": ("Rosa", "Okafor"),
    "analytics": ("Anil", "Deshmukh"),
}


@dataclass(frozen=True)
class World:
    """Who is there, and which leads wait.

    Attributes:
        late: an MQL of `sdr` whose first touch is overdue for days.
        fresh: two MQLs of `sdr` that came in just now.
        elsewhere: an MQL of `sdr_b`, in another team and territory.
    """

    cast: SimpleNamespace
    late: Lead
    fresh: tuple[Lead, Lead]
    elsewhere: Lead


def build(cast: SimpleNamespace) -> World:
    """Roles, policies, calendars, queues, and four leads; the sweep has marked what is broken."""
    now = timezone.now()
    call_command("setup", in_force_from="2020-01-01T00:00:00+00:00", verbosity=0)
    for username, (first, last) in NAMES.items():
        User.objects.filter(username=username).update(first_name=first, last_name=last)
    QueueMember.objects.create(queue="emea_sdr", user=cast.sdr)
    QueueMember.objects.create(queue="amer_sdr", user=cast.sdr_b)
    late = _mql(now - timedelta(days=14), "Wanda", "Silva", "Fern Academy")
    _sweep_after(late)
    moment = now - timedelta(minutes=10)
    fresh = _mql(moment, "Elif", "Nowak", "Tidal Logistics"), _mql(moment, "Theo", "Kovacs", "Alder Bank")
    elsewhere = _mql(moment, "Mariam", "Lopez", "Mistral Systems", region="amer", country="US")
    return World(cast, late, fresh, elsewhere)


def _mql(now: datetime, first: str, last: str, company: str, **values: object) -> Lead:
    """A lead that asked for a demo, so that the rules make it an MQL at once."""
    email = f"{first}.{last}@{company.replace(' ', '-')}.example".lower()
    person = {"email": email, "first_name": first, "last_name": last, "company": company}
    return new_lead(now, behaviours=(demo(now),), **person, **values)


def _sweep_after(lead: Lead) -> None:
    """Let the alarm clock ring once, a minute after the promise was broken and before the lead moves on."""
    clock = SlaClock.objects.get(lead=lead, key="first_touch")
    if clock.due_at is None:
        raise RuntimeError(f"the clock of {lead} runs without a due time")
    sweep_breaches(clock.due_at + timedelta(minutes=1))
