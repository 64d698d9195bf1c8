"""The same jobs on a Dask cluster that others have started, over a file system that all of it shares."""

from concurrent.futures import Executor
from typing import Any

from cnnfilt.batch.limits import run_within_limits
from cnnfilt.errors import ParameterError, PlanError


class Cluster:
    """The workers behind the scheduler at `address`; Dask itself hands the files of a lost worker to another."""

    carry = staticmethod(run_within_limits)

    def __init__(self, address: str) -> None:
        """Connect. Raises PlanError if nobody answers, ParameterError if dask.distributed is not installed."""
        try:
            from distributed import Client
        except ImportError:
            raise ParameterError("--cluster needs dask.distributed: pip install 'cnnfilt[cluster]'") from None
        try:
            self._client: Any = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise PlanError(f"no Dask scheduler answers at {address}: {error}") from None
        # A task is done for what it writes, so two calls that look the same are still two.
        self.executor: Executor = self._client.get_executor(pure=False)

    @property
    def count(self) -> int:
        """Return how many threads the workers have in all, at least 1."""
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def close(self) -> None:
        """Disconnect; the cluster stays."""
        self._client.close()

    def end(self) -> None:
        """Give up what is pending, and disconnect."""
        self.executor.shutdown(wait=False)
        self._client.close()
