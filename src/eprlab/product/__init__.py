"""The sample product's pipeline, for real: build a wheel, run its tests, scan it, number it.

One job: turn the source under `environment/product` into facts that are worth an event. Nothing
here knows of the registry; a lesson, an exercise or a service of the course posts the results.

    >>> from eprlab import product
    >>> product.build("1.4.0").purl
    'pkg:pypi/tidetable@1.4.0'
    >>> product.run_tests("1.4.0", product.LAST_BOAT_FORGOTTEN).success
    False

Modules: `source` (throw-away copies of a project), `changes` (edits that break it on purpose),
`building`, `testing`, `scanning`, `releases` (one step each) and `errors`.

Anyone may import it; it imports nothing else of ours.
"""

from eprlab.product.building import Build, build, sha256
from eprlab.product.changes import LAST_BOAT_FORGOTTEN, Change
from eprlab.product.errors import (
    BuildFailed,
    ChangeDoesNotFit,
    NotAWheel,
    ProductError,
    SourceMissing,
    TestsDidNotRun,
)
from eprlab.product.releases import next_release
from eprlab.product.scanning import Finding, Scan, scan
from eprlab.product.testing import Failure, TestRun, run_tests

__all__ = [
    "LAST_BOAT_FORGOTTEN",
    "Build",
    "BuildFailed",
    "Change",
    "ChangeDoesNotFit",
    "Failure",
    "Finding",
    "NotAWheel",
    "ProductError",
    "Scan",
    "SourceMissing",
    "TestRun",
    "TestsDidNotRun",
    "build",
    "next_release",
    "run_tests",
    "scan",
    "sha256",
]
