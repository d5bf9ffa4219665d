"""From a spool segment to accepted rows: who sent them, when, and whether anew."""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

import msgspec
from django.db import transaction

from robot_bridge import adapters
from robot_bridge.enums import SetAsideReason
from robot_bridge.errors import MalformedMessageError, SegmentSettledError
from robot_bridge.models import SetAsideMessage, SettledSegment
from robot_bridge.rules import (
    MessageTimes,
    at_receipt,
    is_future,
    is_too_old,
    judge_clock,
)
from robot_bridge.services.cases import Case, Decision, Run, Sited
from robot_bridge.services.directory import (
    EPOCH,
    Directory,
    KnownRobot,
    look_up,
)
from robot_bridge.services.ledger import Dispute, count_minutes, judge_numbers
from robot_bridge.services.rows import NO_SEQ, Message, event_rows, sample_rows
from robot_bridge.services.sessions import assign_sessions
from robot_bridge.services.store import Accepted
from robot_bridge.spool import Segment, Spool
from robot_bridge.telemetry import Envelope, Parsed, Window

logger = logging.getLogger(__name__)
_decisions: Final = msgspec.msgpack.Decoder(tuple[Decision, ...])


@transaction.atomic
def settle(segment: Segment) -> Accepted:
    """Judge a segment's messages and return the rows that count.

    Runs inside the caller's transaction; calling again after a rollback repeats it.

    Raises:
        SegmentSettledError: it was settled before; see `settled_but_not_stored`.
    """
    later = SettledSegment.objects.filter(run=segment.run, number__gte=segment.number)
    if later.exists():
        raise SegmentSettledError(
            f"segment {segment.id} or a later one of its run was settled before; "
            "segments are settled in order, and the rows of a settled one come from "
            "settled_but_not_stored"
        )
    cases = _read(segment.envelopes())
    sited = [case for case in cases if isinstance(case, Sited)]
    if sited:
        _judge_times(sited, assign_sessions(sited))
    disputes = judge_numbers([case for case in sited if case.is_open])
    count_minutes(cases, disputes)
    _keep_set_aside(segment, cases, disputes)
    decisions = [_decide(case) for case in sited if case.is_open]
    parsed = {case.position: (case.parsed, case.times.recv_us) for case in sited}
    accepted = _accepted(
        segment, [(each, *parsed[each.position]) for each in decisions], disputes
    )
    SettledSegment.objects.create(
        segment=segment.id,
        run=segment.run,
        number=segment.number,
        messages=len(cases),
        samples=accepted.samples.num_rows,
        events=accepted.events.num_rows,
        decisions=msgspec.msgpack.encode(decisions),
    )
    return accepted


def settled_but_not_stored(spool: Spool) -> list[Accepted]:
    """Return the accepted rows of segments that are settled and still in the spool.

    Exactly the rows of the transaction that settled them; the lake may hold some
    already, which `append_to_lake` knows. Afterwards the segments are removed.
    """
    segments = {segment.id: segment for segment in spool.segments()}
    settled = SettledSegment.objects.filter(segment__in=segments).order_by("segment")
    return [_again(segments[row.segment], row) for row in settled]


def _again(segment: Segment, row: SettledSegment) -> Accepted:
    if row.stored_at is not None:
        return _accepted(segment, [], [])
    envelopes = segment.envelopes()
    messages = [
        (decision, _parse(envelope), envelope.recv_us)
        for decision in _decisions.decode(bytes(row.decisions))
        for envelope in [envelopes[decision.position]]
    ]
    return _accepted(segment, messages, [])


def _parse(envelope: Envelope) -> Parsed:
    return adapters.parse(adapters.read_topic(envelope.topic), envelope.payload)


def _accepted(
    segment: Segment, messages: Sequence[Message], disputes: Iterable[Dispute]
) -> Accepted:
    return Accepted(
        segment.id,
        sample_rows(messages),
        event_rows(messages),
        tuple(
            (each.claimant.robot.id, Window(each.first_us, each.last_us + 1))
            for each in disputes
        ),
    )


def _read(envelopes: Sequence[Envelope]) -> list[Case]:
    """Read every message; what cannot be read, or is not the robot's, is set aside."""
    topics = [_topic(envelope) for envelope in envelopes]
    known = look_up(
        (topic.vendor, topic.serial)
        for topic in topics
        if isinstance(topic, adapters.Topic)
    )
    return [
        _case(Case(position, envelope), topic, known)
        for position, (envelope, topic) in enumerate(
            zip(envelopes, topics, strict=True)
        )
    ]


def _topic(envelope: Envelope) -> adapters.Topic | MalformedMessageError:
    try:
        return adapters.read_topic(envelope.topic)
    except MalformedMessageError as error:
        return error


def _case(
    case: Case, topic: adapters.Topic | MalformedMessageError, known: Directory
) -> Case:
    if isinstance(topic, MalformedMessageError):
        case.set_aside(SetAsideReason(topic.code), str(topic))
        return case
    robot = known.robots.get((topic.vendor, topic.serial))
    case.vendor_id = known.vendors.get(topic.vendor)
    case.robot_id = None if robot is None else robot.id
    if objection := _identity_objection(topic, case.envelope, robot):
        case.set_aside(*objection)
    elif robot is not None:
        return _sited(case, topic, robot)
    return case


