"""Keeping the committed notebooks' outputs true: `python -m eprlab.book refresh`.

One job: run every notebook top to bottom on a fresh stack, and save what it showed. The site is
built from these outputs, and the tests compare them with those of another run.

Modules: `refreshing` (the fresh stack, the run), `normalising` (what is not kept of a run, and
whether two runs showed the same), `settling` (a saved run differs from the one before only where
something has changed), `record` (when, against what, how long), `pictures` (outputs kept as files),
`__main__` (the command).

For authors, and for the site, which shows the record. It imports `eprlab.stack` and `eprlab.lineage_view`.
"""
