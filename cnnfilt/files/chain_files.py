"""Files that hold the layers of a network in words: `@net.txt` in a chain. No NumPy, no Pillow."""

from cnnfilt.errors import CnnfiltError, InputError, ParameterError
from cnnfilt.files.encodings import decoded_text
from cnnfilt.files.streams import open_stream, standard_input

MOST_BYTES = 1_000_000
"""The longest file of words: of the networks that people have, the largest takes some 5,000."""


def words_in_file(path: str) -> str:
    """Return the text of the file at `path`, or of standard input for "-".

    ParameterError, naming it, for what is missing, too long or no text.
    """
    try:
        with open_stream(standard_input() if path == "-" else path) as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise InputError(f"{{image}} has more than {MOST_BYTES:,} bytes, too long for the words of a network")
        return decoded_text(data)
    except CnnfiltError as error:
        raise ParameterError(f"the file of layers {error.about(path)}", parameter="layer") from None