def _identity_objection(
    topic: adapters.Topic, envelope: Envelope, robot: KnownRobot | None
) -> tuple[SetAsideReason, str] | None:
    if envelope.name != topic.name:
        logger.warning("%s wrote to %s", envelope.name[:128], topic.text[:256])
        return SetAsideReason.IDENTITY_MISMATCH, (
            f"{envelope.name!r} wrote to {topic.text}; a robot writes under the topic "
            "of its own user name."
        )
    if robot is None:
        return SetAsideReason.UNKNOWN_ROBOT, (
            f"{topic.text}: vendor {topic.vendor} has no robot with the serial number "
            f"{topic.serial}; register it first."
        )
    if not robot.is_trusted(envelope.recv_us):
        return SetAsideReason.CREDENTIAL_REVOKED, (
            f"{topic.text}: no credential of the robot was valid when the message "
            "came; issue a new one."
        )
    return None


def _sited(case: Case, topic: adapters.Topic, robot: KnownRobot) -> Case:
    try:
        parsed = adapters.parse(topic, case.envelope.payload)
    except MalformedMessageError as error:
        case.set_aside(SetAsideReason(error.code), str(error))
        return case
    except Exception:
        # A fault of ours in one message must not hold up everybody's telemetry.
        logger.exception("adapter failed on a message to %s", topic.text[:256])
        case.set_aside(
            SetAsideReason.ADAPTER_FAILED,
            f"{topic.text}: the adapter failed; the message is kept as it came.",
        )
        return case
    times = _times(parsed, case.envelope.recv_us)
    return Sited(
        case.position,
        case.envelope,
        robot.id,
        robot.vendor_id,
        topic=topic,
        parsed=parsed,
        robot=robot,
        times=times,
        permission=robot.permission(times.first_us, times.last_us, times.recv_us),
    )


def _times(parsed: Parsed, recv_us: int) -> MessageTimes:
    sent_us = parsed.header.sent_us
    edges = [event.ts_us for event in parsed.events]
    for part in parsed.samples:
        edges += [int(part.ts_us.min()), int(part.ts_us.max())]
    if not edges:
        edges = [recv_us if sent_us is None else sent_us]
    return MessageTimes(min(edges), max(edges), sent_us, recv_us)


def _judge_times(cases: Sequence[Sited], offsets: dict[int, int | None]) -> None:
    """Correct the clocks, and set aside what lies in the future or too far back."""
    for case in cases:
        if case.permission is not None:
            continue
        if case.parsed.header.seq is None:
            case.clock = at_receipt(case.times)
            continue
        case.clock = judge_clock(case.times, offsets[case.session_id])
        if is_future(case.times, case.clock.shift_us):
            case.set_aside(
                SetAsideReason.FUTURE,
                f"{case.topic.text}: rows up to {_instant(case.times.last_us)} came at "
                f"{_instant(case.times.recv_us)}; set the robot's clock.",
            )
        elif is_too_old(case.times, case.clock.shift_us):
            case.set_aside(
                SetAsideReason.TOO_OLD,
                f"{case.topic.text}: rows from {_instant(case.times.first_us)} came at "
                f"{_instant(case.times.recv_us)}; rows older than 7 days enter under a "
                "backfill permission that covers them all.",
            )


def _decide(case: Sited) -> Decision:
    first_us = case.times.first_us + case.clock.shift_us
    last_us = case.times.last_us + case.clock.shift_us
    spans = case.robot.deployments(first_us, last_us)
    allowed = case.permission
    runs = tuple(
        Run(
            span.end_us,
            span.evidence if allowed is None else allowed.covers.evidence,
            span.software,
        )
        for span in spans
    )
    return Decision(
        position=case.position,
        robot_id=case.robot.id,
        session=case.session_name,
        seq=NO_SEQ if case.parsed.header.seq is None else case.seq,
        shift_us=case.clock.shift_us,
        source=int(case.clock.source),
        quality=case.clock.quality,
        jump_us=case.clock.jump_us,
        runs=runs,
    )


def _keep_set_aside(
    segment: Segment, cases: Iterable[Case], disputes: Iterable[Dispute]
) -> None:
    rows = [
        _set_aside(segment, case, case.position, case.envelope.payload)
        for case in cases
        if case.reason is not None
    ]
    # The message that came first rests in the lake; its row has the mirrored place.
    rows += [
        _set_aside(segment, each.claimant, -1 - each.claimant.position, b"")
        for each in disputes
    ]
    SetAsideMessage.objects.bulk_create(rows)


def _set_aside(
    segment: Segment, case: Case, position: int, payload: bytes
) -> SetAsideMessage:
    return SetAsideMessage(
        robot_id=case.robot_id,
        vendor_id=case.vendor_id,
        reason=case.reason or SetAsideReason.MALFORMED,
        sentence=_storable(case.sentence),
        topic=_storable(case.envelope.topic)[:512],
        name=_storable(case.envelope.name)[:128],
        payload=payload,
        received_at=EPOCH + timedelta(microseconds=case.envelope.recv_us),
        segment=segment.id,
        position=position,
    )


def _storable(text: str) -> str:
    """Write U+0000 out, which PostgreSQL keeps in no text."""
    return text.replace("\x00", "\\0")


def _instant(ts_us: int) -> str:
    try:
        return (EPOCH + timedelta(microseconds=ts_us)).isoformat()
    except OverflowError:
        return f"{ts_us} µs"
