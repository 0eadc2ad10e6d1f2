"""The spider. There is one, and a named subclass per portal definition (crawler/spiders/portal.py)."""
