"""Data classes that cannot be changed, that cost next to nothing to define, and whose fields may be options.

`dataclasses.dataclass` writes the methods of each class as text, for Python to compile: 1 ms a class, and the shortest
run on an image defines forty, a sixth of its time. Here all share the same methods, which look up the fields.
"""

from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

Kind = TypeVar("Kind", bound="Frozen")

REQUIRED: Any = object()
"""The default of an option that has none."""


class Habit(NamedTuple):
    """Marks an option whose default people may set once, in their environment.

    That default does not count beside the options in `unless`, by their names or as "solve=padding", nor without those
    in `only_with`.
    """

    unless: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()


class Option:
    """A field that people set: how it is typed, what it means, and its default. Made by `option`.

    `flags` are its names on a command line. Its text is one of `words`, or becomes what `read(text, flag)` returns, or
    it is a switch that takes none (`default` is False then). `help` says what it means; what stands after a form feed
    is for the long help. `shown` is the default as people type it ("" shows none). `title` is its name in messages. One
    that may be `repeated` holds a tuple of all that was given. A `habit` is one whose default the command line takes
    from the environment, where it is there.
    """

    name: str = ""

    def __init__(
        self,
        flags: tuple[str, ...],
        *,
        default: Any,
        read: Any,
        words: tuple[str, ...],
        metavar: str | None,
        help: str,
        shown: str,
        title: str,
        repeated: bool,
        habit: Habit | None,
    ) -> None:
        self.flags, self.default, self.read, self.words = flags, default, read, words
        self.metavar, self.help, self.shown, self.title = metavar, help, shown, title
        self.repeated, self.habit = repeated, habit


def option(
    *flags: str,
    default: Any = REQUIRED,
    read: Any = None,
    words: tuple[str, ...] = (),
    metavar: str | None = None,
    help: str = "",
    shown: str = "",
    title: str = "",
    repeated: bool = False,
    habit: Habit | None = None,
) -> Any:
    """Return a field that is an option: see `Option`."""
    return Option(
        flags,
        default=default,
        read=read,
        words=words,
        metavar=metavar,
        help=help,
        shown=shown,
        title=title,
        repeated=repeated,
        habit=habit,
    )


def changed(kind: "type[Frozen]", name: str, *, default: Any, help: str = "", shown: str = "") -> Any:
    """Return the option `name` of `kind` with another default and, where given, another help."""
    held = {key: value for key, value in vars(kind.options[name]).items() if key != "name"}
    return Option(**held | {"default": default, "help": help or held["help"], "shown": shown})


@dataclass_transform(frozen_default=True, field_specifiers=(option, changed))
class Frozen:
    """The base of classes whose body lists their fields, `name: type` or `name: type = default`.

    A field may be an `option(...)`, which the command line, the help and whatever else asks people for it read from
    `options`. Fields of all bases come first, those of the last base before those of the first.

    `class Image(Frozen, eq=False)` makes each equal to itself alone; with `kw_only=True` all fields are given by name.
    A method `__post_init__` is called when the fields are there.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    _by_place: ClassVar[tuple[str, ...]] = ()
    _by_name: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[dict[str, Any]] = {}
    _compared: ClassVar[bool] = True
    options: ClassVar[dict[str, Option]] = {}

    def __init_subclass__(cls, *, eq: bool = True, kw_only: bool = False) -> None:
        super().__init_subclass__()
        bases = [base for base in reversed(cls.__bases__) if issubclass(base, Frozen)]
        own = list(cls.__annotations__)
        cls._names = tuple(dict.fromkeys([*(name for base in bases for name in base._names), *own]))
        cls._by_place, cls._by_name = () if kw_only else cls._names, frozenset(cls._names)
        cls._defaults = {name: value for base in bases for name, value in base._defaults.items()}
        cls.options = {name: one for base in bases for name, one in base.options.items()}
        for name in own:
            if name in vars(cls):
                cls._take(name, vars(cls)[name])
        cls._compared = eq

    @classmethod
    def _take(cls, name: str, value: Any) -> None:
        """Note the default of a field, and the option that it is."""
        if isinstance(value, Option):
            value.name, value.title = name, value.title or name.replace("_", " ")
            cls.options[name] = value
            delattr(cls, name)
            cls._defaults.pop(name, None)
            value = value.default
        if value is not REQUIRED:
            cls._defaults[name] = value

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
