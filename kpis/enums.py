"""Stored values of the KPI tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    """How long a state's bucket is."""

    MINUTE = "minute", _("Minute")
    HOUR = "hour", _("Hour")
