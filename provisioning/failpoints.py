"""Places where a test can make the engine die, sleep, stop or fall: TRUNKLINE_FAILPOINTS="before:put=kill"."""

from __future__ import annotations

import os
import signal
import time
from functools import cache

from provisioning.enums import Step

NAMES = tuple(f"{when}:{step.value}" for step in Step for when in ("before", "after"))


class Crashed(BaseException):
    """What nobody catches: to a test in the same process it is as if the worker had died."""


@cache
def armed() -> dict[str, str]:
    pairs = (entry.partition("=") for entry in os.environ.get("TRUNKLINE_FAILPOINTS", "").split(",") if entry)
    armed = {name: action for name, _, action in pairs}
    if unknown := armed.keys() - set(NAMES):
        raise ValueError(f"unknown failpoints {sorted(unknown)}; there are {NAMES}")
    return armed


def failpoint(name: str) -> None:
    """Do what the environment asks for at this place: kill, stop (SIGSTOP), crash or sleep:SECONDS; else nothing."""
    action = armed().get(name, "")
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif action == "crash":
        raise Crashed(name)
    elif action.startswith("sleep:"):
        time.sleep(float(action.removeprefix("sleep:")))
