"""Expect a rule of the database by its name."""

import pytest
from django.db import IntegrityError, transaction


class refused:  # noqa: N801
    """Expect the database to refuse by the rule of this name."""

    def __init__(self, rule):
        self.rule = rule

    def __enter__(self):
        self.raised = pytest.raises(IntegrityError, match=self.rule)
        self.raised.__enter__()
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *error):
        self.block.__exit__(*error)
        return self.raised.__exit__(*error)
