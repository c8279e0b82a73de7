"""The built-in mail catcher: takes every mail, keeps it, shows it, and fails on demand."""
