"""docker-compose.yml against the schema of the Compose specification, and what the schema cannot see."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft201909Validator

COMPOSE = Path("docker-compose.yml")
SCHEMA = Path("docker/compose-spec.json")


def against_schema(compose: dict[str, Any]) -> Iterator[str]:
    """What the specification forbids."""
    schema = json.loads(SCHEMA.read_text())
    for error in Draft201909Validator(schema).iter_errors(compose):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"


def loose_ends(compose: dict[str, Any]) -> Iterator[str]:
    """Services, volumes, networks and files that are named but not there."""
    for name, service in compose["services"].items():
        mounts = [volume.split(":")[0] for volume in service.get("volumes", [])]
        named = {
            "services": service.get("depends_on", {}),
            "volumes": [mount for mount in mounts if not mount.startswith((".", "/"))],
            "networks": service.get("networks", {}),
        }
        for kind, uses in named.items():
            yield from (f"{name}: no {other} in {kind}" for other in uses if other not in compose.get(kind, {}))
        if "build" in service and not Path(service["build"]["dockerfile"]).exists():
            yield f"{name}: {service['build']['dockerfile']} does not exist"
        if "healthcheck" not in service and service.get("restart") != "no" and "image" in service:
            yield f"{name}: no healthcheck"


if __name__ == "__main__":
    parsed = yaml.safe_load(COMPOSE.read_text())
    sys.exit("\n".join([*against_schema(parsed), *loose_ends(parsed)]) or 0)
