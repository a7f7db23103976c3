"""The fixtures of browser tests: one Chromium and one server for each worker, a fresh stage for each test.

Playwright keeps an event loop running in its thread, and Django refuses the database to such a thread. So Playwright and
the bodies of browser tests have a thread to themselves, and every other test in this process stays as it was.
"""

import fcntl
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium, house
from tests.browser.house import House
from tests.browser.visit import Visitor, visiting

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playwright")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if pyfuncitem.get_closest_marker("browser") is None:
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    _thread.submit(pyfuncitem.obj, **{name: pyfuncitem.funcargs[name] for name in wanted}).result()
    return True


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium.path() is None:
        pytest.skip(f"no Chromium: install it, or name its program in {chromium.VARIABLE}")
    stack = ExitStack()
    try:
        yield _thread.submit(stack.enter_context, chromium.opened()).result()
    finally:
        _thread.submit(stack.close).result()


@pytest.fixture(scope="session")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[House]:
    """The running product of this worker; what it is built from is built once."""
    own = tmp_path_factory.getbasetemp()
    shared = own / "house" if worker_id == "master" else own.parent / "house"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed
        if not shared.exists():
            _built(shared)
    with house.serving(shared, worker_id) as running:
        yield running


def _built(folder: Path) -> None:
    try:
        house.build(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # or the next worker would take it for finished
        raise


@pytest.fixture
def visit(browser: Browser, served: House) -> Iterator[Visitor]:
    """`visit("alice", "/")` opens a page. At the end no page may have broken the security policy or written an error."""
    served.restore()
    stack = ExitStack()
    visitor: Visitor = _thread.submit(stack.enter_context, visiting(browser, served)).result()
    try:
        yield visitor
    finally:
        _thread.submit(stack.close).result()
    assert visitor.faults == [], "\n".join(visitor.faults)
