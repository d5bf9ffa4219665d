"""Long work: how far it is, and a way to stop it."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from dispatch.models import Job
from dispatch.serializers import JobSerializer
from dispatch.services import cancel_job
from portals.requests import actor


class JobViewSet(ReadOnlyModelViewSet[Job]):
    """Long work of one's own organisation, newest first, and of the platform."""

    serializer_class = JobSerializer
    lookup_field = "code"
    filterset_fields = ["state", "kind"]
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.visible_to(actor(self.request)).order_by("-created_at")

    @extend_schema(request=None, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, code: str) -> Response:
        """Ask the work to stop at its next step; what it has done stays done."""
        job = self.get_object()
        cancel_job(job=job, by=actor(request))
        job.refresh_from_db()
        return Response(self.get_serializer(job).data)
