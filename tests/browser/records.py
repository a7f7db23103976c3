"""The admin's pages: for each model the list, and the form of one row."""

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import reverse

ADMIN_MODELS = sorted(model._meta.label_lower for model in admin.site._registry)


def records() -> dict[str, dict[str, str]]:
    """The addresses by model; the form is that of its first row, where there is one."""
    return {label: _addresses(apps.get_model(label)) for label in ADMIN_MODELS}


def _addresses(model: type[models.Model]) -> dict[str, str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.order_by("pk").first()
    form = {"form": reverse(f"{name}_change", args=[row.pk])} if row else {}
    return {"list": reverse(f"{name}_changelist")} | form
