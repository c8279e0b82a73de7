"""Tells everyone who should know, by mail, once, in their own language."""
