"""Joining and personal pages, the same for everybody."""

from django.urls import path

from portals.views import accounts, jobs, joining, notices

app_name = "account"

urlpatterns = [
    path("", accounts.Profile.as_view(), name="profile"),
    path("register/", joining.VendorRegister.as_view(), name="vendor_register"),
    path(
        "invitation/<str:token>/",
        joining.InvitationAccept.as_view(),
        name="invitation_accept",
    ),
    path("tokens/", accounts.TokenList.as_view(), name="token_list"),
    path(
        "tokens/<str:prefix>/revoke/",
        accounts.TokenRevoke.as_view(),
        name="token_revoke",
    ),
    path("notices/", notices.NoticeList.as_view(), name="notice_list"),
    path("notices/<int:pk>/", notices.NoticeOpen.as_view(), name="notice_open"),
    path("jobs/", jobs.JobList.as_view(), name="job_list"),
    path("jobs/<str:code>/", jobs.JobDetail.as_view(), name="job_detail"),
    path("jobs/<str:code>/cancel/", jobs.JobCancel.as_view(), name="job_cancel"),
]
