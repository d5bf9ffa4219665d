import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from django.utils import translation

from portals.context import frame
from portals.navigation import MENUS, Item, menu, portal_of
from tests.factories import make_organisation, make_user

CLIENT = Client(headers={"accept-language": "en"})


def request_at(namespaces=(), url_name="home", user=None):
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    request.resolver_match = ResolverMatch(
        lambda: None, (), {}, url_name, namespaces=list(namespaces)
    )
    return request


@pytest.mark.parametrize("portal", MENUS)
def test_frame_follows_the_namespace(portal):
    found = frame(request_at([portal]))

    assert found["portal_base"] == f"frames/{portal}.html"
    assert found["portal"] == portal


def test_frame_outside_the_portals_is_plain():
    assert frame(request_at())["portal_base"] == "frames/plain.html"


def test_frame_of_an_unmatched_address_is_plain():
    request = RequestFactory().get("/nowhere")

    assert portal_of(request) == ""


def test_menu_leaves_out_what_is_not_mounted(settings):
    settings.ROOT_URLCONF = "tests.portals.menu_urls"

    with translation.override("en"):
        entries = menu(request_at(["officials"], "pilot_detail"))

    assert [(entry.label, entry.active) for entry in entries] == [
        ("Workbench", False),
        ("Pilots", True),
    ]


@pytest.mark.parametrize(
    ("url_name", "covered"),
    [
        ("pilot_list", True),
        ("pilot_detail", True),
        ("gate_review", True),
        ("pilots_other", False),
        ("brief_list", False),
    ],
)
def test_menu_item_covers_its_nouns(url_name, covered):
    assert Item("Pilots", "pilot_list", ("gate",)).covers(url_name) is covered


@pytest.mark.django_db
@pytest.mark.parametrize("is_demo", [True, False])
def test_demo_banner_follows_the_readers_organisation(settings, is_demo):
    settings.DEMO = not is_demo
    user = make_user(organisation=make_organisation(is_demo=is_demo))

    assert frame(request_at(user=user))["is_demo"]() is is_demo


def test_demo_banner_of_a_visitor_follows_the_site(settings):
    settings.DEMO = True

    assert frame(request_at())["is_demo"]() is True


def test_styleguide_is_closed_outside_demo(settings):
    settings.DEMO = False

    assert CLIENT.get("/styleguide").status_code == 404


def test_unknown_address_says_what_may_be_wrong():
    page = CLIENT.get("/nowhere")

    assert page.status_code == 404
    assert b"There is no such page" in page.content


def test_forged_form_is_refused_with_the_next_step():
    page = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post(
        "/i18n/setlang/", {"language": "en"}
    )

    assert page.status_code == 403
    assert b"reload the page and send the form again" in page.content


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_page_of_last_resort_needs_no_context(name):
    with translation.override("en"):
        page = get_template(name).render()

    assert "To the start page" in page
    assert 'lang="en"' in page


def test_accessibility_statement_is_open_to_everybody():
    page = CLIENT.get("/accessibility/")

    assert page.status_code == 200
    assert b"never a colour alone" in page.content
