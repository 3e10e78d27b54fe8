"""The schema: the original's (epr-contract.md, section 6.2), and a few additions.

Additions that clients of the original never notice: the searches take ``limit``, ``before``,
``after``, ``since`` and ``until`` (events also ``type``), and a group has a ``fingerprint``, always
null, because the original's MCP server asks for one and gives up without.
"""

from graphql import (
    GraphQLDeprecatedDirective,
    GraphQLIncludeDirective,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLSpecifiedByDirective,
    build_schema,
)

from epr_server.graphql import resolvers
from epr_server.graphql.scalars import JSON, TIME

SDL = """
scalar JSON
scalar Time

"A record that an action happened for one unit: name, version, release, platform, package."
type Event {
  id: ID!
  name: String!
  version: String!
  release: String!
  platform_id: String!
  package: String!
  description: String!
  payload: JSON!
  event_receiver_id: ID!
  "Whether the action passed."
  success: Boolean!
  created_at: Time!
}

"A kind of action; its schema says what the payload of its events may look like."
type EventReceiver {
  id: ID!
  name: String!
  type: String!
  version: String!
  description: String!
  schema: JSON!
  fingerprint: String!
  created_at: Time!
}

"A set of receivers; announced for a unit when the newest event on each of them passed."
type EventReceiverGroup {
  id: ID!
  name: String!
  type: String!
  version: String!
  description: String!
  enabled: Boolean!
  event_receiver_ids: [ID!]!
  created_at: Time!
  updated_at: Time!
  "Always null: groups have none."
  fingerprint: String
}

input CreateEventInput {
  name: String!
  version: String!
  release: String!
  platform_id: String!
  package: String!
  description: String!
  payload: JSON!
  event_receiver_id: ID!
  success: Boolean!
}

input CreateEventReceiverInput {
  name: String!
  type: String!
  version: String!
  description: String!
  schema: JSON!
}

input CreateEventReceiverGroupInput {
  name: String!
  type: String!
  version: String!
  description: String!
  enabled: Boolean!
  event_receiver_ids: [ID!]!
}

"Every key given must be equal. None given: every event."
input FindEventInput {
  id: ID
  name: String
  version: String
  release: String
  platform_id: String
  package: String
  success: Boolean
  event_receiver_id: ID
}

input FindEventReceiverInput {
  id: ID
  name: String
  type: String
  version: String
}

input FindEventReceiverGroupInput {
  id: ID
  name: String
  type: String
  version: String
}

type Query {
  events_by_id(id: ID!): [Event!]!
  event_receivers_by_id(id: ID!): [EventReceiver!]!
  event_receiver_groups_by_id(id: ID!): [EventReceiverGroup!]!

  "Oldest first. Without a limit: the newest 10,000; extensions.truncated says if there are more."
  events(
    event: FindEventInput!
    "At most so many: the newest, or with after the oldest."
    limit: Int
    "Only events older than this one."
    before: ID
    "Only events younger than this one."
    after: ID
    "Only events stored at this time or later."
    since: Time
    "Only events stored before this time."
    until: Time
    "Only events of receivers of this type."
    type: String
  ): [Event!]!

  event_receivers(
    event_receiver: FindEventReceiverInput!
    limit: Int
    before: ID
    after: ID
    since: Time
    until: Time
  ): [EventReceiver!]!

  event_receiver_groups(
    event_receiver_group: FindEventReceiverGroupInput!
    limit: Int
    before: ID
    after: ID
    since: Time
    until: Time
  ): [EventReceiverGroup!]!
}

type Mutation {
  create_event(event: CreateEventInput!): ID!
  create_event_receiver(event_receiver: CreateEventReceiverInput!): ID!
  create_event_receiver_group(event_receiver_group: CreateEventReceiverGroupInput!): ID!
  set_event_receiver_group_enabled(id: ID!): ID!
  set_event_receiver_group_disabled(id: ID!): ID!
}
"""


def build() -> GraphQLSchema:
    """The schema with its scalars and resolvers in place."""
    schema = build_schema(SDL)
    for scalar in (JSON, TIME):
        declared = schema.type_map[scalar.name]
        declared.coerce_input_value = scalar.coerce_input_value
        declared.coerce_input_literal = scalar.coerce_input_literal
        declared.description = scalar.description
    for root in (schema.query_type, schema.mutation_type):
        for name, field in root.fields.items():
            field.resolve = getattr(resolvers, name)
    kwargs = schema.to_kwargs()
    # Those of the original; the library would add more.
    kwargs["directives"] = (
        GraphQLIncludeDirective,
        GraphQLSkipDirective,
        GraphQLDeprecatedDirective,
        GraphQLSpecifiedByDirective,
    )
    return GraphQLSchema(**kwargs)


SCHEMA = build()
