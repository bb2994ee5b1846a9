"""The server's door. It refuses to open when the database role could rewrite history."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trellis.settings")
application = get_wsgi_application()

from trellis.conduct.boot import refuse_unless_safe  # noqa: E402  (needs the apps)

refuse_unless_safe()
