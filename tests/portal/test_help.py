"""`bin/up --help` answers at once."""

import subprocess

import pytest

from portal.launcher.state import REPOSITORY


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_installs_and_starts_nothing(tmp_path, option):
    environment = {
        "PATH": "/usr/bin:/bin",
        "TRUNKLINE_VENV": str(tmp_path / "venv"),
        "TRUNKLINE_VAR": str(tmp_path / "var"),
    }

    answer = subprocess.run(
        [REPOSITORY / "bin" / "up", option], env=environment, capture_output=True, text=True, timeout=5, check=True
    )

    assert "--memory-nodes" in answer.stdout
    assert list(tmp_path.iterdir()) == []
