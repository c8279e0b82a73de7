"""The words of the pages, one module per language; each has the same keys."""
