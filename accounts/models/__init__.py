"""People, organisations, tokens, and what was done."""

from accounts.models.audit_entry import AuditEntry
from accounts.models.organisation import Organisation
from accounts.models.person import ApiToken, Invitation, User

__all__ = ["ApiToken", "AuditEntry", "Invitation", "Organisation", "User"]
