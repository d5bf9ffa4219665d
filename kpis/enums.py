"""Stored values of the KPI tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ComposedState(models.TextChoices):
    """Whether a city's own KPI may be used."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Tier(models.TextChoices):
    """How long a state's bucket is."""

    MINUTE = "minute", _("Minute")
    HOUR = "hour", _("Hour")
