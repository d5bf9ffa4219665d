"""Let somebody in again whom no mail reaches, or who lost phone and keys."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from accounts import audit, services
from accounts.models import User


class Command(BaseCommand):
    help = "Print a link that sets a new password for an account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--forget-second-factor",
            action="store_true",
            help="take away app, passkeys and recovery codes; they are set up anew",
        )
        parser.add_argument(
            "--url",
            default="",
            help="where the platform is reached, as https://pilotgate.city.example",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None or not person.is_active:
            raise CommandError(f"{options['email']} has no open account.")
        clock = services.clock()
        if options["forget_second_factor"]:
            Authenticator.objects.filter(user=person).delete()
            audit.record(person, "second factor forgotten", by=clock)
        audit.record(person, "password link made", by=clock)
        path = reverse(
            "account_reset_password_from_key",
            kwargs={
                "uidb36": user_pk_to_url_str(person),
                "key": default_token_generator.make_token(person),
            },
        )
        self.stdout.write(options["url"].rstrip("/") + path)
