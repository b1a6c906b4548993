"""Who may do what at every address, written by hand: an address that is missing here fails a test."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from accounts.enums import Role
from portal.staff_groups import READERS, SUPPORT

OWNER = frozenset({Role.OWNER})
MANAGERS = frozenset({Role.OWNER, Role.ADMIN})
ENGINEERS = MANAGERS | {Role.ENGINEER}
MEMBERS = frozenset(Role)
# Also without signing in.
EVERYBODY = None


class Staff(StrEnum):
    ROOT = "superuser"
    SUPPORT = SUPPORT
    READER = READERS


NOBODY: frozenset[Staff] = frozenset()
ROOT = frozenset({Staff.ROOT})
HELPERS = ROOT | {Staff.SUPPORT}
STAFF = frozenset(Staff)


class Door(NamedTuple):
    """Which roles may look (GET) and which may act (POST); an empty set: the method is not allowed here."""

    get: frozenset[Role] | frozenset[Staff] | None
    post: frozenset[Role] | frozenset[Staff] | None = frozenset()


LOOK = Door(MEMBERS)
CHANGE = Door(ENGINEERS, ENGINEERS)
PRESS = Door(frozenset(), ENGINEERS)
MANAGE = Door(MANAGERS, MANAGERS)

MATRIX: dict[str, Door] = {
    "home": Door(EVERYBODY, EVERYBODY),
    "portal:theme": Door(frozenset(), EVERYBODY),
    "portal:healthz": Door(EVERYBODY),
    "portal:readyz": Door(EVERYBODY),
    "portal:styleguide": Door(EVERYBODY, EVERYBODY),
    "portal:test_call": CHANGE,
    "team:list": LOOK,
    "team:leave": Door(MEMBERS, MEMBERS),
    "team:switch": Door(frozenset(), MEMBERS),
    "team:role": MANAGE,
    "team:remove": MANAGE,
    "team:invite": MANAGE,
    "team:resend": Door(frozenset(), MANAGERS),
    "team:revoke": Door(frozenset(), MANAGERS),
    "team:invitation": Door(EVERYBODY, EVERYBODY),
    "trunks:list": LOOK,
    "trunks:list_status": LOOK,
    "trunks:export": LOOK,
    "trunks:new": CHANGE,
    "trunks:resume": Door(ENGINEERS),
    "trunks:review": Door(ENGINEERS),
    "trunks:pay": CHANGE,
    "trunks:discard": PRESS,
    "trunks:step": CHANGE,
    "trunks:again": PRESS,
    "trunks:duplicate": PRESS,
    "trunks:detail": LOOK,
    "trunks:detail_status": LOOK,
    "trunks:history": LOOK,
    "trunks:edit": CHANGE,
    "trunks:edit_check": Door(ENGINEERS),
    "trunks:undo": CHANGE,
    "trunks:enable": PRESS,
    "trunks:disable": CHANGE,
    "trunks:delete": CHANGE,
    "trunks:handover": LOOK,
    "trunks:handover_status": LOOK,
    "trunks:handover_addresses": LOOK,
    "trunks:handover_authority": LOOK,
    "trunks:pbx_file": LOOK,
    "trunks:reset_password": CHANGE,
    "trunks:password": Door(ENGINEERS),
    "trunks:password_status": Door(ENGINEERS),
    "trunks:reveal_password": PRESS,
    "trunks:password_csv": PRESS,
    "trunks:acknowledge_password": PRESS,
    "trunks:calculator": Door(ENGINEERS),
    "addresses:list": LOOK,
    "addresses:add": CHANGE,
    "addresses:edit": CHANGE,
    "addresses:delete": CHANGE,
    "calls:list": LOOK,
    "calls:export": LOOK,
    "calls:detail": LOOK,
    "routing:list": LOOK,
    "routing:list_status": LOOK,
    "routing:assign": CHANGE,
    "routing:give_back": CHANGE,
    "routing:buy": Door(ENGINEERS),
    "routing:review": CHANGE,
    "routing:order": LOOK,
    "routing:order_status": LOOK,
    "routes:list": LOOK,
    "routes:list_status": LOOK,
    "routes:new": CHANGE,
    "routes:preview": PRESS,
    "routes:detail": LOOK,
    "routes:detail_status": LOOK,
    "routes:rehearsal": LOOK,
    "routes:edit": CHANGE,
    "routes:edit_check": Door(ENGINEERS),
    "routes:undo": CHANGE,
    "routes:delete": CHANGE,
    "billing:overview": LOOK,
}


class Rows(NamedTuple):
    """Who of the staff may do what with the rows of a model; `act` is on several of them, from their list."""

    look: frozenset[Staff]
    add: frozenset[Staff] = NOBODY
    change: frozenset[Staff] = NOBODY
    delete: frozenset[Staff] = NOBODY
    act: frozenset[Staff] = NOBODY


SHOWN = Rows(STAFF)
SET_UP = Rows(STAFF, ROOT, ROOT, ROOT, ROOT)
# With these one could take over a sign-in.
KEYS = Rows(ROOT, ROOT, ROOT, ROOT, ROOT)

ADMIN_ROWS: dict[str, Rows] = {
    "account.emailaddress": KEYS,
    "accounts.account": Rows(STAFF, add=ROOT, change=HELPERS),
    "accounts.auditevent": SHOWN,
    "accounts.user": Rows(STAFF, add=ROOT, change=ROOT),
    "addresses.serviceaddress": SHOWN,
    "auth.group": KEYS,
    "billing.ledgerentry": SHOWN,
    "billing.numberrate": SET_UP,
    "billing.plan": SET_UP,
    "billing.planrequest": SHOWN,
    "billing.quote": SHOWN,
    "calls.call": SHOWN,
    "calls.nodecursor": SHOWN,
    "mfa.authenticator": KEYS,
    "provisioning.datacentre": SET_UP,
    "provisioning.gateway": SET_UP,
    "provisioning.nodestate": SHOWN,
    "provisioning.operation": Rows(STAFF, act=HELPERS),
    "provisioning.providersource": SET_UP,
    "provisioning.sbcnode": SET_UP._replace(act=HELPERS),
    "routing.number": Rows(STAFF, add=HELPERS, change=HELPERS),
    "routing.numberorder": SHOWN,
    "routing.route": SHOWN,
    "trunks.hostclaim": SHOWN,
    "trunks.trunk": Rows(STAFF, act=HELPERS),
    "trunks.trunkdraft": SHOWN,
    "trunks.trunkrevision": SHOWN,
    "usersessions.usersession": KEYS,
}

READS = Door(STAFF, STAFF)  # a POST shows the same
HELPS = Door(HELPERS, HELPERS)

ADMIN_PAGES: dict[str, Door] = {
    "admin:index": READS,
    "admin:app_list": READS,
    "admin:login": Door(EVERYBODY, EVERYBODY),
    "admin:logout": Door(NOBODY, STAFF),
    "admin:password_change": Door(STAFF, STAFF),
    "admin:password_change_done": Door(STAFF),
    "admin:autocomplete": Door(STAFF),
    "admin:jsi18n": Door(STAFF),
    "admin:view_on_site": READS,
    "admin/(?P<url>.*)$": READS,
    "admin:search": Door(STAFF),
    "admin:end_acting": Door(NOBODY, STAFF),
    "admin:accounts_account_suspend": HELPS,
    "admin:accounts_account_release": HELPS,
    "admin:accounts_account_act": HELPS,
    "admin:accounts_account_credit": HELPS,
    "admin:billing_planrequest_activate": HELPS,
    "admin:billing_planrequest_decline": HELPS,
    "admin:provisioning_operation_console": Door(STAFF),
    "admin:provisioning_operation_retry": HELPS,
    "admin:provisioning_operation_rollback": HELPS,
    "admin:provisioning_sbcnode_drift": Door(STAFF),
    "admin:provisioning_sbcnode_resync": HELPS,
    "admin:provisioning_sbcnode_resend": HELPS,
    "admin:routing_number_load": HELPS,
    "admin:trunks_trunk_suspend": HELPS,
    "admin:trunks_trunk_release": HELPS,
}


def doors_to_rows(model: str, rows: Rows) -> dict[str, Door]:
    """The addresses that Django's admin makes for a model."""
    name = f"admin:{model.replace('.', '_')}"
    return {
        f"{name}_changelist": Door(rows.look, rows.act),
        f"{name}_add": Door(rows.add, rows.add),
        f"{name}_change": Door(rows.look, rows.change),
        f"{name}_delete": Door(rows.delete, rows.delete),
        f"{name}_history": Door(rows.look, rows.look),
        f"admin/{model.replace('.', '/')}/<path:object_id>/": READS,  # leads to the page to change it
    }


