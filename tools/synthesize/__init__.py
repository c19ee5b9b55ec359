"""Synthetic data for measuring: many inspections with people, plans, histories and sign-offs, made in bulk.

Rows are written many at a time, not verb by verb, so that a hundred thousand measures take minutes. What they look
like is what the services would have left: spans without gaps, manifests with their hashes, events that tell of every
file, application and decision. `verify_audit --evidence` finds nothing wrong with them.
"""
