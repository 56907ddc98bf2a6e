"""Deployment mistakes, found at start."""
