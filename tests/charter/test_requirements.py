"""What an installation gets is enough: the product imports without the packages that only the developers' tools bring."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]

IMPORT_ALL = """
import json, pkgutil, sys

absent = set(json.loads(sys.argv[1]))

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"not in requirements.txt: {name}", name=name)

sys.meta_path.insert(0, Absent())
import charter, workflows
for package in (charter, workflows):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith(".__main__"):
            __import__(module.name)
"""


def canonical(name: str) -> str:
    """A distribution's name as the lock files write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def developers_only() -> set[str]:
    """Top-level modules of installed distributions that requirements.txt does not lock."""
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    return {
        module
        for module, origins in packages_distributions().items()
        if module not in {"charter", "workflows"} and not {canonical(name) for name in origins} & locked
    }


def test_the_product_imports_with_its_own_requirements_alone() -> None:
    """A package that only the developers' tools bring would stop the first start elsewhere."""
    absent = developers_only()
    assert "pytest" in absent
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(sorted(absent))], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
