"""What a person keeps of their own way to look at pupils. The pupils themselves are kept elsewhere."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class SavedFilter(models.Model):
    """A choice of filters for the list of pupils, under a name of its owner's. Holds no pupil and no search."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)  # as it stands in the address: "year=4&stage=late"

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_filter_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('pupils')}?{self.query}"
