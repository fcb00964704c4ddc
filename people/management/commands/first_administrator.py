"""`manage.py first_administrator`: asks for the first account of an empty installation, once."""

import getpass
import os
import sys
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from people.choices import Role
from people.models import User


class Command(BaseCommand):
    """Makes a superuser with the RevOps role, unless there is an administrator already."""

    help = (
        "Make the first administrator. Asks on the terminal; without one, reads CONCORD_ADMIN_USERNAME, "
        "CONCORD_ADMIN_EMAIL and CONCORD_ADMIN_PASSWORD."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            self.stdout.write("There is an administrator already.")
            return
        try:
            name, email, password = self._from_terminal() if sys.stdin.isatty() else self._from_environment()
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nobody was made. Run the command again.") from None
        user = User(username=name, email=email.lower(), is_staff=True, is_superuser=True)
        try:
            user.clean_fields(exclude=["password"])
            user.validate_unique()
            user.validate_constraints()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        user.set_password(password)
        with transaction.atomic():
            user.save()
            user.groups.add(Group.objects.get_or_create(name=Role.REVOPS)[0])
        self.stdout.write(f"Made the administrator {name}.")

    def _from_terminal(self) -> tuple[str, str, str]:
        self.stdout.write("Concord is empty. Who is its first administrator?")
        name = input("User name: ").strip()
        email = input("E-mail: ").strip()
        password = getpass.getpass("Password: ")
        if getpass.getpass("Password again: ") != password:
            raise CommandError("The two passwords differ. Run the command again.")
        return name, email, password

    def _from_environment(self) -> tuple[str, str, str]:
        keys = ("CONCORD_ADMIN_USERNAME", "CONCORD_ADMIN_EMAIL", "CONCORD_ADMIN_PASSWORD")
        name, email, password = (os.environ.get(key, "") for key in keys)
        if not (name and email and password):
            raise CommandError(
                f"No terminal to ask on. Set {', '.join(keys)}, or run manage.py first_administrator by hand."
            )
        return name, email, password
