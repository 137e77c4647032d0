import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from billing import guards

KEPT_OF_SUBJECT = ("id", "object", "charge", "payment_intent", "refund", "customer", "invoice")


def forget_persons(apps, schema_editor):
    """Keep of an event what names Stripe's objects; addresses and names go."""
    for event in apps.get_model("billing", "StripeEvent").objects.iterator():
        subject = event.payload.get("data", {}).get("object", {})
        kept = {name: subject[name] for name in KEPT_OF_SUBJECT if isinstance(subject.get(name), str)}
        event.payload = {
            "id": event.event_id,
            "type": event.type,
            "created": event.payload.get("created"),
            "data": {"object": kept},
        }
        event.save(update_fields=["payload"])


def install_guards(apps, schema_editor):
    guards.install(schema_editor.connection.alias)


def remove_guards(apps, schema_editor):
    guards.remove(schema_editor.connection.alias)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_reversals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReconciliationFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='Which check found it.', max_length=40)),
                ('subject', models.CharField(help_text='The Stripe object, purchase or account it is about.', max_length=128)),
                ('detail', models.TextField()),
                ('state', models.CharField(choices=[('open', 'Unexplained'), ('explained', 'Explained'), ('gone', 'Gone')], default='open', max_length=10)),
                ('explanation', models.TextField(blank=True)),
                ('found_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it was there last.')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('explained_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-seen_at'], name='finding_by_state')],
                'constraints': [
                    models.UniqueConstraint(fields=('kind', 'subject'), name='finding_once'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['open', 'explained', 'gone'])), name='finding_state_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'explained'), _negated=True), models.Q(('explanation', ''), _negated=True), _connector='OR'), name='finding_explained_in_words'),
                ],
            },
        ),
        migrations.AddField(
            model_name='purchase',
            name='paid_at',
            field=models.DateTimeField(blank=True, help_text='When the charge was made, by its own time.', null=True),
        ),
        migrations.AddField(
            model_name='stripeevent',
            name='source',
            field=models.CharField(choices=[('webhook', 'Webhook'), ('sweep', 'Found by the reconciliation')], default='webhook', max_length=8),
        ),
        migrations.AlterField(
            model_name='stripeevent',
            name='payload',
            field=models.JSONField(help_text='Ids and types; nothing that names a person is kept.'),
        ),
        migrations.RunPython(forget_persons, migrations.RunPython.noop),
        migrations.RunPython(install_guards, remove_guards),
    ]
