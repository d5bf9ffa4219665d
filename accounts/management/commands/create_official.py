"""Make the first account of an empty city."""

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import services
from accounts.enums import OrganisationKind, Role
from accounts.errors import DomainError
from accounts.models import Organisation


class Command(BaseCommand):
    help = "Create a city if need be, and an official in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--city-code", required=True)
        parser.add_argument("--city-name-zh", default="")
        parser.add_argument("--city-name-en", default="")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password there"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        password = self._password(from_stdin=options["password_stdin"])
        clock = services.clock()
        city = Organisation.objects.filter(code=options["city_code"]).first()
        try:
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
            user = services.create_person(
                email=options["email"],
                name=options["name"],
                organisation=city,
                role=Role.OFFICIAL,
                password=password,
                by=clock,
            )
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"{user.email} is an official of {city.name_zh}.")

    def _password(self, *, from_stdin: bool) -> str:
        password = input() if from_stdin else getpass.getpass("Password: ")
        try:
            validate_password(password)
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from weak
        return password
