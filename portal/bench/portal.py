"""The portal under measurement: `manage.py up` as everybody runs it, in a folder of its own, thrown away at the end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import httpx

from portal.launcher.processes import LaunchError, dies_with_parent, wait_until
from portal.launcher.state import REPOSITORY, State, var_folder

START_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """Where it is and with which cookies a request is somebody's."""

    url: str
    cookies: dict[str, str]

    def browser(self) -> httpx.Client:
        """A client of its own, with kept connections, as a browser has."""
        headers = {"Referer": self.url, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        # Gunicorn closes a connection after two idle seconds; a request must not meet that.
        limits = httpx.Limits(keepalive_expiry=1)
        return httpx.Client(base_url=self.url, cookies=self.cookies, headers=headers, timeout=30, limits=limits)


@contextlib.contextmanager
def running_portal() -> Iterator[RunningPortal]:
    """Start everything and connect this process to the same database. Nobody is signed in yet."""
    var = var_folder()
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    State.at(folder)
    os.environ["TRUNKLINE_VAR"] = str(folder)
    port = _free_port()
    try:
        with (folder / "up.log").open("wb") as log, _up(port, log.fileno()) as process:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(process, folder / "up.log")
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
            django.setup()
            yield RunningPortal(url, {})
    finally:
        os.environ["TRUNKLINE_VAR"] = str(var)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _up(port: int, output: int) -> Iterator[subprocess.Popen[bytes]]:
    outside = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "TRUNKLINE_PACE", "DJANGO_DEBUG"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if name not in outside},
        stdout=output,
        stderr=output,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 (started from the main thread)
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    def settled() -> bool:
        return process.poll() is not None or "Trunkline is ready" in log.read_text(errors="replace")

    with contextlib.suppress(TimeoutError):
        wait_until(settled, START_SECONDS)
    if process.poll() is not None or not settled():
        raise LaunchError(f"The portal did not start:\n{log.read_text(errors='replace')}")
    time.sleep(2)  # the first sweep writes to the nodes what they are owed; orders shall not wait for it


def sign_in(url: str, email: str, password: str) -> dict[str, str]:
    """The cookies of somebody who signed in over HTTP. Raises LaunchError."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as browser:
        browser.get("/accounts/login/")
        form = {"login": email, "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        page = browser.post("/accounts/login/", data=form, headers={"Referer": url})
        if page.status_code != httpx.codes.OK or "sessionid" not in browser.cookies:
            raise LaunchError(f"Signing in failed: {page.status_code} {page.url}")
        return dict(browser.cookies)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
