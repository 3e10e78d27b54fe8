"""The schema clients see by introspection: the original's, and additions they do not notice."""

import httpx
import pytest
from graphql import get_introspection_query, print_schema

from epr_server.graphql.documents import prepare
from epr_server.graphql.execution import READERS
from epr_server.graphql.schema import SCHEMA

ADDED_ARGUMENTS = {"limit", "before", "after", "since", "until", "type"}


def test_the_directives_are_those_of_the_original():
    assert [directive.name for directive in SCHEMA.directives] == [
        "include", "skip", "deprecated", "specifiedBy",
    ]  # fmt: skip


def test_nothing_that_was_added_is_required():
    for name, field in SCHEMA.query_type.fields.items():
        for argument_name, argument in field.args.items():
            if argument_name in ADDED_ARGUMENTS and not name.endswith("_by_id"):
                assert not str(argument.type).endswith("!")
    assert str(SCHEMA.type_map["EventReceiverGroup"].fields["fingerprint"].type) == "String"


def test_every_field_of_every_record_type_can_be_read():
    for type_name, readers in READERS.items():
        assert set(readers) == set(SCHEMA.type_map[type_name].fields)


def test_every_root_field_has_an_answer():
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        assert all(field.resolve is not None for field in root.fields.values())


@pytest.mark.parametrize("line", ["events_by_id(id: ID!): [Event!]!", "payload: JSON!",
                                  "create_event(event: CreateEventInput!): ID!"])  # fmt: skip
def test_the_types_are_those_of_the_original(line):
    assert line in print_schema(SCHEMA)


def test_the_introspection_that_editors_send_is_allowed_and_answered(registry):
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )
    assert prepare(query).errors == ()
    response = httpx.post(f"{registry.url}/api/v1/graphql/query", json={"query": query})
    assert response.json()["data"]["__schema"]["mutationType"]["name"] == "Mutation"
