"""What follows in later folders when a consent is answered, or no longer stands."""

from trellis.conduct.slots import Slot

consent_asked = Slot("consents.consent_asked", "followed", "Somebody was asked to agree. (consent, by)")
consent_given = Slot("consents.consent_given", "followed", "Somebody agreed to specialist work. (consent, by)")
consent_declined = Slot("consents.consent_declined", "followed", "Somebody did not agree. (consent, by)")
consent_withdrawn = Slot(
    "consents.consent_withdrawn", "followed", "A consent no longer stands: withdrawn, or lapsed. (consent, by)"
)
