"""The words of the pages about customer numbers and who sees them, a file for each language."""
