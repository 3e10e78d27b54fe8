"""The kinds of exercises: `code` (alone or against the stack), `predict`, `choosing` (quiz and sort),
`reflection`. A definition imports the one it needs."""
