"""Data classes that cannot be changed, and that cost next to nothing to define.

`dataclasses.dataclass` writes the methods of each class as text, for Python to compile: 1 ms a class, and the shortest
run on an image defines forty, a sixth of its time. Here all share the same methods, which look up the fields.
"""

from typing import Any, ClassVar, TypeVar, dataclass_transform

Kind = TypeVar("Kind", bound="Frozen")


@dataclass_transform(frozen_default=True)
class Frozen:
    """The base of classes whose body lists their fields, `name: type` or `name: type = default`.

    `class Image(Frozen, eq=False)` makes each equal to itself alone; with `kw_only=True` all fields are given by name.
    A method `__post_init__` is called when the fields are there.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    _by_place: ClassVar[tuple[str, ...]] = ()
    _by_name: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[dict[str, Any]] = {}
    _compared: ClassVar[bool] = True

    def __init_subclass__(cls, *, eq: bool = True, kw_only: bool = False) -> None:
        cls._names = (*cls._names, *(name for name in cls.__annotations__ if name not in cls._names))
        cls._by_place, cls._by_name = () if kw_only else cls._names, frozenset(cls._names)
        cls._defaults = cls._defaults | {name: vars(cls)[name] for name in cls.__annotations__ if name in vars(cls)}
        cls._compared = eq

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self._by_place, values, strict=False)) | named
        held = self._defaults | given
        # Fewer are given than were passed when there were too many, or one came twice.
        if len(given) < len(values) + len(named) or held.keys() != self._by_name:
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._names)}; not {', '.join(given)}")
        vars(self).update(held)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Check the fields; called when they are there."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not self._compared:
            return NotImplemented
        return fields(self) == fields(other)

    def __hash__(self) -> int:
        return hash(tuple(fields(self).values())) if self._compared else object.__hash__(self)

    def __repr__(self) -> str:
        held = (f"{name}={value!r}" for name, value in fields(self).items())
        return f"{type(self).__name__}({', '.join(held)})"


def replace(record: Kind, **changes: Any) -> Kind:
    """Return one like `record` but for the fields in `changes`."""
    return type(record)(**fields(record) | changes)


def fields(record: Frozen) -> dict[str, Any]:
    """Return what the fields hold, in their order, and nothing that is kept beside them (as `cached_property` does)."""
    held = vars(record)
    return {name: held[name] for name in record._names}
