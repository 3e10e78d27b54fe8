"""GraphQL over the registry: the original's schema and its habits, bounded and quick.

Its one job: answer ``POST /api/v1/graphql/query`` (epr-contract.md, section 6) and provide the
page at ``GET /api/v1/graphql``. It calls the registry's service, as REST does, and knows nothing
of the database. The application assembly is its only user.

    endpoint(registry) -> async (body: bytes) -> (status, content type, body)
    page(path)         -> the query page, working offline

==============  ====================================================================
``schema``      the types, and which function answers which field
``scalars``     JSON and Time: what they take and give
``documents``   query texts, parsed and checked once, kept in a bounded cache
``rules``       what a query may not be: too deep, too wide, empty
``variables``   the liberties old clients take with variables
``resolvers``   fields of Query and Mutation, as calls of the registry
``execution``   lists of records turned into results without a detour
``transport``   from request bytes to response bytes
``page``        the query page
==============  ====================================================================
"""

from epr_server.graphql.page import page
from epr_server.graphql.transport import endpoint

__all__ = ["endpoint", "page"]
