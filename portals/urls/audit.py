"""The audit trail, which a city alone reads."""

from django.urls import path

from portals.views import audit

urlpatterns = [
    path("audit/", audit.AuditList.as_view(), name="audit_list"),
    path("audit/export/", audit.AuditExport.as_view(), name="audit_export"),
]
