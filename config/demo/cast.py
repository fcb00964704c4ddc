"""Who works in the demo organisation: people in every role, three regional teams, queues."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from people.choices import Role
from people.models import Team, User
from routing.models import QueueMember

PASSWORD = "concord-demo"  # noqa: S105  (public on purpose; such accounts work on this machine only)
ZONES = {"emea": "Europe/London", "amer": "America/New_York", "apac": "Asia/Singapore"}
CALENDARS = {"emea": "london", "amer": "new_york", "apac": "singapore"}
TEAM_NAMES = {"emea": "EMEA", "amer": "Americas", "apac": "APAC"}
OFFICE = (
    ("revops", "Rosa", "Okafor", Role.REVOPS),
    ("revopslead", "Ingrid", "Halvorsen", Role.REVOPS_LEAD),
    ("cro", "Carla", "Moreau", Role.CRO),
    ("cmo", "Malik", "Johansson", Role.CMO),
    ("finance", "Fiona", "Abara", Role.FINANCE),
    ("marketingops", "Mateo", "Lindqvist", Role.MARKETING_OPS),
    ("salesops", "Sofia", "Brandt", Role.SALES_OPS),
    ("analytics", "Anil", "Deshmukh", Role.ANALYTICS),
    ("marketing", "Marta", "Ricci", Role.MARKETING),
    ("sales", "Samir", "Haddad", Role.SALES),
    ("enablement", "Elena", "Petrov", Role.ENABLEMENT),
    ("success", "Chidi", "Larsen", Role.CUSTOMER_SUCCESS),
    ("it", "Isaac", "Nakamura", Role.IT),
    ("gtm", "Greta", "Olsson", Role.GTM),
)
MANAGERS = {"emea": ("Maud", "Keller"), "amer": ("Marcus", "Reyes"), "apac": ("Mei", "Tanaka")}
SDRS = {
    "emea": (("Ava", "Novak"), ("Ben", "Fischer"), ("Chloe", "Dubois")),
    "amer": (("Dana", "Whitman"), ("Eli", "Cortez"), ("Faye", "Bishop")),
    "apac": (("Goh", "Wei"), ("Hana", "Suzuki"), ("Ishaan", "Rao")),
}
AES = {
    "emea": (("Jonas", "Weber"), ("Kim", "Andersen")),
    "amer": (("Luis", "Ortega"), ("Nora", "Blake")),
    "apac": (("Omar", "Aziz"), ("Priya", "Nair")),
}


@dataclass
class Cast:
    """The people of the demo, by what they do."""

    office: dict[str, User] = field(default_factory=dict)
    managers: dict[str, User] = field(default_factory=dict)
    sdrs: dict[str, list[User]] = field(default_factory=dict)
    aes: dict[str, list[User]] = field(default_factory=dict)


def hire() -> Cast:
    """Make teams, people and queue members. The password is public, so the accounts are marked as demo."""
    cast = Cast()
    secret = make_password(PASSWORD)
    for username, first, last, role in OFFICE:
        staff = role in {Role.REVOPS, Role.REVOPS_LEAD}
        cast.office[username] = _person(
            username, (first, last), secret, role, is_staff=staff, is_superuser=staff
        )
    for region, name in TEAM_NAMES.items():
        team = Team.objects.create(name=name)
        place = {"team": team, "time_zone": ZONES[region]}
        cast.managers[region] = _person(
            f"manager.{region}", MANAGERS[region], secret, Role.SALES_MANAGER, **place
        )
        team.manager = cast.managers[region]
        team.save(update_fields=["manager"])
        cast.sdrs[region] = [_person(p[0].lower(), p, secret, Role.SDR, **place) for p in SDRS[region]]
        cast.aes[region] = [_person(p[0].lower(), p, secret, Role.AE, **place) for p in AES[region]]
        _staff_queue(f"{region}_sdr", cast.sdrs[region])
        _staff_queue(f"{region}_ae", cast.aes[region])
    return cast


def _person(username: str, name: tuple[str, str], secret: str, role: Role, **extra: object) -> User:
    user = User.objects.create(
        username=username,
        first_name=name[0],
        last_name=name[1],
        email=f"{username}@concord-demo.example",
        password=secret,
        is_demo=True,
        **extra,
    )
    user.groups.add(Group.objects.get(name=role))
    return user


def _staff_queue(queue: str, people: list[User]) -> None:
    """The first of a queue works full time (weight 2), the others half of it."""
    for number, user in enumerate(people):
        QueueMember.objects.create(queue=queue, user=user, weight=2 if number == 0 else 1)
