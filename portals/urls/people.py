"""The people pages that each portal but the public one has."""

from django.urls import path

from portals.views import organisations, people, vendors

urlpatterns = [
    path("people/", people.PeopleList.as_view(), name="people_list"),
    path("people/invite/", people.InvitationNew.as_view(), name="invitation_new"),
    path(
        "people/invitations/<int:pk>/renew/",
        people.InvitationRenew.as_view(),
        name="invitation_renew",
    ),
    path(
        "people/invitations/<int:pk>/withdraw/",
        people.InvitationWithdraw.as_view(),
        name="invitation_withdraw",
    ),
    path(
        "people/<int:pk>/active/",
        people.PersonSetActive.as_view(),
        name="person_set_active",
    ),
    path(
        "people/organisation/",
        organisations.OrganisationEdit.as_view(),
        name="organisation_edit",
    ),
]

# What a city alone does: other roles, and other organisations.
CITY = [
    path(
        "people/<int:pk>/role/<str:role>/",
        people.PersonSetRole.as_view(),
        name="person_set_role",
    ),
    path(
        "people/organisations/",
        organisations.OrganisationList.as_view(),
        name="organisation_list",
    ),
    path(
        "people/vendors/<str:code>/",
        vendors.VendorDetail.as_view(),
        name="vendor_detail",
    ),
    path(
        "people/vendors/<str:code>/to/<str:target>/",
        vendors.VendorAdvance.as_view(),
        name="vendor_advance",
    ),
    path(
        "people/institute/",
        organisations.InstituteNew.as_view(),
        name="institute_new",
    ),
]
