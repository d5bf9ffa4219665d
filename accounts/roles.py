"""Which role lives in which kind of organisation."""

from typing import Final

from accounts.enums import OrganisationKind, Role

ROLES_OF: Final[dict[OrganisationKind, frozenset[Role]]] = {
    OrganisationKind.CITY: frozenset({Role.OFFICIAL, Role.AUDITOR}),
    OrganisationKind.VENDOR: frozenset({Role.VENDOR}),
    OrganisationKind.INSTITUTE: frozenset({Role.REVIEWER}),
    OrganisationKind.PLATFORM: frozenset({Role.CLOCK}),
}

# Who may invite whom. A vendor's people are invited by the vendor alone: a city that
# could put somebody there would read what is sealed from it.
INVITES: Final[dict[Role, frozenset[OrganisationKind]]] = {
    Role.OFFICIAL: frozenset({OrganisationKind.CITY, OrganisationKind.INSTITUTE}),
    Role.VENDOR: frozenset({OrganisationKind.VENDOR}),
    Role.REVIEWER: frozenset({OrganisationKind.INSTITUTE}),
}
