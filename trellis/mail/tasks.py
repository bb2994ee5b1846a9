from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from trellis.mail import actions


@app.task(retry=RetryStrategy(max_attempts=6, exponential_wait=5), queue="mail")
def send_message(message_id: int) -> None:
    """Send one message; tried again with growing pauses when the mail server does not answer."""
    actions.send(message_id)
