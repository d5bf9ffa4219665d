from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Language, Role, Scope
from accounts.models.organisation import Organisation
from accounts.querysets import ApiTokenQuerySet, InvitationQuerySet, UserQuerySet


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person with one role in one organisation. The log-in name is the e-mail."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(pgettext_lazy("person", "Name"), max_length=80)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("Organisation"), related_name="+"
    )
    role = models.CharField(_("Role"), max_length=16, choices=Role)
    language = models.CharField(
        _("Language"), max_length=8, choices=Language, default=Language.ZH_HANS
    )
    is_active = models.BooleanField(_("Active"), default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(_("Joined"), auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="email_names_one_person"),
        ]

    def __str__(self) -> str:
        return str(Role.CLOCK.label) if self.role == Role.CLOCK else self.name

    @property
    def is_demo(self) -> bool:
        return self.organisation.is_demo


class Invitation(models.Model):
    """An offer to join an organisation in a role. Only the token's digest is kept."""

    email = models.EmailField(_("E-mail"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(_("Role"), max_length=16, choices=Role)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("Expires"))
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.CheckConstraint(
                name="accepted_invitation_names_the_person",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class ApiToken(models.Model):
    """A scoped, expiring token; the secret is shown once and kept as a digest."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(
        models.CharField(max_length=16, choices=Scope), verbose_name=_("Scopes")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("Expires"))
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="token_expires_after_it_begins",
                condition=Q(expires_at__gt=F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
