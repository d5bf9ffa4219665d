"""Who lives in the demo city: organisations and people, all invented."""

from dataclasses import dataclass
from typing import Final

from accounts import services
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, User
from accounts.rules import uscc_check_sign
from procurement.enums import RegistrationState
from procurement.models import VendorRegistration
from procurement.services import enter_vendor, judge_vendor

PASSWORD: Final = "pilotgate-demo"  # noqa: S105 - printed at every start, demo only
CITY: Final = "demo-city"


@dataclass(frozen=True, slots=True)
class House:
    code: str
    kind: OrganisationKind
    names: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    house: str
    role: Role
    name: str
    persona: str


HOUSES: Final = (
    House(
        CITY,
        OrganisationKind.CITY,
        ("山城市经济和信息化局（演示）", "Hillside City Economy Bureau (demo)"),
    ),
    House(
        "demo-robotics-institute",
        OrganisationKind.INSTITUTE,
        ("山城具身智能研究院（演示）", "Hillside Embodied AI Institute (demo)"),
    ),
    House(
        "demo-testing-institute",
        OrganisationKind.INSTITUTE,
        ("山城机器人检测院（演示）", "Hillside Robot Testing Institute (demo)"),
    ),
    House(
        "qingyan",
        OrganisationKind.VENDOR,
        ("青砚机器人（演示）", "Qingyan Robotics (demo)"),
    ),
    House(
        "lanting",
        OrganisationKind.VENDOR,
        ("岚汀智行（演示）", "Lanting Mobility (demo)"),
    ),
    House(
        "yunque",
        OrganisationKind.VENDOR,
        ("云雀灵动（演示）", "Yunque Motion (demo)"),
    ),
    House(
        "mianhe",
        OrganisationKind.VENDOR,
        ("眠禾智护（演示）", "Mianhe Care Robots (demo)"),
    ),
)
PEOPLE: Final = (
    Person("official", CITY, Role.OFFICIAL, "李 敏", "官员 official"),
    Person("second", CITY, Role.OFFICIAL, "周 岩", "官员二 second official"),
    Person("auditor", CITY, Role.AUDITOR, "许 静", "审计 auditor"),
    Person(
        "reviewer",
        "demo-robotics-institute",
        Role.REVIEWER,
        "陈 维",
        "评审 reviewer",
    ),
    Person(
        "tester",
        "demo-testing-institute",
        Role.REVIEWER,
        "高 远",
        "评审二 reviewer",
    ),
    Person("vendor", "qingyan", Role.VENDOR, "林 澈", "供应商 vendor"),
    Person("lanting", "lanting", Role.VENDOR, "杜 衡", "供应商二 second vendor"),
    Person("yunque", "yunque", Role.VENDOR, "方 舟", "供应商三 third vendor"),
    Person("mianhe", "mianhe", Role.VENDOR, "何 禾", "供应商四 fourth vendor"),
)


def email_of(key: str) -> str:
    return f"{key}@demo.example"


def logins() -> list[dict[str, str]]:
    """Return the log-ins as the start and the log-in page show them."""
    return [
        {
            "persona": person.persona,
            "name": person.name,
            "role": person.persona,
            "email": email_of(person.key),
            "password": PASSWORD,
        }
        for person in PEOPLE
    ]


def settle_in() -> dict[str, User]:
    """Enter the organisations and their people; returns the people by key."""
    by = services.clock()
    for number, house in enumerate(HOUSES, start=1):
        body = f"91509999{number:09d}"
        is_vendor = house.kind == OrganisationKind.VENDOR
        made = services.create_organisation(
            code=house.code,
            kind=house.kind,
            names=house.names,
            uscc=body + uscc_check_sign(body) if is_vendor else None,
            is_demo=True,
            by=by,
        )
        if is_vendor:
            enter_vendor(made)
    known = {
        person.key: services.create_person(
            email=email_of(person.key),
            name=person.name,
            organisation=Organisation.objects.get(code=person.house),
            role=person.role,
            password=PASSWORD,
            by=by,
        )
        for person in PEOPLE
    }
    accept_vendors(known["official"])
    return known


def accept_vendors(by: User) -> None:
    """Let the city's official accept the vendors that still wait, with a reason."""
    for waiting in VendorRegistration.objects.visible_to(by).waiting():
        judge_vendor(
            registration=waiting,
            target=RegistrationState.ACCEPTED,
            reason="演示厂商 / Demo vendor",
            by=by,
        )


def people() -> dict[str, User]:
    """Return the people of a city that is settled already."""
    return {
        person.key: User.objects.get(email=email_of(person.key)) for person in PEOPLE
    }
