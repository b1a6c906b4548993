"""Who may do what at every address of the portal, written by hand: an address that is missing here fails a test."""

from __future__ import annotations

from typing import NamedTuple

from accounts.enums import Role

OWNER = frozenset({Role.OWNER})
MANAGERS = frozenset({Role.OWNER, Role.ADMIN})
ENGINEERS = MANAGERS | {Role.ENGINEER}
MONEY = ENGINEERS | {Role.BILLING}
MEMBERS = MONEY | {Role.VIEWER}
# Also without signing in.
EVERYBODY = None


class Door(NamedTuple):
    """Which roles may look (GET) and which may act (POST); an empty set: the method is not allowed here."""

    get: frozenset[Role] | None
    post: frozenset[Role] | None = frozenset()


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
    "trunks:detail": LOOK,
    "trunks:detail_status": LOOK,
    "trunks:history": LOOK,
    "trunks:edit": CHANGE,
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
    "billing:overview": Door(MONEY),
}
