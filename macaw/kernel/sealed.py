"""A column whose value is encrypted at rest. The attribute gives a `Secret`, which says nothing until it is asked to."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from macaw.kernel import crypto


class Secret:
    """A sealed value and the place it belongs to. Printing, logging or rendering it shows a mask."""

    __slots__ = ("place", "sealed")

    def __init__(self, sealed: str, place: tuple[str, str, str]) -> None:
        self.sealed = sealed
        self.place = place

    def reveal(self) -> str:
        return crypto.keyring().open(self.sealed, self.place)

    reveal.alters_data = True  # type: ignore[attr-defined]  # Django reads it, so that no template can call it

    def __repr__(self) -> str:
        return "••••••••"


class _SealedAttribute:
    """Seals what is assigned and wraps what was loaded, so plain text never sits on an instance."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=["row_uuid", self.field.attname])  # the column was deferred
        stored = instance.__dict__[self.field.attname]
        return Secret(stored, self.field.place(instance)) if stored else None

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, _Stored):
            instance.__dict__[self.field.attname] = str(value)
        elif isinstance(value, Secret) and value.place == self.field.place(instance):
            instance.__dict__[self.field.attname] = value.sealed  # as refresh_from_db does: nothing to seal again
        elif not value:
            instance.__dict__[self.field.attname] = None
            self.field.set_fingerprint(instance, "")
        else:
            place = self.field.place(instance)
            plain = value.reveal() if isinstance(value, Secret) else str(value)
            instance.__dict__[self.field.attname] = crypto.keyring().seal(plain, place)
            self.field.set_fingerprint(instance, crypto.keyring().fingerprint(plain, place))


class _Stored(str):
    """Text that came out of the database, as opposed to a value somebody assigns."""

    __slots__ = ()


class SealedField(models.TextField):  # type: ignore[type-arg]
    """TEXT holding `v1.<key>.<nonce>.<ciphertext>`; the model has `row_uuid` and, beside it, `<name>_fingerprint`."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _SealedAttribute(self))

    def place(self, instance: models.Model) -> tuple[str, str, str]:
        row_uuid = instance.row_uuid  # type: ignore[attr-defined]  # the field's contract with its model
        return (instance._meta.db_table, self.attname, str(row_uuid))

    def set_fingerprint(self, instance: models.Model, fingerprint: str) -> None:
        setattr(instance, f"{self.attname}_fingerprint", fingerprint)

    def from_db_value(self, value: str | None, *_: object) -> "_Stored | None":
        return None if value is None else _Stored(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return model_instance.__dict__.get(self.attname)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Secret):
            value = value.sealed
        if value is not None and not str(value).startswith(f"{crypto.VERSION}."):
            raise ValidationError(_("Assign a secret to an instance; it cannot be written or searched in plain text."))
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(obj.__dict__.get(self.attname) or "")

    def to_python(self, value: Any) -> Any:
        return _Stored(value) if isinstance(value, str) and value.startswith(f"{crypto.VERSION}.") else value
