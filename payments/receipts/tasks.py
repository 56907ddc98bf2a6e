"""Outbox tasks about receipts."""
