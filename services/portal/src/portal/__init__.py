"""What customers see in their browser."""
