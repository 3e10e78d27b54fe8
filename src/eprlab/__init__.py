"""The lab: what turns the registry, the SDK and the notebooks into a course on one laptop.

Its one job is the learner's machine: the stack and its status panel, the `eprlab` command, the product
that the story ships, and the pictures. May import `epr_lineage` and `epr`; nothing imports it
except notebooks, tests and the site's build.

- `stack`: PostgreSQL, a Kafka-API broker and the registry, started and watched over
- `cli`: the command line
- `doctor`: what this machine has, and what the lab can do with it
- `exercises`, `progress`: what a learner does, what is made of it; `learner`: who that is
"""
