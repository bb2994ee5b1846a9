"""What a move carried stood as sentences in a row; now it stands under headings."""

from django.db import migrations


def group(apps, schema_editor):
    for move in apps.get_model("moves", "SchoolMove").objects.exclude(carried=[]):
        if all(isinstance(sentence, str) for sentence in move.carried):
            move.carried = [{"about": "What was under way", "sentences": move.carried}]
            move.save(update_fields=["carried"])


class Migration(migrations.Migration):
    dependencies = [("moves", "0002_what_went_along")]

    operations = [migrations.RunPython(group, migrations.RunPython.noop)]