ADMIN = ADMIN_PAGES | {
    name: door for model, rows in ADMIN_ROWS.items() for name, door in doors_to_rows(model, rows).items()
}


class Gate(NamedTuple):
    """A page of sign-in, the same for all roles. `own`: a visitor signs in first; `posts`: there is something to send;
    `proof`: only for whoever entered the password a moment ago.
    """

    own: bool
    posts: bool = True
    proof: bool = False


ENTRANCE = Gate(own=False)
NOTE = Gate(own=False, posts=False)
OWN = Gate(own=True)
OWN_NOTE = Gate(own=True, posts=False)
PROVEN = Gate(own=True, proof=True)

SIGN_IN: dict[str, Gate] = {
    "account_login": ENTRANCE,
    "account_logout": ENTRANCE,
    "account_signup": ENTRANCE,
    "account_inactive": NOTE,
    "account_reauthenticate": OWN,
    "account_email": OWN,
    "account_email_verification_sent": NOTE,
    "account_confirm_email": ENTRANCE,
    "account_confirm_login_code": ENTRANCE,
    "account_change_password": OWN,
    "account_set_password": OWN,
    "account_reset_password": ENTRANCE,
    "account_reset_password_done": NOTE,
    "account_reset_password_from_key": ENTRANCE,
    "account_reset_password_from_key_done": NOTE,
    "mfa_index": OWN_NOTE,
    "mfa_authenticate": ENTRANCE,
    "mfa_reauthenticate": OWN,
    "mfa_activate_totp": PROVEN,
    "mfa_deactivate_totp": PROVEN,
    "mfa_view_recovery_codes": OWN_NOTE,
    "mfa_generate_recovery_codes": PROVEN,
    "mfa_download_recovery_codes": OWN,
    "mfa_list_webauthn": OWN_NOTE,
    "mfa_add_webauthn": PROVEN,
    "mfa_edit_webauthn": PROVEN,
    "mfa_remove_webauthn": PROVEN,
    "mfa_login_webauthn": ENTRANCE,
    "mfa_reauthenticate_webauthn": OWN,
    "usersessions_list": OWN,
}
