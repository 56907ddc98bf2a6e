"""Celery tasks: the bell."""
