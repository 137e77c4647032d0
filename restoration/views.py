"""Pages about restorations: the landing page, restoring a photo, and the photos restored before."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget

from accounts.access import member_page
from accounts.models import Account
from billing.catalog import offers
from billing.selectors import balance
from core.errors import AppError
from restoration import services
from restoration.findings import faithfulness, findings
from restoration.forms import RestoreForm
from restoration.imaging import MAX_BYTES
from restoration.models import Restoration
from restoration.paging import page_of
from restoration.presentation import pictures, progress, took
from restoration.selectors import restorations_of
from restoration.wording import asked_for

RECENT = 6


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, with a real before and after, the price and the deletion times."""
    context = {
        "offers": offers(Account()),
        "trial": settings.TRIAL_CREDITS,
        "paid_months": settings.CREDITS_PAID_MONTHS,
        "max_bytes": MAX_BYTES,
        "max_mb": MAX_BYTES // 1024**2,
    }
    return render(request, "restoration/landing.html", context)


@require_safe
@member_page
def dashboard(request: HttpRequest, account: Account) -> HttpResponse:
    """Restore a photo; the balance; the latest restorations."""
    return _restore_page(request, account, RestoreForm())


def _restore_page(
    request: HttpRequest, account: Account, form: RestoreForm, status: int = 200
) -> HttpResponse:
    recent = list(restorations_of(account)[:RECENT])
    context = {
        "form": form,
        "balance": balance(account),
        "max_bytes": MAX_BYTES,
        "max_mb": MAX_BYTES // 1024**2,
        "frames": [(job, pictures(job)) for job in recent],
    }
    return render(request, "restoration/dashboard.html", context, status=status)


@require_POST
@member_page
def submit(request: HttpRequest, account: Account) -> HttpResponse:
    """Queue the photo of the form, or show the form again with what is wrong."""
    form = RestoreForm(request.POST, request.FILES)
    if not form.is_valid():
        return _restore_page(request, account, form, status=422)
    photo: UploadedFile | None = form.cleaned_data["photo"]
    mask: UploadedFile | None = form.cleaned_data["mask"]
    wanted: dict[str, Any] = {
        "account": account,
        "origin": Restoration.Origin.WEB,
        "options": form.options(),
        "mask": mask.read() if mask is not None else None,
    }
    try:
        if photo is not None:
            job = services.submit_upload(content=photo.read(), **wanted)
        else:
            job = services.submit_url(url=form.cleaned_data["url"], **wanted)
    except AppError as exc:
        blamed = "mask" if exc.code == "invalid_mask" else "photo" if photo is not None else "url"
        form.add_error(blamed, _refusal(exc))
        return _restore_page(request, account, form, status=exc.status)
    return redirect("restoration:detail", job.public_id)


def _refusal(exc: AppError) -> str:
    """The sentence of a refusal; one that says nothing about money gets the word that people look for."""
    return exc.message if "charged" in exc.message else f"{exc.message} {_('Nothing was charged.')}"


def _job_context(job: Restoration) -> dict[str, Any]:
    return {
        "job": job,
        "progress": None if job.has_ended else progress(job),
        "pictures": pictures(job),
        "took": took(job),
        "asked_for": asked_for(job),
        "findings": findings(job.report),
        "faithfulness": faithfulness(job.report),
    }


def _owned(account: Account, public_id: str) -> Restoration:
    return get_object_or_404(restorations_of(account), public_id=public_id)


@require_safe
@member_page
def detail(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """One restoration: on its way, or its result beside the original."""
    return render(request, "restoration/detail.html", _job_context(_owned(account, public_id)))


@require_safe
@member_page
def status(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """The changing part of the page, asked for while the job runs; with its end all of it, which asks no more."""
    job = _owned(account, public_id)
    context = _job_context(job) | {"fresh": True}
    if not job.has_ended:
        return render(request, "restoration/_progress.html", context)
    return retarget(render(request, "restoration/_job.html", context), "#job")


@require_POST
@member_page
def cancel(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """Stop a job and give its credit back, unless it has just ended."""
    job = _owned(account, public_id)
    if services.cancel(job=job):
        messages.success(request, _("Canceled. Your credit is back."))
    else:
        messages.info(request, _("It had ended before it could be canceled."))
    return redirect("restoration:detail", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def delete(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """Ask, naming what is lost; POST erases the pictures at once."""
    job = _owned(account, public_id)
    if request.method != "POST":
        return render(request, "restoration/delete.html", {"job": job, "pictures": pictures(job)})
    services.delete(job=job)
    messages.success(
        request, _("The photo and its restoration are erased. The receipt of the credit remains.")
    )
    return redirect("restoration:detail", public_id)


@require_safe
@member_page
def history(request: HttpRequest, account: Account) -> HttpResponse:
    """Every restoration from web and API, newest first, filtered by the address."""
    found = restorations_of(account)
    chosen = {
        name: request.GET[name]
        for name, choices in (("status", Restoration.Status), ("origin", Restoration.Origin))
        if request.GET.get(name) in choices.values
    }
    page = page_of(found.filter(**chosen), request.GET.get("before", ""))
    context = {
        "frames": [(job, pictures(job)) for job in page.rows],
        "page": page,
        "chosen": chosen,
        "statuses": Restoration.Status.choices,
        "origins": Restoration.Origin.choices,
    }
    return render(request, "restoration/history.html", context)
