"""Everything that changes numbers and routes. Each is one transaction that begins with the account's lock."""

from routing.services.buying import MOST_AT_ONCE, Cart, NumbersTaken, buy_numbers, validate_cart
from routing.services.deleting import delete_route
from routing.services.following import routes_follow
from routing.services.leaving import give_back
from routing.services.pointing import assign_number, give_number, lock_number, publish, unassign_numbers
from routing.services.routes import change_route, create_route, revert_route

__all__ = [
    "MOST_AT_ONCE",
    "Cart",
    "NumbersTaken",
    "assign_number",
    "buy_numbers",
    "change_route",
    "create_route",
    "delete_route",
    "give_back",
    "give_number",
    "lock_number",
    "publish",
    "revert_route",
    "routes_follow",
    "unassign_numbers",
    "validate_cart",
]
