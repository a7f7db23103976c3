"""Swaps Python's own sqlite3 for one that carries a newer SQLite, before Django looks at it. Settings import it first.

SQLite before 3.51.3 can corrupt a database in WAL mode when two connections checkpoint at once; Debian 12 ships 3.40.
"""

import sys
from importlib import import_module, util

SAFE_WAL_VERSION = (3, 51, 3)


def use_bundled_library() -> None:
    if util.find_spec("pysqlite3") is not None:
        sys.modules["sqlite3"] = import_module("pysqlite3")
        sys.modules["sqlite3.dbapi2"] = import_module("pysqlite3.dbapi2")


def wal_is_safe() -> bool:
    version: tuple[int, ...] = import_module("sqlite3").sqlite_version_info
    return version >= SAFE_WAL_VERSION


use_bundled_library()
