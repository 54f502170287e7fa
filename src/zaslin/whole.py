"""A kernel compiled as one whole with all that it calls: each called function is typed and lowered, but optimised and made into machine code only in the whole.

By itself numba compiles every function that a kernel calls as if Python would call it: optimised with all that it calls in turn, again at each level, and made
into machine code that nobody runs. For an engine of 160 small functions that was two thirds of the time to compile. Here a function called from a kernel
becomes a `_Part`: a module of code that waits. The kernel that Python calls (a `_Whole`) links every part once and is optimised once.

A function that both a kernel and Python call is compiled for each; what numba's own decorators compile gets it as Python does. All this rests on numba's
classes of dispatcher, compiler and code library, which its manual does not describe: `jit` asks for it only with a numba that was tried, and
`tests/test_whole.py` says what must hold of another. Three things that numba can and this cannot, and kernels here do without: two kernels that call each
other, `objmode` below a kernel, and kernels as values.

And a fourth: an index below 0, which Python counts from the end. Seeing to that at every look took a twentieth of the engine's time; no kernel has such an
index. With NUMBA_BOUNDSCHECK=1 and an empty ZASLIN_CACHE every look is checked, at both ends (`make bounds`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from llvmlite.binding import Linkage
from numba.core import compiler, errors, sigutils, types, typing
from numba.core.codegen import JITCodeLibrary
from numba.core.dispatcher import _FunctionCompiler  # type: ignore[attr-defined]
from numba.core.registry import CPUDispatcher
from numba.core.targetconfig import ConfigStack
from numba.np import arrayobj

_OURS = "_ZN6zaslin"
"""How the compiled names of this package's functions begin."""

_index_as_numba = arrayobj.fix_integer_index


def _index(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """An index as the place in memory needs it: of our kernels as it is, of other functions as numba has it."""
    if builder.function.name.startswith(_OURS):
        return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)
    return _index_as_numba(context, builder, kind, index, size)


arrayobj.fix_integer_index = _index


class _Part(JITCodeLibrary):
    """Code of a function that kernels call: lowered, neither optimised nor made into machine code. environment: its name and numba's object of this name,
    without which it can neither print nor say with what it failed."""

    environment: tuple[str, Any] | None = None

    def add_linking_library(self, library: Any) -> None:
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        self._raise_if_finalized()
        self._finalized = True


class _Whole(JITCodeLibrary):
    """Code of a kernel that Python calls, with the code of all parts below it."""

    def finalize(self) -> None:
        self._linking_libraries = _below(self._linking_libraries)
        super().finalize()

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = "internal"  # nobody outside calls it
        super()._optimize_final_module()

    def _finalize_specific(self) -> None:
        super()._finalize_specific()
        for part in self._linking_libraries:
            if isinstance(part, _Part) and part.environment is not None:
                name, environment = part.environment
                place = self._codegen._engine.get_global_value_address(name)
                if place:  # else no code asks for it
                    ctypes.c_void_p.from_address(place).value = id(environment)


def _below(libraries: list[Any]) -> list[Any]:
    """These libraries and, below parts, theirs: each once."""
    found: dict[Any, None] = {}
    waiting = list(reversed(libraries))
    while waiting:
        library = waiting.pop()
        if library in found:
            continue
        library._ensure_finalized()
        found[library] = None
        if isinstance(library, _Part):
            waiting.extend(reversed(library._linking_libraries))
    return list(found)


class _Pipeline(compiler.Compiler):
    """numba's own passes, with one of the two libraries to put the code into."""

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        kind = _Part if self.state.flags.no_compile else _Whole
        self.state.library = kind(self.state.targetctx.codegen(), func.__qualname__)
        self.state.library.enable_object_caching()
        return super().compile_extra(func)


class _Flags(compiler.Flags):
    """numba's options of a compilation, compared by what was set. numba keeps its choices of implementations by them and asks a hundred thousand times: by the
    values of all forty options that was a twentieth of the time."""

    def __hash__(self) -> int:
        return hash(frozenset(self._values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Flags) and self._values == other._values


class _Compiler(_FunctionCompiler):
    part = False

    def _customize_flags(self, flags: Any) -> Any:
        flags.no_cfunc_wrapper = True
        if self.part:
            flags.no_compile = flags.no_cpython_wrapper = True
        return _Flags(flags)


def _asked_by_kernel() -> bool:
    """Whether what is being compiled now is one of ours: numba's own code library would link a part, but nothing below it."""
    return isinstance(ConfigStack.top_or_none(), _Flags)


class _Key:
    """Stands for a part where numba asks for the function that Python would call."""


class Kernel(CPUDispatcher):
    """numba's dispatcher, but for calls from other kernels, which get a part."""

    def __init__(self, py_func: Callable[..., Any], locals: Any = None, targetoptions: Any = None, pipeline_class: Any = _Pipeline) -> None:
        super().__init__(py_func, locals, targetoptions, pipeline_class)
        self._compiler = _Compiler(py_func, self.targetdescr, self.targetoptions, self.locals, pipeline_class)
        self._parts: dict[tuple[Any, ...], Any] = {}

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """As numba's: the template of a call with these types. Asked while the calling kernel is typed, under numba's lock."""
        if not _asked_by_kernel():
            return super().get_call_template(args, kws)
        pysig, args = self._compiler.fold_argument_types(args, kws)
        if tuple(args) not in self._parts:
            self._add_part(tuple(args))
        name = self.py_func.__name__
        template = typing.make_concrete_template(f"CallTemplate({name})", key=name, signatures=[part.signature for part in self._parts.values()])
        return template, pysig, args, {}

    def get_overload(self, sig: Any) -> Any:
        if not _asked_by_kernel():
            return super().get_overload(sig)
        args, _ = sigutils.normalize_signature(sig)
        return self._parts[tuple(args)].entry_point

    def recompile(self) -> None:
        self._parts.clear()
        super().recompile()

    def _add_part(self, args: tuple[Any, ...]) -> None:
        self._compiler.part = True
        try:
            with self._compiling_counter:
                part = self._compiler.compile(args, None)
        except errors.ForceLiteralArg as error:
            raise error.bind_fold_arguments(lambda args, kws: self._compiler.fold_argument_types(args, kws)[1]) from None
        finally:
            self._compiler.part = False
        part = part._replace(entry_point=_Key())
        part.library.environment = (self.targetctx.get_env_name(part.fndesc), part.environment)
        self.targetctx.insert_user_function(part.entry_point, part.fndesc, [part.library])
        self._parts[args] = part
