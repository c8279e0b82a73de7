"""Words of every page, and of the pages that help when something stands in the way."""
