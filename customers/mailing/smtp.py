"""Django's SMTP backend, with a memory: what the mail server answered is the evidence a notice needs."""

import smtplib

from django.core.mail.backends import smtp


class Plain(smtplib.SMTP):
    answer = ""

    def data(self, msg: bytes | str) -> tuple[int, bytes]:  # type: ignore[override]  # the stubs name the buffer's type
        code, words = super().data(msg)
        self.answer = f"{code} {words.decode(errors='replace')}"
        return code, words


class Encrypted(Plain, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    connection: Plain | None

    @property
    def connection_class(self) -> type[Plain]:
        return Encrypted if self.use_ssl else Plain

    @property
    def answer(self) -> str:
        """What the server said when it took the last mail."""
        return self.connection.answer if self.connection else ""
