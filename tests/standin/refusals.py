"""How Discord says no: a status, a code, a sentence, and what is wrong with each field of a form."""

from typing import Any

JSON = dict[str, Any]
Path = tuple[str | int, ...]


class RefusedError(Exception):
    """A request that Discord refuses. Codes: "Opcodes and Status Codes" in Discord's documentation."""

    def __init__(self, status: int, code: int, message: str, errors: JSON | None = None) -> None:
        super().__init__(f"{status} (error code {code}): {message} {errors or ''}".rstrip())
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @property
    def body(self) -> JSON:
        """The JSON that goes with it."""
        body: JSON = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


def not_found() -> RefusedError:
    """A route that there is not."""
    return RefusedError(404, 0, "404: Not Found")


def unknown(what: str) -> RefusedError:
    """A thing that there is not (any more), by Discord's word for it."""
    code = {
        "Channel": 10003,
        "Guild": 10004,
        "Message": 10008,
        "Webhook": 10015,
        "Interaction": 10062,
        "Application Command": 10063,
        "User": 10013,
    }
    return RefusedError(404, code[what], f"Unknown {what.lower() if what == 'Interaction' else what}")


def length(text: str) -> int:
    """The length of a text in UTF-16 code units.

    Discord documents "characters" and does not say which. UTF-16 units are the strictest sensible reading:
    never fewer than code points or graphemes, so what passes here passes by either of those, too.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Form:
    """A body under examination: collects what is wrong with it, each under the path of its field."""

    def __init__(self) -> None:
        self.errors: JSON = {}

    def wrong(self, path: Path, code: str, message: str) -> None:
        """Note an error at a path."""
        node = self.errors
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def text(
        self, path: Path, body: JSON, key: str, most: int, *, least: int = 0, required: bool = False
    ) -> None:
        """A text field of so many characters; white space alone does not count towards the least."""
        value = body.get(key)
        if value is None:
            if required:
                self.wrong((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.wrong((*path, key), "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        elif length(value) > most or length(value.strip()) < least:
            self._bad_length((*path, key), least, most)

    def number(self, path: Path, body: JSON, key: str, least: float, most: float) -> None:
        """A number within bounds, where there is one."""
        value = body.get(key)
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong((*path, key), "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < least:
            message = f"int value should be greater than or equal to {least}."
            self.wrong((*path, key), "NUMBER_TYPE_MIN", message)
        elif value > most:
            message = f"int value should be less than or equal to {most}."
            self.wrong((*path, key), "NUMBER_TYPE_MAX", message)

    def items(self, path: Path, items: list[Any], most: int, *, least: int = 0) -> None:
        """A list of so many items."""
        if not least <= len(items) <= most:
            self._bad_length(path, least, most)

    def one_of(self, path: Path, value: object, allowed: set[int]) -> None:
        """One of a few numbers."""
        if value not in allowed:
            choices = ", ".join(map(str, sorted(allowed)))
            self.wrong(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")

    def distinct(self, path: Path, values: list[Any], code: str, message: str) -> None:
        """No value twice; the error stands at each one that repeats another."""
        for index, value in enumerate(values):
            if value in values[:index]:
                self.wrong((*path, index), code, message)

    def _bad_length(self, path: Path, least: int, most: int) -> None:
        if least:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        else:
            self.wrong(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def close(self) -> None:
        """Raise `RefusedError` if anything was wrong."""
        if self.errors:
            raise RefusedError(400, 50035, "Invalid Form Body", self.errors)
