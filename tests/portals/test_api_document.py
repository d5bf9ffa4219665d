"""The OpenAPI document: valid, complete, with an example for every body."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from portals.api.examples import EXAMPLES
from portals.api.problems import MEDIA_TYPE

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document():
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(document):
    return [
        operation
        for operations in document["paths"].values()
        for method, operation in operations.items()
        if method in METHODS
    ]


def test_document_is_valid_and_nothing_was_guessed(document):
    validate_schema(document)

    assert not GENERATOR_STATS


def test_every_operation_says_what_it_does(operations):
    silent = [each["operationId"] for each in operations if not each.get("description")]

    assert silent == []


def test_every_body_has_an_example(operations):
    bare = [
        (operation["operationId"], media)
        for operation in operations
        for body in (operation.get("requestBody"), *operation["responses"].values())
        if body and "$ref" not in body
        for media, content in body.get("content", {}).items()
        if not content.get("examples")
    ]

    assert bare == []


def test_every_operation_says_how_it_may_be_refused(document, operations):
    told = document["components"]["responses"]

    for operation in operations:
        refusals = {int(each) for each in operation["responses"] if each[0] in "45"}
        assert {401, 403, 429} <= refusals, operation["operationId"]
    for response in told.values():
        assert response["content"][MEDIA_TYPE]["example"]["detail"]


@pytest.mark.parametrize("serializer", EXAMPLES, ids=lambda each: each.__name__)
def test_example_fits_its_serializer(db, serializer):
    example, fields = EXAMPLES[serializer], serializer().fields
    asked = {name for name, each in fields.items() if not each.read_only}

    given = serializer(data={name: example[name] for name in asked & set(example)})

    assert set(example) <= set(fields)
    if asked:
        assert given.is_valid(), given.errors
    else:
        assert set(example) == set(fields)
