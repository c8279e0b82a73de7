"""Makes the chassis' fixtures known to every test of the repository."""

pytest_plugins = ["chassis.testing"]
