"""Who is who: issuers, customer numbers, the people who may see them, and tokens that prove it."""
