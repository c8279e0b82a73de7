"""The words of the staff desk, a file for each language."""
