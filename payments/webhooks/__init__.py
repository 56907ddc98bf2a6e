"""Stripe's notifications: the inbox, and what each event sets in motion."""
