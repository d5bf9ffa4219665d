"""What cannot be taken: each told to the right person in their language, none lost."""

import base64
import json
import resource
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from accounts.enums import Role
from dispatch.models import Delivery
from dispatch.services import enqueue, relay
from kpis.services import settle_and_fold
from procurement.models import Submission
from robot_bridge.models import MinuteLedger, SetAsideMessage
from robot_bridge.services import (
    ingest,
    issue_credential,
    open_spool,
    register_robot,
    revoke_credential,
)
from tests.factories import make_user, pass_deadline
from tests.portals.calling import bearer
from tests.procurement.walk import PLAN, Walk
from tests.robot_bridge.messages import native, now_us

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")
TYPED = "Typed a moment too late"
BATCH = {
    "v": 1,
    "session": "5a0f6f7e-13a5-4a7e-9d1f-0c8f7a8d2c11",
    "seq": 1,
    "samples": [{"ts": now_us(), "m": {"soc": 0.5}}],
}


def reader(user, language):
    client = Client()
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


class Sender:
    """A robot that sends over HTTPS."""

    def __init__(self):
        self.vendor = make_user(Role.VENDOR)
        self.robot = register_robot(
            vendor=self.vendor.organisation,
            serial="A1",
            maker="M",
            model="X",
            by=self.vendor,
        )
        self.credential, secret = issue_credential(robot=self.robot, by=self.vendor)
        self.secret = secret

    def send(self, body=BATCH, language="en", name="", **headers):
        pair = f"{self.robot.wire_name}:{self.secret}".encode()
        given = {
            "authorization": f"Basic {base64.b64encode(pair).decode()}",
            "accept-language": language,
        }
        return Client().post(
            f"/api/v1/telemetry/{name or self.robot.wire_name}/",
            body if isinstance(body, str) else json.dumps(body),
            "application/json",
            headers=given | headers,
        )

    def page(self, language):
        url = f"/vendors/robots/{self.robot.code}/"
        return reader(self.vendor, language).get(url).text

    def told(self, language):
        """Return what the API says of the one message set aside."""
        headers = bearer(self.vendor, "read") | {"accept-language": language}
        answer = Client().get("/api/v1/set-aside/", headers=headers)
        (told,) = answer.json()["results"]
        return told


@pytest.fixture
def sender(settings):
    return Sender()


def settle():
    settle_and_fold(open_spool(age_s=0))


def counted(robot):
    (row,) = MinuteLedger.objects.filter(robot=robot)
    return row.received, row.stored, row.duplicate, row.set_aside


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Enter a whole number."), ("zh-hans", "输入整数。")]
)
def test_wrong_form_names_the_field_and_keeps_what_was_typed(language, words):
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = walk.draft(vendor)

    answer = reader(vendor, language).post(
        f"/vendors/submissions/{draft.code}/plan/",
        {"summary": TYPED, "robots": "two"},
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#id_robots"' in answer.text
    assert TYPED in answer.text
    assert Submission.objects.get().plan.summary == PLAN["summary"]


LATE = [("en", "stays a draft: it is not submitted"), ("zh-hans", "仍为草稿，未提交")]


@pytest.mark.parametrize(("language", "words"), LATE)
def test_late_submission_says_that_it_is_none(language, words):
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = walk.draft(vendor)
    pass_deadline(walk.call, close=False)
    url = f"/vendors/submissions/{draft.code}/"
    client = reader(vendor, language)

    answer = client.post(
        f"{url}submit/", headers={"referer": f"http://testserver{url}"}
    )
    page = client.get(answer.url).text

    assert words in page
    kept = Submission.objects.get()
    assert (kept.state, kept.plan.summary) == ("draft", PLAN["summary"])


@pytest.mark.parametrize(("language", "words"), LATE)
def test_what_is_typed_past_the_deadline_stays_on_the_page(language, words):
    walk = Walk().publish()
    vendor = walk.vendor()
    url = f"/vendors/submissions/{walk.draft(vendor).code}/plan/"
    pass_deadline(walk.call, close=False)
    client = reader(vendor, language)

    page = client.post(url, {"summary": TYPED})
    line = client.post(url, {"summary": TYPED}, headers={"accept": "application/json"})

    assert page.status_code == line.status_code == 409
    assert TYPED in page.text
    assert words in page.text
    assert words in line.json()["detail"]


FORGED = [
    ("en", "The sender is not the robot named", "issue a new credential"),
    ("zh-hans", "发送者与所称机器人不符", "重新签发凭据"),
]


@pytest.mark.parametrize(("language", "reason", "advice"), FORGED)
def test_forged_topic_is_set_aside_for_the_robot_it_names(
    sender, language, reason, advice
):
    forged = replace(native(sender.robot, 1), name="somebody/else")
    ingest([forged], spool=open_spool(age_s=0))

    settle()

    told, page = sender.told(language), sender.page(language)
    assert told["reason_text"] == reason
    assert advice in told["advice"]
    assert "somebody/else" in told["sentence"]
    assert reason in page
    assert advice in page
    assert bytes(SetAsideMessage.objects.get().payload) == forged.payload


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "is not that of someone/else"), ("zh-hans", "该凭据不属于 someone/else")],
)
def test_forged_name_over_https_is_refused(sender, language, words):
    answer = sender.send(language=language, name="someone/else")

    assert answer.status_code == 403
    assert words in answer.json()["detail"]


