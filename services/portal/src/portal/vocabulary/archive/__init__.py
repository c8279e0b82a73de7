"""The words of the archive and of help, a file for each language."""
