"""Code that runs in the instance's own Django: it makes customers, and asks afterwards whether all is in order."""

MAKE_CUSTOMERS = """
from accounts import api_keys
from accounts.services import account_for_email
from billing import ledger
from billing.models import CreditGrant

def make(number):
    account = account_for_email(email=f"campaign{{number}}@example.org")
    ledger.grant(account=account, amount={credits}, kind=CreditGrant.Kind.PAID, source=f"campaign:{{number}}")
    return api_keys.create(account=account, name="Campaign")[1]

result = [make(number) for number in range({number})]
"""

UNFINISHED = """
from restoration.models import Restoration
result = Restoration.objects.exclude(status__in=Restoration.ENDED).count()
"""

AUDIT = """
from collections import Counter
from pathlib import Path
from django.conf import settings
from django.core.files.storage import default_storage
from accounts.models import Account
from billing.audit import problems
from billing.models import Hold, LedgerTxn
from restoration.models import Artifact, Attempt, Restoration, Source

told = {told!r}
jobs = dict(Restoration.objects.values_list("public_id", "status"))
charges = Counter(LedgerTxn.objects.filter(kind="capture").values_list("ref", flat=True))
files = dict(Artifact.objects.filter(kind="output").values_list("restoration__public_id", "storage_key"))
known = set(Source.objects.exclude(storage_key="").values_list("storage_key", flat=True))
known |= set(Source.objects.exclude(mask_key="").values_list("mask_key", flat=True))
known |= set(Artifact.objects.filter(purged_at=None).values_list("storage_key", flat=True))
# Their worker was killed after the job was canceled: the purge task deletes what they wrote, after 10 minutes.
unburied = {{
    f"{{a.restoration.account.public_id}}/{{a.restoration.public_id}}/{{a.fence}}/"
    for a in Attempt.objects.filter(outcome="running").select_related("restoration__account")
}}
media = Path(settings.VAR_DIR) / "media"
there = [str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()]
succeeded = [job for job, status in jobs.items() if status == "succeeded"]
result = {{
    "jobs": len(jobs),
    **{{f"jobs {{status}}": number for status, number in sorted(Counter(jobs.values()).items())}},
    "attempts": Attempt.objects.count(),
    "attempts lost": Attempt.objects.filter(outcome="lost").count(),
    "most attempts of a job": max(Restoration.objects.values_list("attempts_made", flat=True), default=0),
    "jobs lost": sum(status in ("queued", "processing") for status in jobs.values()),
    "jobs charged twice": sum(number > 1 for number in charges.values()),
    "jobs charged without success": sum(jobs.get(job) != "succeeded" for job in charges),
    "successes not charged": sum(charges[job] == 0 for job in succeeded),
    "successes without a file": sum(not default_storage.exists(files.get(job, "none")) for job in succeeded),
    "answers that disagree with the job": sum(
        (code == 200) != (jobs.get(job) == "succeeded") for job, code in told.items()
    ),
    "accounts whose books do not balance": sum(bool(problems(account)) for account in Account.objects.all()),
    "open holds": Hold.objects.filter(state="held").count(),
    "files that nobody knows of": sum(
        name not in known and not name.startswith(tuple(unburied)) for name in there
    ),
}}
"""
