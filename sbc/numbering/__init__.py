"""Which country a number belongs to, and whether it fits a numbering plan: one table for Kamailio and for Python."""
