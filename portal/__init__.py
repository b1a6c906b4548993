"""The composition root: knows everybody, known by nobody."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
