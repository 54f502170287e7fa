"""The one decorator for compiled code; it keeps numba's disk cache honest (`compiled`: which folder that is, and why)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

from zaslin.compiled import cache_folder, writable


def _prepare() -> None:
    folder = cache_folder()
    if writable(folder):
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    _leave_scipy_out()


def _leave_scipy_out() -> None:
    """Let numba take for granted that SciPy is there, as it is, where it would import `scipy.linalg` to see: a fifth of a second before the first kernel.

    Whoever compiles a product of matrices still has numba ask then. What numba keeps for itself may change its name: then it looks, as it always did.
    """
    import numba.np.linalg as linalg

    ask = getattr(linalg, "ensure_blas", None)
    if ask is None:
        return
    linalg.ensure_blas = lambda: None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = ask


_TRIED = ("0.68",)
"""Versions of numba with which kernels compiled as one whole were tried (tests/test_whole.py)."""


def _whole() -> Any:
    """The dispatcher that compiles a kernel as one whole; None with a numba that was not tried (kernels then compile slowly, to the same answers)."""
    if ".".join(numba.__version__.split(".")[:2]) not in _TRIED:
        return None
    from zaslin.whole import Kernel

    return Kernel


_prepare()
_Kernel = _whole()
_CACHED = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` with numba: no GIL, IEEE arithmetic, NaN instead of an exception on division by zero."""
    # counts said aloud: else a kernel that a lean one calls would be compiled without them too
    return _compile(function, {"_nrt": True})


def lean(function: Callable[..., Any]) -> Callable[..., Any]:
    """`kernel` without reference counts, for what makes no array and returns none (numba refuses the rest).

    A kernel counts a reference to every array that it is handed, one by one and back again: for a scene of sixty arrays that is most of a small one's time.
    Whoever calls from Python holds the arrays anyway.
    """
    return _compile(function, {"_nrt": False})


def _compile(function: Callable[..., Any], counts: dict[str, Any]) -> Callable[..., Any]:
    options = {"nopython": True, "nogil": True, "error_model": "numpy", **counts}
    if _Kernel is None or numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return numba.jit(cache=_CACHED, **options)(function)
    compiled = _Kernel(function, targetoptions={"boundscheck": None, **options})
    if _CACHED:
        compiled.enable_caching()
    return compiled
