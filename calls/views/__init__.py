"""Pages of calls: the list, one call, the file."""
