"""What a database says when it fails, as sentences for whoever runs the bot. No password is ever in them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from bot.errors import StoreError

# By SQLite's result code. An extended code, as SQLITE_READONLY_DIRECTORY, begins with its primary one.
SQLITE_FAILURES = {
    "SQLITE_NOTADB": "is not an SQLite database: check the path, or restore a backup",
    "SQLITE_CORRUPT": "is damaged: restore a backup",
    "SQLITE_READONLY": "cannot be written: give the account the bot runs under the right to write "
    "the file and its directory",
    "SQLITE_PERM": "cannot be opened: the account the bot runs under has no right to",
    "SQLITE_CANTOPEN": "cannot be opened: see that it is a file, that its directory exists, "
    "and that the account the bot runs under may read and write both",
    "SQLITE_BUSY": "is in use by another process, which does not let go of it: try again when that is done",
    "SQLITE_FULL": "has no room left: free space on its disk",
    "SQLITE_IOERR": "cannot be read or written: its disk reports an error",
}

# By SQLSTATE, or its first two characters where the whole class means the same.
POSTGRES_FAILURES = {
    "28": "refused the user name or the password: check INFOSHOP_DATABASE_URL",
    "3D": "has no such database: create it, or check INFOSHOP_DATABASE_URL",
    "42501": "does not give this user the rights that are needed: the user has to own the database's tables",
    "42P01": "lacks a table of ours: run `infoshop db upgrade`",
    "42703": "lacks a column of ours: run `infoshop db upgrade`",
    "22021": "does not keep text in UTF-8: create the database with ENCODING 'UTF8'",
    "22P05": "does not keep text in UTF-8: create the database with ENCODING 'UTF8'",
    "25006": "is read-only, as a standby is: connect to the primary server",
    "53": "has no resources left (connections, memory or disk)",
    "57": "is shutting down or starting up: try again in a moment",
}


def place(url: URL) -> str:
    """Name a database for people: the file, or the database and its server, and no secret."""
    if url.get_backend_name() == "sqlite":
        return f"The database {url.database}"
    server = url.host or url.query.get("host") or "this machine"
    return f"The database {url.database or url.username} on {server}"


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn whatever the database and its driver raise into a `StoreError` that says what to do."""
    try:
        yield
    except IntegrityError as error:
        detail = str(error.orig).strip().rpartition("Error'>: ")[2].splitlines()[0]
        raise StoreError(
            f"{place(url)} refused what does not hold together ({detail}); nothing was changed."
        ) from error
    except DBAPIError as error:
        broken = error.connection_invalidated
        reason = "broke the connection off: try again" if broken else _reason(error.orig)
        raise StoreError(f"{place(url)} {reason}.") from error
    except sqlite3.Error as error:
        raise StoreError(f"{place(url)} {_reason(error)}.") from error
    except TimeoutError as error:
        raise StoreError(
            f"{place(url)} does not answer: check the address and whether the server runs."
        ) from error
    except OSError as error:
        reason = error.strerror or "connection lost"
        raise StoreError(
            f"{place(url)} is out of reach ({reason}): check the address and the server."
        ) from error
    except TypeError as error:
        if "connect() got an unexpected keyword argument" not in str(error):
            raise
        option = str(error).rpartition("argument ")[2]
        raise StoreError(
            f"The database URL has an option that the driver does not know: {option}."
        ) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{place(url)} cannot be used ({type(error).__name__}).") from error


def _reason(error: BaseException | None) -> str:
    name = getattr(error, "sqlite_errorname", "")
    for code, reason in SQLITE_FAILURES.items():
        if name.startswith(code):
            return reason
    state = getattr(error, "sqlstate", "") or ""
    for code, reason in POSTGRES_FAILURES.items():
        if state.startswith(code):
            return reason
    if "no such table" in str(error) or "no such column" in str(error):
        return "lacks a table or a column of ours: run `infoshop db upgrade`"
    return f"cannot be used ({type(error).__name__} {name or state})".replace(" )", ")")
