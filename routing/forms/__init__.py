"""What is asked about numbers and routes."""

from routing.forms.numbers import AssignForm, GiveBackForm, LeadForm, NumberFilter, StockForm, picked_in

__all__ = ["AssignForm", "GiveBackForm", "LeadForm", "NumberFilter", "StockForm", "picked_in"]
