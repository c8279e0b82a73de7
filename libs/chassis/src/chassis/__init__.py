"""The mechanism every service of Postkamer stands on. It knows no business and no service."""
