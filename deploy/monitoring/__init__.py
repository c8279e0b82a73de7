"""What a platform team watches Postkamer with: dashboards and alerts, made from code."""
