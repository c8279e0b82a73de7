"""What the services of Postkamer, and the world around them, say to each other."""
