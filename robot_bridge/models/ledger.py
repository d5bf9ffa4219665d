from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from robot_bridge.enums import SetAsideReason
from robot_bridge.models.robot import Robot
from robot_bridge.querysets import MinuteLedgerQuerySet, SetAsideMessageQuerySet


class RobotSession(models.Model):
    """One run of a robot's software, within which its messages are numbered.

    `offset_us`: the smallest (receipt - sending) seen, in µs; null while no message
    said when it was sent.
    """

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    started_us = models.BigIntegerField()
    offset_us = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "robot", "name", name="session_names_one_run_of_a_robot"
            ),
        ]
        indexes = [
            models.Index(fields=["robot", "started_us"], name="sessions_in_time")
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} {self.name}"


class StreamHead(models.Model):
    """How far a stream of a session has been seen, to know what is missing.

    `top_sent_us`: when its highest number was sent, in µs of the robot's clock.
    """

    session = models.ForeignKey(RobotSession, models.CASCADE, related_name="+")
    stream = models.CharField(max_length=32)
    lowest_seq = models.BigIntegerField()
    highest_seq = models.BigIntegerField()
    top_sent_us = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "session", "stream", name="stream_has_one_head_in_a_session"
            ),
            models.CheckConstraint(
                name="head_is_not_below_its_beginning",
                condition=Q(highest_seq__gte=F("lowest_seq")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.stream} {self.highest_seq}"


class StreamLedger(models.Model):
    """One message whose rows were accepted; the key that makes a retry a retry.

    `disputed`: another message claimed the same number, so that neither counts.
    """

    session = models.ForeignKey(RobotSession, models.PROTECT, related_name="+")
    stream = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()
    disputed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "session", "stream", "seq", name="number_is_given_once_in_a_stream"
            ),
        ]
        indexes = [
            # VDA 5050 names no session: a repeated message is known by its digest.
            models.Index(
                fields=["digest"],
                condition=~Q(stream="telemetry"),
                name="messages_without_a_session",
            ),
            models.Index(
                fields=["session"],
                condition=Q(disputed=True),
                name="disputed_messages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.stream} {self.seq}"


class MinuteLedger(models.Model):
    """Of one robot and minute: what became of the messages, and how many were due.

    A message belongs to the minute of its first row; one without readable rows to
    the minute of its receipt. `expected`: by the sequence.
    """

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+")
    minute_us = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    set_aside = models.BigIntegerField(default=0)
    throttled = models.BigIntegerField(default=0)
    expected = models.BigIntegerField(default=0)

    objects = MinuteLedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "robot", "minute_us", name="minute_is_counted_once_for_a_robot"
            ),
            models.CheckConstraint(
                name="every_message_received_is_accounted_for",
                condition=Q(
                    received=F("stored")
                    + F("duplicate")
                    + F("set_aside")
                    + F("throttled")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} {self.minute_us}"


class SetAsideMessage(models.Model):
    """A message whose rows do not count, and why; the envelope is kept whole.

    `sentence` is for engineers and says what would be right. `payload` is empty where
    the rows already rest in the lake, uncounted.
    """

    robot = models.ForeignKey(Robot, models.PROTECT, null=True, related_name="+")
    vendor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("Reason"), max_length=24, choices=SetAsideReason)
    sentence = models.TextField(_("Explanation"))
    topic = models.CharField(_("Topic"), max_length=512)
    name = models.CharField(_("Sender"), max_length=128)
    payload = models.BinaryField()
    received_at = models.DateTimeField(_("Received"))
    segment = models.CharField(max_length=48)
    position = models.IntegerField()

    objects = SetAsideMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "segment", "position", name="message_is_set_aside_once"
            ),
        ]
        indexes = [
            models.Index(fields=["robot", "-received_at"], name="set_aside_of_a_robot"),
            models.Index(
                fields=["vendor", "-received_at"], name="set_aside_of_a_vendor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.reason}"

    @property
    def advice(self) -> str:
        """What would be right, in the reader's language."""
        return SetAsideReason(self.reason).advice


class SettledSegment(models.Model):
    """A spool segment whose messages the ledger has judged.

    `decisions` say which rows were accepted, and as what; they are emptied once the
    lake holds the rows.
    """

    segment = models.CharField(max_length=48, unique=True)
    run = models.CharField(max_length=32)
    number = models.IntegerField()
    messages = models.IntegerField()
    samples = models.IntegerField()
    events = models.IntegerField()
    decisions = models.BinaryField()
    settled_at = models.DateTimeField(auto_now_add=True)
    stored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["run", "number"], name="segments_in_order"),
            models.Index(
                fields=["settled_at"],
                condition=Q(stored_at=None),
                name="segments_not_in_the_lake",
            ),
        ]

    def __str__(self) -> str:
        return self.segment
