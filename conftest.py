"""The fixtures of every test; ours stand before pytest-django's of the same name."""

from trellis.testing import django_db_setup, own_database

__all__ = ["django_db_setup", "own_database"]
