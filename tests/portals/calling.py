"""A program that talks to the API with a person's token."""

import json

from django.test import Client

from accounts import services
from accounts.enums import Scope

EVERY_SCOPE = (Scope.READ, Scope.WRITE)


def bearer(user, *scopes):
    """Issue a token; returns the header that shows it."""
    _token, secret = services.issue_token(
        owner=user, name="t", scopes=list(scopes), days=1, by=user
    )
    return {"authorization": f"Bearer {secret}"}


class Caller:
    """Calls `/api/v1/…` as one person, in English unless told otherwise."""

    def __init__(self, user, *scopes, language="en"):
        given = bearer(user, *(scopes or EVERY_SCOPE))
        self.headers = given | {"accept-language": language}
        self.client = Client()

    def get(self, path):
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path, **body):
        return self._send("POST", path, body)

    def patch(self, path, **body):
        return self._send("PATCH", path, body)

    def _send(self, method, path, body):
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            json.dumps(body),
            "application/json",
            headers=self.headers,
        )
