"""The alerts: when somebody must look, by what they are about."""
