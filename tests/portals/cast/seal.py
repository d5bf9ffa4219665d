"""A submission under seal: whoever finds one of its words has read it too early."""

from typing import Any

from accounts.enums import OrganisationKind, Role
from tests.factories import make_organisation, make_user

WORD = "CANARY"
NAMES = (f"{WORD} 机器人", f"{WORD} Robotics")
# Where every vendor is named, whether it takes part or not.
DIRECTORIES = {
    "api:vendor-list",
    "officials:invitation_new",
    "officials:organisation_list",
}
DIGEST = f"{0xCA_9A_21:064x}"
PLAN = {
    name: f"{WORD} {name}"
    for name in (
        "summary",
        "scenario_fit",
        "approach",
        "robot_maker",
        "robot_model",
        "data_needed",
        "site_needs",
        "safety_concept",
        "service_concept",
        "software_policy",
    )
}
MILESTONE = {
    "title": f"{WORD} milestone",
    "deliverable": f"{WORD} deliverable",
    "acceptance": f"{WORD} acceptance",
}


def author() -> dict[str, Any]:
    """Make a vendor of its own, whose very name tells that it took part."""
    house = make_organisation(
        OrganisationKind.VENDOR,
        is_demo=True,
        name_zh=NAMES[0],
        name_en=NAMES[1],
    )
    person = make_user(Role.VENDOR, organisation=house, name=f"{WORD} Person")
    return {"vendor": house, "created_by": person}


def broken_by(content: bytes, route: str = "") -> bool:
    """Whether an answer tells anything of it."""
    if route in DIRECTORIES:
        for name in NAMES:
            content = content.replace(name.encode(), b"")
    return WORD.encode() in content or DIGEST.encode() in content
