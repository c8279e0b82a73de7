"""The words of the pages: a package per topic, in it a module per language with the same keys."""
