"""The people pages that each portal but the public one has."""

from django.urls import path

from portals.views import accounts

urlpatterns = [
    path("people/", accounts.PeopleList.as_view(), name="people_list"),
    path("people/invite/", accounts.InvitationNew.as_view(), name="invitation_new"),
    path(
        "people/<int:pk>/active/",
        accounts.PersonSetActive.as_view(),
        name="person_set_active",
    ),
]
