"""What the OpenAPI document says beyond the views: logins, examples, refusals."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer

from portals.api.examples import EXAMPLES
from portals.api.problems import MEDIA_TYPE, body_of

for _serializer, _value in EXAMPLES.items():
    _name = _serializer.__name__.removesuffix("Serializer")
    extend_schema_serializer(examples=[OpenApiExample(_name, _value)])(_serializer)

# code, sentence; what an answer of that status looks like.
REFUSALS: Final = {
    400: ("invalid", "milestones[2].weeks: Ensure this value is at most 12."),
    401: (
        "authentication_failed",
        (
            "This token is unknown, expired or revoked. Its owner issues a new one "
            "under Access tokens."
        ),
    ),
    403: ("not_allowed", "A vendor may not do this; it takes: City official."),
    404: (
        "not_found",
        (
            "/api/v1/briefs/BR-2026-3FJTR/ does not exist, or is not yours to see. "
            "Check the code."
        ),
    ),
    409: (
        "submission_arrives_before_the_deadline",
        (
            "The call takes no submissions at this moment: its deadline has passed,"
            " or it has not opened yet. What you wrote remains a draft; it is not "
            "submitted."
        ),
    ),
    413: ("payload_too_large", "A batch holds at most 262144 bytes; split it."),
    422: (
        "unreceipted",
        (
            "The batch is kept, and set aside: it is not JSON with a session and a "
            "seq. See the set-aside messages of this robot."
        ),
    ),
    429: ("throttled", "Too many requests; try again in 12 s."),
    503: (
        "spool_full",
        (
            "The platform cannot store the batch now, and kept nothing of it. Keep "
            "it, and send it again in a minute."
        ),
    ),
}
TITLES: Final = {
    400: "The body cannot be read; `errors` names each field.",
    401: "Nobody is known by these credentials.",
    403: "This is not for this person, robot or token to do.",
    404: "There is no such thing for this reader.",
    409: "A rule objects; `code` names it, `problems` lists all that object.",
    413: "The body is too large.",
    422: "Kept, but not receipted.",
    429: "Too many requests; `Retry-After` says when the next is taken.",
    503: "Nothing is kept; the same request may be sent again.",
}
TELEMETRY: Final = "telemetry_send"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "portals.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "pg_…"}


class RobotScheme(OpenApiAuthenticationExtension):
    target_class = "portals.api.authentication.RobotAuthentication"
    name = "robot"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "basic"}


def with_problems(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Tell with every operation how it may be refused, each with an example."""
    parts = result["components"]
    parts["schemas"]["Problem"] = PROBLEM
    parts["responses"] = {
        f"Problem{status}": _refusal(status) for status in sorted(REFUSALS)
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in _statuses(path, method, operation):
                reference = {"$ref": f"#/components/responses/Problem{status}"}
                operation["responses"].setdefault(str(status), reference)
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    if operation["operationId"] == TELEMETRY:
        return {401, 403, 413, 422, 429, 503}
    found = {401, 403, 429}
    if "{" in path:
        found.add(404)
    if method != "get":
        found |= {404, 409}
    asked = {each["in"] for each in operation.get("parameters", [])}
    if "requestBody" in operation or "query" in asked:
        found.add(400)
    if "requestBody" in operation:
        found.add(413)
    return found


def _refusal(status: int) -> dict[str, Any]:
    code, detail = REFUSALS[status]
    example = body_of(status, code, detail)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }


_TEXT: Final = {"type": "string"}
PROBLEM: Final = {
    "type": "object",
    "description": "Why a request was refused, and what would be right (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT | {"description": "The status in words."},
        "status": {"type": "integer"},
        "code": _TEXT | {"description": "The rule or kind of refusal, for programs."},
        "detail": _TEXT | {"description": "A sentence in the reader's language."},
        "errors": {"type": "object", "description": "What is wrong, by field."},
        "problems": {
            "type": "array",
            "description": "Every rule that objects.",
            "items": {
                "type": "object",
                "required": ["rule", "field", "sentence"],
                "properties": {"rule": _TEXT, "field": _TEXT, "sentence": _TEXT},
            },
        },
    },
}
