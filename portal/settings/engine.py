"""How changes reach the nodes: Celery, the pace of the engine, the credentials of trunks, the rest of numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.schedules import schedule

from portal.settings.environment import REDIS_URL, SECRET_KEY, env

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL)
# Time-outs because a frozen broker must never hang a page; the short scan because kombu's default is 100 s.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "unacked_restore_throttle": 1,
    "global_keyprefix": "trunkline:",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# How fast the engine works. Tests run at a tenth: TRUNKLINE_PACE=0.1.
PACE = env.float("TRUNKLINE_PACE", 1.0)
LEASE = timedelta(seconds=15 * PACE)
HEARTBEAT_SECONDS = 5 * PACE
SWEEP_SECONDS = 5 * PACE
NODE_TIMEOUT_SECONDS = 2.0 * PACE
BACKOFF_SECONDS = (1 * PACE, 30 * PACE)
OPERATION_DEADLINE = timedelta(minutes=10)
# A node that did not answer is not called again for this long.
NODE_PAUSE_SECONDS = 3 * PACE
# How often a node is compared with what it must have, top to bottom; the agent itself looks every few seconds.
NODE_COMPARE_SECONDS = 60 * PACE
# How often registrations and OPTIONS checks are read from a node, and after how long what was read says nothing more.
NODE_FACTS_SECONDS = 10 * PACE
NODE_FACTS_GOOD_FOR = timedelta(seconds=60)
NODE_TOKEN = env.str("TRUNKLINE_NODE_TOKEN", "")
# For agents whose address begins with https: who signed their certificates, and what we show to them.
NODE_CA = env.str("TRUNKLINE_NODE_CA", "")
NODE_CERTIFICATE = env.str("TRUNKLINE_NODE_CERTIFICATE", "")
NODE_KEY = env.str("TRUNKLINE_NODE_KEY", "")

# Credentials of trunks: the realm of their HA1s never changes, the keys that seal them may be rotated (newest first).
SIP_DOMAIN = env.str("TRUNKLINE_SIP_DOMAIN", "sip.localhost")
SIP_REALM = env.str("TRUNKLINE_SIP_REALM", SIP_DOMAIN)
SEALING_KEYS = env.list("TRUNKLINE_SEALING_KEYS", default=[SECRET_KEY])
# The UDP ports on which RTPengine of every node sends and takes voice, as customers' firewalls must know them.
MEDIA_PORTS = env.str("TRUNKLINE_MEDIA_PORTS", "20000-29999")
# How long a new password can be looked at by whoever asked for it.
SECRET_SHOWN_FOR = timedelta(minutes=15)
# Callers still dial a number that was given back: for so long nobody can buy it.
NUMBER_RESTS_FOR = timedelta(days=30)

CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep": {
        "task": "provisioning.sweep",
        "schedule": schedule(timedelta(seconds=SWEEP_SECONDS)),
        "options": {"expires": SWEEP_SECONDS},
    }
}
