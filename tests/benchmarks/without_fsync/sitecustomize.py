"""For a Python that is to be measured without fsync: what it writes is stored when the system likes.

Python imports a module of this name at its start, in worker processes too. It is no option of cnnfilt's, since after
a power failure files could be there under their names, and empty.
"""

import os

os.fsync = lambda descriptor: None
