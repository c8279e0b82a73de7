"""The dashboards: one for each service, and one for the flow from billing system to reader."""
