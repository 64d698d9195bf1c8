"""What a script calls the layers and values of a network."""

import re


class Names:
    """Gives layers and values names that Python takes, each its own.

    `option` is what a layer with weights is to be given by its library, such as name="conv1"; nothing if it is empty.
    """

    def __init__(self) -> None:
        self.option = ""
        self._counts: dict[str, int] = {}
        self._values: dict[str, str] = {}

    def of_layer(self, word: str) -> str:
        """Return conv1, conv2 and so on."""
        self._counts[word] = self._counts.get(word, 0) + 1
        return f"{word}{self._counts[word]}"

    def given_to(self, call: str) -> str:
        """Return the `call` of a layer's class with the option after its own."""
        if not self.option:
            return call
        return f"{call[:-1]}{'' if call.endswith('()') else ', '}{self.option})"

    def of_value(self, name: str) -> str:
        """Return the variable that holds the value called `name`."""
        if name not in self._values:
            plain = "kept_" + re.sub(r"\W", "_", name, flags=re.ASCII)
            taken = self._values.values()
            self._values[name] = next(
                one for n in range(1, len(taken) + 3) if (one := plain + "_" * (n > 1) + str(n) * (n > 1)) not in taken
            )
        return self._values[name]
