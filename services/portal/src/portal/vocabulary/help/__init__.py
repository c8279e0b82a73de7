"""The words of votes, support and the guided check, a file for each language."""
