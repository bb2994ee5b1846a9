import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0009_a_upn_under_another_name'),
        ('organisations', '0002_specialistservice'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='columnmapping', name='exchange_co_virtual_2a03e2_idx'),
        migrations.RenameField(model_name='columnmapping', old_name='virtual_school', new_name='organisation'),
        migrations.AlterField(
            model_name='columnmapping',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='import',
            name='school',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.school'),
        ),
        migrations.AddIndex(
            model_name='columnmapping',
            index=models.Index(fields=['organisation', 'kind', '-id'], name='exchange_co_organis_3f0f2f_idx'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['school', '-at'], name='exchange_im_school__5ccc72_idx'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('virtual_school__isnull', True), ('school__isnull', True), _connector='OR'), name='an_import_is_of_one_organisation'),
        ),
    ]
