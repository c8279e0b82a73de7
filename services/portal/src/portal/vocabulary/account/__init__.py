"""Words of a person's own account."""
