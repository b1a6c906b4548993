"""Numbers and routes."""

from routing.models.number import E164, Number, NumberOrder, OrderedNumber
from routing.models.route import Route, RouteEntry, RouteRevision

__all__ = ["E164", "Number", "NumberOrder", "OrderedNumber", "Route", "RouteEntry", "RouteRevision"]
