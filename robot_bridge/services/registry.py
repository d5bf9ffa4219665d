"""Deeds on robots and their credentials."""

import base64
import fcntl
import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import OrganisationKind, Role
from accounts.errors import InvalidInputError, NotAllowedError
from accounts.models import Organisation, User
from robot_bridge.enums import RobotProtocol
from robot_bridge.models import Credential, Robot
from robot_bridge.models.robot import SERIAL_SIGNS

# A secret is 192 random bits, so that there is nothing to stretch.
_ITERATIONS: Final = 1_000
_SECRET_BYTES: Final = 24
_CODE_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def register_robot(
    *,
    vendor: Organisation,
    serial: str,
    maker: str,
    model: str,
    by: User,
    protocol: str = RobotProtocol.NATIVE,
) -> Robot:
    """Enter a robot of a vendor; it may send once it has a credential."""
    if vendor.kind != OrganisationKind.VENDOR:
        raise InvalidInputError(
            _("%(organisation)s is no vendor; a robot belongs to a vendor.")
            % {"organisation": vendor}
        )
    check_owner(vendor, by)
    if not re.fullmatch(SERIAL_SIGNS, serial):
        raise InvalidInputError(
            _(
                "%(serial)s cannot be a serial number here: use up to 64 letters, "
                "digits, dots, hyphens and underscores."
            )
            % {"serial": serial[:80]}
        )
    robot = Robot(
        code=f"R-{''.join(secrets.choice(_CODE_SIGNS) for _sign in range(8))}",
        serial=serial,
        maker=maker,
        model=model,
        vendor=vendor,
        protocol=protocol,
    )
    try:
        with transaction.atomic():
            robot.save(force_insert=True)
    except IntegrityError:
        raise InvalidInputError(
            _("%(vendor)s has a robot with the serial number %(serial)s already.")
            % {"vendor": vendor, "serial": serial}
        ) from None
    audit.record(robot, "robot registered", by=by, serial=serial)
    return robot


@transaction.atomic
def issue_credential(*, robot: Robot, by: User) -> tuple[Credential, str]:
    """Issue a robot's credential; returns it and its secret, shown this once.

    The one valid until now is revoked.
    """
    check_owner(robot.vendor, by)
    now = timezone.now()
    Credential.objects.filter(robot=robot, revoked_at=None).update(revoked_at=now)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    credential = Credential.objects.create(
        robot=robot,
        username=robot.wire_name,
        secret_hash=_hashed(secret, secrets.token_bytes(12)),
        issued_at=now,
        issued_by=by,
    )
    audit.record(robot, "credential issued", by=by)
    transaction.on_commit(publish_passwords)
    return credential, secret


@transaction.atomic
def revoke_credential(*, credential: Credential, by: User) -> None:
    """End a credential; the broker learns of it at once."""
    check_hand(credential.robot.vendor, by)
    changed = Credential.objects.filter(pk=credential.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    credential.refresh_from_db()
    if changed:
        audit.record(credential.robot, "credential revoked", by=by)
        transaction.on_commit(publish_passwords)


def authenticate(username: str, secret: str) -> Robot | None:
    """Return the robot a user name and secret stand for, or None."""
    if "\0" in username:  # the database cannot be asked for it
        return None
    credential = (
        Credential.objects.valid()
        .select_related("robot__vendor")
        .filter(username=username)
        .first()
    )
    if credential is None:
        return None
    salt = base64.b64decode(credential.secret_hash.split("$")[3])
    if not secrets.compare_digest(credential.secret_hash, _hashed(secret, salt)):
        return None
    return credential.robot


def publish_passwords() -> Path:
    """Write the broker's password file anew, whole; safe to call at any time."""
    folder = Path(settings.PILOTGATE_HOME) / "mqtt"
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    path = folder / "passwords"
    with (folder / "passwords.lock").open("w", encoding="utf-8") as lock:
        # Read behind the lock, so that the last to write has read the newest.
        fcntl.flock(lock, fcntl.LOCK_EX)
        pairs = Credential.objects.valid().order_by("username")
        lines = [f"{c.username}:{c.secret_hash}\n" for c in pairs]
        fresh = path.with_suffix(".new")
        private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as out:
            out.writelines(lines)
            out.flush()
            os.fsync(private)
        fresh.replace(path)
    return path


def check_owner(vendor: Organisation, by: User) -> None:
    """Refuse all but the vendor's own people and the clock.

    Who weighs a robot's evidence must never hold what it signs in with.
    """
    owns = by.role == Role.VENDOR and by.organisation_id == vendor.pk
    if not (owns or by.role == Role.CLOCK):
        raise NotAllowedError(
            _("Only the vendor's own people register its robots and issue credentials.")
        )


def check_hand(vendor: Organisation, by: User) -> None:
    """Refuse who neither owns the robot nor decides for a city."""
    if by.role not in {Role.OFFICIAL, Role.CLOCK}:
        check_owner(vendor, by)


def _hashed(secret: str, salt: bytes) -> str:
    """Hash as mosquitto does: PBKDF2 over SHA-512, marked $7$."""
    key = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ITERATIONS)
    texts = [base64.b64encode(part).decode() for part in (salt, key)]
    return f"$7${_ITERATIONS}${texts[0]}${texts[1]}"