MALFORMED = [
    ("en", "it is not JSON with a session", "The message cannot be read", "the sample"),
    (
        "zh-hans",
        "它不是含 session 与 seq 的 JSON",
        "消息无法读取",
        "对照机器人凭据旁的示例",
    ),
]


@pytest.mark.parametrize(("language", "refusal", "reason", "advice"), MALFORMED)
def test_malformed_payload_is_kept_with_its_reason(
    sender, language, refusal, reason, advice
):
    answer = sender.send("{", language)
    settle()

    assert answer.status_code == 422
    assert refusal in answer.json()["detail"]
    told, page = sender.told(language), sender.page(language)
    assert told["reason_text"] == reason
    assert advice in told["advice"]
    assert "is not JSON" in told["sentence"]
    assert advice in page
    assert bytes(SetAsideMessage.objects.get().payload) == b"{"


@pytest.mark.parametrize(
    ("language", "label"), [("en", "Duplicate"), ("zh-hans", "重复")]
)
def test_replayed_batch_is_receipted_again_and_counts_once(sender, language, label):
    first, again = sender.send(), sender.send()
    settle()

    assert first.json() == again.json()
    assert again.json()["receipts"][0]["ranges"] == [[1, 1]]
    received, stored, duplicate, _aside = counted(sender.robot)
    assert (received, stored, duplicate) == (2, 1, 1)
    assert label in sender.page(language)


@contextmanager
def full_disk():
    """Let this process write no byte to any file, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Keep it, and send it again"), ("zh-hans", "请保留数据，一分钟后重新发送")],
)
def test_full_disk_receipts_nothing_and_takes_it_later(sender, language, words):
    with full_disk():
        refused = sender.send(language=language)
    taken = sender.send(language=language)
    settle()

    assert refused.status_code == 503
    assert refused.json()["code"] == "spool_full"
    assert words in refused.json()["detail"]
    assert refused["retry-after"] == "60"
    assert str(settings.SPOOL_ROOT) not in refused.text
    assert taken.status_code == 200
    assert counted(sender.robot)[:2] == (1, 1)


@pytest.mark.parametrize(
    ("language", "tasks", "robots"),
    [
        ("en", "Tasks wait in the outbox", "Robots keep what has no receipt"),
        ("zh-hans", "任务保留在发件箱中", "机器人会保留未获回执的数据"),
    ],
)
def test_brokers_that_are_away_are_told_and_lose_nothing(
    settings, language, tasks, robots
):
    settings.MQTT_URL = "mqtt://127.0.0.1:9"
    enqueue("pilots.assess_gate", pilot_id=1)

    found = Client().get("/healthz", headers={"accept-language": language}).json()
    left = relay()

    assert tasks in found["components"]["broker"]["detail"]
    assert robots in found["components"]["mqtt"]["detail"]
    waiting = Delivery.objects.get()
    assert (left, waiting.done_at, waiting.attempts) == (1, None, 1)
    assert waiting.last_error


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "No valid credential of"), ("zh-hans", "的有效凭据与此密钥不符")],
)
def test_unknown_secret_of_a_robot_is_told_which(sender, language, words):
    revoke_credential(credential=sender.credential, by=sender.vendor)

    answer = sender.send(language=language)

    assert answer.status_code == 401
    assert words in answer.json()["detail"]
    assert sender.robot.wire_name in answer.json()["detail"]


@pytest.mark.parametrize(
    ("language", "reason", "advice"),
    [
        ("en", "No such robot is registered", "Enrol the robot with this serial"),
        ("zh-hans", "该机器人未注册", "请先登记该序列号的机器人"),
    ],
)
def test_robot_nobody_enrolled_is_told_to_its_vendor(sender, language, reason, advice):
    unknown = f"{sender.vendor.organisation.code}/B2"
    topic = f"pilotgate/v1/{unknown}/telemetry"
    message = native(sender.robot, 1)
    ingest([replace(message, topic=topic, name=unknown)], spool=open_spool(age_s=0))

    settle()
    page = reader(sender.vendor, language).get("/vendors/robots/").text

    assert reason in page
    assert advice in page
    assert topic in page


@pytest.mark.parametrize("asked", ["nonsense", "-5", "9" * 30])
def test_window_that_cannot_be_shows_the_newest_rows(sender, asked):
    url = f"/vendors/robots/{sender.robot.code}/rows/"

    answer = reader(sender.vendor, "en").get(url, {"until_us": asked})

    assert answer.status_code == 200
