"""Make the first account of an empty city."""

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import OperationalError, transaction

from accounts import services
from accounts.enums import OrganisationKind, Role
from accounts.errors import DomainError
from accounts.models import Organisation, User


class Command(BaseCommand):
    help = "Create a city if need be, and an official in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--city-code", required=True, help="letters, digits, hyphens"
        )
        parser.add_argument("--city-name-zh", default="")
        parser.add_argument("--city-name-en", default="")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            services.clock()  # ask the database before the person
            user = self._create(options, self._password(options))
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        except OperationalError as away:
            raise CommandError(
                "The database does not answer; start the platform first "
                "(make run DEMO=0), with the same PILOTGATE_HOME."
            ) from away
        self.stdout.write(
            f"{user.email} is an official of {user.organisation.name_zh}. "
            "Log in at /account/login/; a second factor is set up there first."
        )

    @transaction.atomic
    def _create(self, options: dict[str, Any], password: str) -> User:
        clock = services.clock()
        city = Organisation.objects.filter(code=options["city_code"]).first()
        city = city or services.create_organisation(
            code=options["city_code"],
            kind=OrganisationKind.CITY,
            names=(
                options["city_name_zh"] or options["city_code"],
                options["city_name_en"],
            ),
            uscc=None,
            is_demo=False,
            by=clock,
        )
        return services.create_person(
            email=options["email"],
            name=options["name"],
            organisation=city,
            role=Role.OFFICIAL,
            password=password,
            by=clock,
        )

    def _password(self, options: dict[str, Any]) -> str:
        known = User(email=options["email"], name=options["name"])
        try:
            validate_email(known.email)
            password = input() if options["password_stdin"] else self._asked_twice()
            validate_password(password, user=known)
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong
        return password

    def _asked_twice(self) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ; nothing was created.")
        return password
