"""Everything that changes numbers and routes. Each is one transaction that begins with the account's lock."""

from routing.services.buying import MOST_AT_ONCE, Cart, NumbersTaken, buy_numbers, validate_cart
from routing.services.leaving import give_back
from routing.services.pointing import assign_number, give_number, lock_number, publish, unassign_numbers

__all__ = [
    "MOST_AT_ONCE",
    "Cart",
    "NumbersTaken",
    "assign_number",
    "buy_numbers",
    "give_back",
    "give_number",
    "lock_number",
    "publish",
    "unassign_numbers",
    "validate_cart",
]
