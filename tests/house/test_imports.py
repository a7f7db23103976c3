"""Imports flow one way. The contracts stand in pyproject.toml; here they are run, and each is shown to catch its thief."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.tree import APPS, ROOT

LINT = (Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo")

# The file to plant, what it holds, and the contract that must break.
PLANTED = (
    ("macaw/kernel/money.py", "from customers import queries", "House: shell > domains > billing > customers > audit > kernel"),
    ("customers/queries.py", "from macaw import shell", "The apps know nothing of the shell"),
    ("macaw/stray.py", "", "Rooms of the shell; a module that is not named here fails"),
    ("macaw/kernel/clock.py", "from macaw.kernel import jobs", "Rooms of the kernel; a module that is not named here fails"),
    ("domains/stray.py", "", "Rooms of domains; a module that is not named here fails"),
    ("billing/stray.py", "", "Rooms of customers and billing; a module that is not named here fails"),
    ("domains/queries.py", "from billing.models import Invoice", "Money tables are private to billing"),
    ("domains/queries.py", "from audit.models import Entry", "The log table is private to audit"),
    ("domains/queries.py", "import requests", "Only adapters speak HTTP"),
)  # fmt: skip


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(LINT, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_imports_flow_one_way() -> None:
    code, said = lint(ROOT)
    assert code == 0, said


def test_each_contract_would_notice_a_thief(tmp_path: Path) -> None:
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line, _ in PLANTED:
        with (tmp_path / name).open("a") as file:
            file.write(f"\n{line}\n")
    code, said = lint(tmp_path)
    assert code == 1, said
    broken = {line.partition(" BROKEN")[0] for line in said.splitlines() if " BROKEN" in line}
    assert broken == {contract for _, _, contract in PLANTED}, said
