"""The shell's own pages."""

from macaw.views.pages import help_page, home, jump, signed_out, states
from macaw.views.reports import csp_report
from macaw.views.settings import settings

__all__ = ["csp_report", "help_page", "home", "jump", "settings", "signed_out", "states"]
