from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from procurement.enums import BriefState, Comparator, Environment, Route, Scenario
from procurement.models.call import Call
from procurement.models.codes import brief_code, site_code
from procurement.models.language import in_language
from procurement.querysets import BriefKpiQuerySet, BriefQuerySet, SiteQuerySet

UNPUBLISHED = Q(state=BriefState.DRAFT) | Q(published_at__isnull=True)


class Site(models.Model):
    """Where robots are to work, and the enterprise that hosts them."""

    code = models.CharField(max_length=32, unique=True, default=site_code)
    city = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name_zh = models.CharField(_("Name (Chinese)"), max_length=120)
    name_en = models.CharField(_("Name (English)"), max_length=120)
    host_zh = models.CharField(_("Host enterprise (Chinese)"), max_length=120)
    host_en = models.CharField(_("Host enterprise (English)"), max_length=120)
    environment = models.CharField(_("Environment"), max_length=24, choices=Environment)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    constraints_zh = models.TextField(_("Site constraints (Chinese)"), blank=True)
    constraints_en = models.TextField(_("Site constraints (English)"), blank=True)
    timezone = models.CharField(_("Time zone"), max_length=40, default="Asia/Shanghai")

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(environment__in=Environment.values),
                name="site_environment_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.host})"

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def host(self) -> str:
        return in_language(self.host_zh, self.host_en)

    @property
    def limits(self) -> str:
        return in_language(self.constraints_zh, self.constraints_en)


class Brief(models.Model):
    """A scenario brief: what is needed, where, measured how, and what may follow."""

    code = models.CharField(max_length=32, unique=True, default=brief_code)
    call = models.ForeignKey(
        Call, models.PROTECT, related_name="briefs", verbose_name=_("Call")
    )
    site = models.ForeignKey(
        Site,
        models.PROTECT,
        related_name="briefs",
        null=True,
        blank=True,
        verbose_name=_("Site"),
    )
    route = models.CharField(
        _("Route"), max_length=32, choices=Route, default=Route.SCENARIO_PILOT
    )
    scenario = models.CharField(_("Scenario"), max_length=32, choices=Scenario)
    title_zh = models.CharField(_("Title (Chinese)"), max_length=200)
    title_en = models.CharField(_("Title (English)"), max_length=200, blank=True)
    need_zh = models.TextField(_("Need (Chinese)"), blank=True)
    need_en = models.TextField(_("Need (English)"), blank=True)
    baseline_zh = models.TextField(_("Today's process (Chinese)"), blank=True)
    baseline_en = models.TextField(_("Today's process (English)"), blank=True)
    novelty_zh = models.TextField(_("What must be developed (Chinese)"), blank=True)
    novelty_en = models.TextField(_("What must be developed (English)"), blank=True)
    poc_robots = models.PositiveSmallIntegerField(
        _("Robots in the POC"), default=1, validators=[MinValueValidator(1)]
    )
    weeks_min = models.PositiveSmallIntegerField(_("Shortest POC, weeks"), default=8)
    weeks_max = models.PositiveSmallIntegerField(_("Longest POC, weeks"), default=12)
    compensation_cap_cny = models.DecimalField(
        _("Cap of compensable cost, CNY"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
    )
    budget_line = models.CharField(_("Volume budget line"), max_length=120, blank=True)
    budget_cny = models.DecimalField(
        _("Volume budget, CNY"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
    )
    quantity_min = models.PositiveIntegerField(
        _("Smallest volume, robots"), null=True, blank=True
    )
    quantity_max = models.PositiveIntegerField(
        _("Largest volume, robots"), null=True, blank=True
    )
    unit_price_ceiling_cny = models.DecimalField(
        _("Ceiling of the unit price, CNY"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.TextField(blank=True, editable=False)
    state = models.CharField(
        max_length=16, choices=BriefState, default=BriefState.DRAFT, editable=False
    )

    objects = BriefQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BriefState.values), name="brief_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[BriefState.DRAFT, BriefState.CANCELLED])
                | Q(published_at__isnull=False, site__isnull=False),
                name="published_brief_has_a_site_and_a_date",
            ),
            models.CheckConstraint(
                condition=UNPUBLISHED
                | ~Q(budget_line="") & Q(budget_cny__isnull=False, budget_cny__gt=0),
                name="published_brief_has_a_volume_budget_line",
            ),
            models.CheckConstraint(
                condition=UNPUBLISHED
                | Q(
                    quantity_min__isnull=False,
                    quantity_max__isnull=False,
                    quantity_min__gte=1,
                    quantity_max__gte=F("quantity_min"),
                ),
                name="published_brief_has_a_quantity_range",
            ),
            models.CheckConstraint(
                condition=UNPUBLISHED
                | Q(unit_price_ceiling_cny__isnull=False, unit_price_ceiling_cny__gt=0),
                name="published_brief_has_a_unit_price_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(
                    weeks_min__gte=8,
                    weeks_max__lte=12,
                    weeks_min__lte=F("weeks_max"),
                ),
                name="brief_allows_8_to_12_weeks",
                violation_error_message=_(
                    "A proof of concept lasts 8 to 12 weeks, the shortest no longer "
                    "than the longest."
                ),
            ),
            models.CheckConstraint(
                condition=Q(poc_robots__gte=1),
                name="poc_has_a_robot",
                violation_error_message=_("A POC has one robot at least."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        return in_language(self.title_zh, self.title_en)

    @property
    def need(self) -> str:
        return in_language(self.need_zh, self.need_en)

    @property
    def baseline(self) -> str:
        return in_language(self.baseline_zh, self.baseline_en)

    @property
    def novelty(self) -> str:
        return in_language(self.novelty_zh, self.novelty_en)

    @property
    def city(self) -> Organisation:
        return self.call.programme.city


class BriefKpi(models.Model):
    """One measured promise: the minimum must be shown, the target is designed for."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="kpis")
    kpi = models.CharField(_("KPI"), max_length=96)
    comparator = models.CharField(_("Comparator"), max_length=8, choices=Comparator)
    minimum = models.DecimalField(_("Minimum"), max_digits=18, decimal_places=6)
    target = models.DecimalField(_("Target"), max_digits=18, decimal_places=6)
    window_days = models.PositiveSmallIntegerField(_("Window, days"), default=56)
    coverage_min = models.DecimalField(
        _("Least coverage"), max_digits=5, decimal_places=4, default="0.9000"
    )
    tasks_per_day = models.PositiveIntegerField(_("Tasks a day"), null=True, blank=True)
    mandatory = models.BooleanField(_("Mandatory"), default=True)
    chance = models.DecimalField(
        _("Chance to be decided when the robot is at target"),
        max_digits=5,
        decimal_places=4,
        null=True,
        editable=False,
    )

    objects = BriefKpiQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "kpi"], name="brief_names_a_kpi_once"
            ),
            models.CheckConstraint(
                condition=Q(comparator=Comparator.AT_LEAST, target__gt=F("minimum"))
                | Q(comparator=Comparator.AT_MOST, target__lt=F("minimum")),
                name="target_is_stricter_than_minimum",
            ),
            models.CheckConstraint(
                condition=Q(window_days__range=(1, 84)),
                name="kpi_window_lies_within_12_weeks",
            ),
            models.CheckConstraint(
                condition=Q(coverage_min__gt=0, coverage_min__lte=1),
                name="coverage_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief.code} {self.kpi}"
