"""Name and version of this SDK, under the upstream SDK's names."""

from importlib import metadata

__title__ = "epr"
__version__ = metadata.version("provenance-lab")
__version_info__ = tuple(__version__.split("."))
__license__ = "Apache-2.0"


def info() -> str:
    """Title and version on two lines."""
    return f"{__title__}\n{__version__}"
