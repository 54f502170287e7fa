"""Tuples of many arrays handed from kernel to kernel by reference.

numba hands a tuple on array by array, seven words each: for a scene and a board of sixty arrays some four kilobytes a call, which took more time than most
of the calls did. `by_reference` keeps the tuple where it is made and hands on its address; its fields are read as before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numba
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, register_model


class Reference(types.Type):
    """The type of a reference to a value of a named tuple's type."""

    def __init__(self, of: types.NamedTuple):
        self.of = of
        super().__init__(name=f"Reference({of})")

    @property
    def key(self) -> Any:
        return self.of

    @property
    def mangling_args(self) -> tuple[str, tuple[Any, ...]]:
        """What stands for the type in the names of compiled functions: the types of sixty arrays would make each name kilobytes long."""
        return f"Reference{hashlib.sha256(str(self.of).encode()).hexdigest()[:16]}", ()


@register_model(Reference)
class _Model(models.PointerModel):
    """An address. The tuple behind it is a value, not data: it never leaves the machine's stack."""

    def __init__(self, manager: Any, kind: Reference):
        self._pointee_type = kind.of
        self._pointee_model = manager.lookup(kind.of)
        pointed = self._pointee_model.get_value_type()
        super(models.PointerModel, self).__init__(manager, kind, pointed.as_pointer())


@infer_getattr
class _Fields(AttributeTemplate):
    key = Reference

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]
        return value.of.types[value.of.fields.index(attr)] if attr in value.of.fields else None


@lower_getattr_generic(Reference)
def _field(context: Any, builder: Any, kind: Reference, address: Any, name: str) -> Any:
    index = kind.of.fields.index(name)
    value = builder.load(cgutils.gep_inbounds(builder, address, 0, index))
    return impl_ret_borrowed(context, builder, kind.of.types[index], value)


@intrinsic
def _by_reference(typing_context: Any, value: Any) -> Any:
    if not isinstance(value, types.NamedTuple):
        return None

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return cgutils.alloca_once_value(builder, args[0])

    return Reference(value)(value), generate


def _itself(value: Any) -> Any:
    return value


by_reference: Callable[[Any], Any] = _itself if numba.config.DISABLE_JIT else _by_reference  # type: ignore[attr-defined,assignment]
"""A reference to a named tuple, for kernels: good until the kernel that made it returns. Where nothing is compiled, the tuple itself."""
