"""Long work as programs read it."""

from rest_framework import serializers

from dispatch.models import Job


class JobSerializer(serializers.ModelSerializer[Job]):
    """`percent` is done of total; `moved_at` tells when it last got on."""

    title = serializers.CharField(read_only=True)
    percent = serializers.IntegerField(read_only=True)

    class Meta:
        model = Job
        fields = [
            "code",
            "kind",
            "title",
            "subject_type",
            "subject_code",
            "state",
            "done",
            "total",
            "percent",
            "created_at",
            "started_at",
            "moved_at",
            "finished_at",
            "cancel_requested_at",
            "error",
        ]
