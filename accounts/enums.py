"""The fixed words of people and organisations."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What a person does here. CLOCK is the platform itself, for timed moves."""

    OFFICIAL = "official", _("City official")
    VENDOR = "vendor", _("Vendor")
    REVIEWER = "reviewer", _("Institute reviewer")
    AUDITOR = "auditor", _("Auditor")
    CLOCK = "clock", _("Clock")


class OrganisationKind(TextChoices):
    CITY = "city", pgettext_lazy("organisation", "City")
    VENDOR = "vendor", _("Vendor")
    INSTITUTE = "institute", _("Institute")
    PLATFORM = "platform", _("Platform")


class Language(TextChoices):
    ZH_HANS = "zh-hans", "简体中文"
    EN = "en", "English"


class Scope(TextChoices):
    """What an access token may be used for."""

    READ = "read", _("Read what its owner may see")
    WRITE = "write", _("Act as its owner")
    INGEST = "ingest", _("Send telemetry of its owner's robots")
