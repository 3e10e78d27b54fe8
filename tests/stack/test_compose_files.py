"""The Compose files against the specification's schema, and by the library that Docker Compose uses."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FILES = ("compose.yaml", "compose.upstream.yaml")


class _ComposeYaml(yaml.SafeLoader):
    """YAML with Compose's merge tags, which say how a value replaces one of an earlier file."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_ComposeYaml.add_multi_constructor("!", _plain)


def load(name: str) -> dict[str, Any]:
    return yaml.load((ROOT / name).read_text(), _ComposeYaml)


@pytest.mark.parametrize("name", FILES)
def test_the_file_follows_the_compose_specification(name: str) -> None:
    schema = json.loads((HERE / "data" / "compose-spec.json").read_text())
    errors = [
        f"{list(error.instance_path)}: {error.message}"
        for error in jsonschema_rs.validator_for(schema).iter_errors(load(name))
    ]

    assert errors == []


def test_ports_are_open_on_this_machine_only_and_can_be_moved() -> None:
    ports = {name: service["ports"] for name, service in load("compose.yaml")["services"].items()}

    assert ports == {
        "broker": ["127.0.0.1:${EPRLAB_BROKER_PORT:-19092}:19092"],
        "postgres": ["127.0.0.1:${EPRLAB_POSTGRES_PORT:-5432}:5432"],
        "registry": ["127.0.0.1:${EPRLAB_REGISTRY_PORT:-8042}:8042"],
        "console": ["127.0.0.1:${EPRLAB_CONSOLE_PORT:-8080}:8080"],
    }


def test_every_image_is_pinned_to_a_version() -> None:
    images = [s["image"] for s in load("compose.yaml")["services"].values() if "build" not in s]
    dockerfiles = [*ROOT.glob("environment/*/Dockerfile")]
    images += re.findall(r"^FROM (\S+)", "\n".join(f.read_text() for f in dockerfiles), re.M)

    assert len(images) >= 7
    for image in images:
        assert re.search(r":v?\d+\.\d+", image), image


def test_what_keeps_data_is_a_named_volume_and_has_a_health_check() -> None:
    compose = load("compose.yaml")
    for name in ("broker", "postgres"):
        service = compose["services"][name]
        assert service["healthcheck"]["test"]
        assert [volume.split(":")[0] for volume in service["volumes"]] == [f"{name}-data"]
        assert f"{name}-data" in compose["volumes"]


@pytest.fixture(scope="module")
def composecheck(tmp_path_factory) -> Path:
    if shutil.which("go") is None:
        pytest.skip("there is no Go here to build the Compose parser with")
    program = tmp_path_factory.mktemp("composecheck") / "composecheck"
    fetched = subprocess.run(
        ["go", "mod", "download"], cwd=HERE / "composecheck", capture_output=True, text=True
    )
    if fetched.returncode:
        pytest.skip(f"the Compose parser's modules cannot be fetched: {fetched.stderr[-200:]}")
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=HERE / "composecheck", check=True)
    return program


def parse(program: Path, *names: str, **variables: str) -> dict[str, Any]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("EPRLAB_")}
    done = subprocess.run(
        [program, *(str(ROOT / name) for name in names)],
        env=inherited | variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_real_parser_reads_the_file_and_moves_the_ports(composecheck: Path) -> None:
    project = parse(composecheck, "compose.yaml", EPRLAB_BROKER_PORT="29092")
    published = {
        name: [(port["host_ip"], port["published"]) for port in service["ports"]]
        for name, service in project["services"].items()
    }

    assert published == {
        "broker": [("127.0.0.1", "29092")],
        "postgres": [("127.0.0.1", "5432")],
        "registry": [("127.0.0.1", "8042")],
        "console": [("127.0.0.1", "8080")],
    }
    assert "external://127.0.0.1:29092" in " ".join(project["services"]["broker"]["command"])


@pytest.mark.slow
def test_the_override_puts_the_original_registry_in_the_place_of_ours(composecheck: Path) -> None:
    registry = parse(composecheck, *FILES)["services"]["registry"]

    assert registry["build"]["context"] == str(ROOT / "environment" / "upstream")
    assert registry["environment"]["EPR_DB"] == "postgres://postgres:5432"
    assert "EPR_TOPIC_PARTITIONS" not in registry["environment"]
    assert registry["healthcheck"]["test"][1] == "wget"
    assert registry["ports"][0]["target"] == 8042


def test_the_image_of_the_registry_has_what_its_source_imports() -> None:
    listed = (ROOT / "environment" / "registry" / "requirements.in").read_text()
    wanted = {line for line in listed.splitlines() if line and not line.startswith("#")}
    # Uvicorn loads these two by name.
    imported = {"httptools", "uvloop"}
    owners = importlib.metadata.packages_distributions()
    for source in (ROOT / "src" / "epr_server").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                top = name.split(".")[0]
                imported |= {owner.lower().replace("_", "-") for owner in owners.get(top, ())}

    assert imported - {"provenance-lab"} == wanted


def test_the_image_of_the_registry_has_the_versions_of_the_lock() -> None:
    def versions(path: Path) -> set[str]:
        return set(re.findall(r"^([a-z0-9-]+==\S+)", path.read_text(), re.M))

    image = versions(ROOT / "environment" / "registry" / "requirements.txt")
    assert len(image) > 12
    assert image <= versions(ROOT / "requirements.txt")
