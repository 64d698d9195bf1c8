"""Put on the path of a process and its workers: what is to be cleaned up has longer than any test waits.

So nothing is left undone because the machine is busy, and what would only be ended by its limit makes the test fail.
"""

from cnnfilt import signals
from cnnfilt.batch import processes
from cnnfilt.files import atomic

LONG = 10_000.0

signals._granted[:] = [LONG]
processes.SECONDS_TO_END = LONG
atomic._SECONDS_FOR_LOCK = LONG
