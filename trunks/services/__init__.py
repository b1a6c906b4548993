"""Changes trunks. Each is one transaction, locks account and trunk in this order, and ends in one operation."""

from trunks.services.changing import change_trunk, revert_trunk
from trunks.services.claims import taken, validate_keys_are_free
from trunks.services.creating import create_trunk
from trunks.services.deleting import delete_trunk
from trunks.services.new_limits import owe_new_limits
from trunks.services.passwords import (
    acknowledge_secret,
    end_expired_secrets,
    reset_password,
    reveal_secret,
    secret_of,
    why_no_reset,
)
from trunks.services.suspending import release_account, release_for_support, suspend_account, suspend_for_support
from trunks.services.switching import disable_trunk, enable_trunk, release_trunk, suspend_trunk

__all__ = [
    "acknowledge_secret",
    "change_trunk",
    "create_trunk",
    "delete_trunk",
    "disable_trunk",
    "enable_trunk",
    "end_expired_secrets",
    "owe_new_limits",
    "release_account",
    "release_for_support",
    "release_trunk",
    "reset_password",
    "reveal_secret",
    "revert_trunk",
    "secret_of",
    "suspend_account",
    "suspend_for_support",
    "suspend_trunk",
    "taken",
    "validate_keys_are_free",
    "why_no_reset",
]
