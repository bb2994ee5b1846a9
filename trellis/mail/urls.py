from django.urls import path

from trellis.conduct.doors import EVERYONE, opens_to
from trellis.mail import views

urlpatterns = [path("demo/mail/", opens_to(EVERYONE)(views.demo_mail), name="demo_mail")]
