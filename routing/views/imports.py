"""Pages of the import: list and upload, preview with mapping, progress, summary."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from people.access import role_required
from people.choices import RUNS_OPERATIONS
from people.models import User
from routing.choices import ImportState
from routing.engine.mapping_files import problems
from routing.exceptions import Conflict, ImportRefused, RoutingRefused
from routing.forms.imports import MappingForm, UploadForm
from routing.models import ImportBatch
from routing.services.imports.files import Upload, receive
from routing.services.imports.preview import Preview, preview, restate_dialect
from routing.services.imports.start import Order, adopt_mapping, enqueue, save_mapping

PER_PAGE = 25
WAITING = frozenset({ImportState.QUEUED, ImportState.RUNNING})


def acting(request: HttpRequest) -> User:
    """Who acts; LoginRequiredMiddleware lets nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


@require_http_methods(["GET", "POST"])
@role_required(*RUNS_OPERATIONS)
def import_list(request: HttpRequest) -> HttpResponse:
    """All imports, newest first, and the upload form."""
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return redirect("import_detail", pk=_take(request, form).pk)
            except ImportRefused as refusal:
                form.add_error("file", refusal.messages)
        status = 422
    page = Paginator(ImportBatch.objects.select_related("created_by"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "routing/imports/list.html", {"form": form, "page": page}, status=status)


def _take(request: HttpRequest, form: UploadForm) -> ImportBatch:
    file, mapping = form.cleaned_data["file"], form.cleaned_data["mapping"]
    batch = receive(Upload(file, file.name), acting_user=acting(request), now=timezone.now())
    if mapping is not None:
        adopt_mapping(batch, mapping)
    return batch


@require_http_methods(["GET", "POST"])
@role_required(*RUNS_OPERATIONS)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: preview before it starts, progress while it runs, summary when it is done."""
    batch = get_object_or_404(ImportBatch.objects.select_related("created_by"), pk=pk)
    if batch.state in WAITING or (batch.state == ImportState.DONE and not batch.dry_run):
        if request.method == "POST":
            messages.error(request, f"{batch.file_name} is {batch.get_state_display().lower()} already.")
            return redirect("import_detail", pk=pk)
        template = "progress" if batch.state in WAITING else "summary"
        return render(request, f"routing/imports/{template}.html", {"batch": batch})
    return _preview_page(request, batch)


def _preview_page(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    try:
        look = preview(batch, now=timezone.now())
    except RoutingRefused as refusal:
        return render(
            request, "routing/imports/refused.html", {"batch": batch, "refused": refusal.messages}, status=422
        )
    form = MappingForm(request.POST or None, preview=look)
    if request.method == "POST":
        done = _act(request, batch, look, form)
        if done is not None:
            return done
    context = {"batch": batch, "form": form, "look": look}
    return render(request, "routing/imports/preview.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, batch: ImportBatch, look: Preview, form: MappingForm) -> HttpResponse | None:
    """Carry out the button that was pressed; None = show the form with its errors."""
    valid = form.is_valid()
    try:
        if request.POST.get("act") == "dialect":
            restate_dialect(batch.pk, form.dialect())
            return redirect("import_detail", pk=batch.pk)
        if not valid:
            return None
        found = problems(form.spec, look.headings, look.glossary)
        if found:
            form.add_error(None, found)
            return None
        _order(request, batch, form)
    except Conflict as conflict:
        messages.error(request, " ".join(conflict.messages))
    except (ImportRefused, KeyError) as refusal:
        form.add_error(None, getattr(refusal, "messages", ["State the encoding and the delimiter again."]))
        return None
    return redirect("import_detail", pk=batch.pk)


def _order(request: HttpRequest, batch: ImportBatch, form: MappingForm) -> None:
    user, name = acting(request), form.cleaned_data["save_as"]
    if name:
        save_mapping(name, form.spec, acting_user=user)
        messages.success(request, f"The mapping is kept as {name}.")
    if request.POST.get("act") == "keep":
        adopt_mapping(batch, form.spec)
        return
    order = Order(form.spec, name or batch.mapping_name, form.dialect(), request.POST.get("act") == "dry_run")
    enqueue(batch.pk, order, acting_user=user)


@require_GET
@role_required(*RUNS_OPERATIONS)
def import_state(request: HttpRequest, pk: int) -> JsonResponse:
    """Counters of an import for the page that watches it."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    counters = (
        "rows_total",
        "rows_read",
        "rows_created",
        "rows_updated",
        "rows_unchanged",
        "rows_quarantined",
    )
    state = {"state": batch.state, "done": batch.state not in WAITING}
    return JsonResponse(state | {name: getattr(batch, name) for name in counters})
