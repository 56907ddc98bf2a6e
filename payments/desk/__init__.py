"""Finance's pages: movements, one contribution, the inbox and the outbox."""
