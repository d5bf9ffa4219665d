"""Awards and the contracts that follow them."""

from django.urls import path

from portals.views import awards

published = [
    path("awards/", awards.AwardList.as_view(), name="award_list"),
    path("awards/<str:code>/", awards.AwardDetail.as_view(), name="award_detail"),
]
party = [
    path("contracts/", awards.ContractList.as_view(), name="contract_list"),
    path(
        "contracts/<str:code>/",
        awards.ContractDetail.as_view(),
        name="contract_detail",
    ),
    path(
        "contracts/<str:code>/sign/",
        awards.ContractSign.as_view(),
        name="contract_sign",
    ),
]
draft = [
    path(
        "awards/<str:code>/contract/",
        awards.ContractDraft.as_view(),
        name="contract_draft",
    ),
]
