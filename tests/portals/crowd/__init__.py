"""A city of its own with so many rows in every list, built in bulk.

Lists hold `size` rows; what a workbench cuts off anyway holds a few more than it shows.
"""

from accounts.enums import OrganisationKind, Role
from tests.factories import make_organisation, make_user
from tests.portals.cast import Cast
from tests.portals.crowd import kpis, people, pilots, purchases, robots

SHOWN = 12


def gather(size: int) -> Cast:
    """Build a city with `size` rows of everything, and its people."""
    city = make_organisation(is_demo=True)
    vendor = make_organisation(OrganisationKind.VENDOR, is_demo=True)
    institute = make_organisation(OrganisationKind.INSTITUTE, is_demo=True)
    cast = {
        "official": make_user(organisation=city, language="en"),
        "colleague": make_user(organisation=city),
        "auditor": make_user(Role.AUDITOR, organisation=city),
        "vendor": make_user(Role.VENDOR, organisation=vendor),
        "reviewer": make_user(Role.REVIEWER, organisation=institute),
    }
    few = min(size, SHOWN)
    values = people.values(cast, size) | kpis.values(cast, size)
    bought = purchases.Purchases(cast, size, few)
    values |= bought.values()
    own = robots.Robots(cast, size)
    values |= own.values()
    values |= pilots.values(cast, size, bought.contracts, own)
    return Cast(cast, values)
