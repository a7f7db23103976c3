"""What every table's model starts from: typed text columns, and times of creation and change that also bulk writes keep."""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Length, Now
from django.utils.translation import gettext_lazy as _

from macaw.kernel import clock
from macaw.kernel.errors import Stale

M = TypeVar("M", bound=models.Model)


class Line(models.TextField):  # type: ignore[type-arg]  # the stubs' generics are for their own plugin
    """A text column of one line: TEXT in the database, as the schema has it, and one input in a form."""

    non_db_attrs = (*models.TextField.non_db_attrs, "max_length")  # forms and services ask it, TEXT knows no length

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:  # of a TextField, Django asks it in forms alone
            self.validators.append(MaxLengthValidator(self.max_length))

    def formfield(self, **kwargs: Any) -> Any:
        if self.choices:
            return super().formfield(**kwargs)
        return super().formfield(**({"widget": forms.TextInput, "max_length": self.max_length} | kwargs))


models.TextField.register_lookup(Length)  # so that a constraint can say name__length__lte


class StampedQuerySet(models.QuerySet[M]):
    """Moves `updated_at` on writes that never reach `save()`."""

    def update(self, **values: Any) -> int:
        if "updated_at" in {field.name for field in self.model._meta.concrete_fields}:
            values.setdefault("updated_at", clock.now())
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]  # Django reads it so that templates cannot call it

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows, names = list(objs), list(fields)
        if hasattr(self.model, "updated_at") and "updated_at" not in names:
            moment = clock.now()
            for row in rows:
                cast(Any, row).updated_at = moment
            names.append("updated_at")
        return super().bulk_update(rows, names, batch_size)

    bulk_update.alters_data = True  # type: ignore[attr-defined]


class Created(models.Model):
    """A row that knows when it was made."""

    created_at = models.DateTimeField(
        _("created"), default=clock.now, db_default=Now(), editable=False, help_text=_("When the row was made.")
    )

    objects = StampedQuerySet.as_manager()

    class Meta:
        abstract = True


class Stamped(Created):
    """A row that also knows when it last changed."""

    updated_at = models.DateTimeField(
        _("changed"), default=clock.now, db_default=Now(), editable=False, help_text=_("When the row last changed.")
    )

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.updated_at = clock.now()
        if update_fields is not None:
            update_fields = {*update_fields, "updated_at"}
        super().save(update_fields=update_fields, **kwargs)


class Versioned(Stamped):
    """A row that people edit: the second of two who saw the same version is told, and overwrites nothing."""

    version = models.PositiveIntegerField(
        _("version"),
        default=1,
        db_default=1,
        editable=False,
        help_text=_("Rises with each edit, so a second editor is told."),
    )

    class Meta:
        abstract = True

    def save_over(self, seen: int) -> None:
        """Save over the version that was seen, or raise `Stale`. The caller's transaction keeps others out meanwhile."""
        if not type(self).objects.filter(pk=self.pk, version=seen).update(version=seen + 1):
            raise Stale
        self.version = seen + 1
        self.save()
