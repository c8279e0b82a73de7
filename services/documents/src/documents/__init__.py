"""The archive: every invoice and credit note, byte for byte as it was received."""
