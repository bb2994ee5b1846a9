"""E-mails, written with the change they tell of and sent by a job."""

from django.conf import settings
from django.db import models


class Message(models.Model):
    """One e-mail. It says what to do and by when, links to the page, and never names or describes a child."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    path = models.CharField(max_length=200, blank=True)  # where the link leads, on our own site
    secret_path = models.CharField(max_length=200, blank=True)  # as path, for a link that is a key; blanked when sent
    pupil_id = models.BigIntegerField(null=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.subject

    @property
    def leads_to(self) -> str:
        return self.secret_path or self.path
