"""Comparing the books with Stripe: what is read, what differs, and how it is put right."""
