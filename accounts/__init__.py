"""Customers, their people, what they may do, and who did what."""
