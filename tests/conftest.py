"""Fixtures every test may use: the playbook in force and a fixed cast of people."""

import os
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from pytest_django.fixtures import Settings

from glossary.services.playbook import publish_playbook
from glossary.types import EditionInForce
from people.choices import Role
from people.models import Team, User
from people.services import ensure_roles
from tests.support import NOW, PLAYBOOK_SINCE


def pytest_configure() -> None:
    """Static files by their plain names: no collected manifest is needed to render a page in a test."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Passwords are hashed fast: making people is most of what tests would wait for otherwise."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def playbook(db: None) -> EditionInForce:
    """The standard playbook, in force since 2020."""
    return publish_playbook(now=NOW, in_force_from=PLAYBOOK_SINCE)


def make_person(username: str, *roles: str, team: Team | None = None, **extra: object) -> User:
    """An active account holding `roles`."""
    user = User.objects.create_user(
        username, f"{username}@example.com", "correct horse battery", team=team, **extra
    )
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """Two teams with reps and managers, and one person in every governing role."""
    ensure_roles()
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    people = {
        "sdr": make_person("sdr", Role.SDR, team=north),
        "sdr_b": make_person("sdr_b", Role.SDR, team=south),
        "ae": make_person("ae", Role.AE, team=north),
        "manager": make_person("manager", Role.SALES_MANAGER, team=north),
        "manager_b": make_person("manager_b", Role.SALES_MANAGER, team=south),
        "revops": make_person("revops", Role.REVOPS, is_staff=True),
        "cro": make_person("cro", Role.CRO),
        "cmo": make_person("cmo", Role.CMO),
        "finance": make_person("finance", Role.FINANCE),
        "marketing_ops": make_person("marketing_ops", Role.MARKETING_OPS),
        "sales_ops": make_person("sales_ops", Role.SALES_OPS),
        "analytics": make_person("analytics", Role.ANALYTICS),
        "enablement": make_person("enablement", Role.ENABLEMENT),
    }
    for team, manager in ((north, "manager"), (south, "manager_b")):
        team.manager = people[manager]
        team.save()
    return SimpleNamespace(north=north, south=south, **people)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With CONCORD_NO_SKIPS a skipped test fails the run: what should run, runs."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and os.environ.get("CONCORD_NO_SKIPS") and reporter.stats.get("skipped"):
        reporter.write_line("FAILED: skipped tests are not allowed here.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
