import sys
from pathlib import Path

# The story's records are shared with the tests of lineage itself.
sys.path.insert(0, str(Path(__file__).parents[1] / "lineage"))
