"""Pages of numbers and routes."""
