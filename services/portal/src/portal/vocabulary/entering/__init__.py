"""Words of the way in: registering, signing in, forgotten passwords, proofs of a mailbox."""
