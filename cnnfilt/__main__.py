"""Run the command line with `python -m cnnfilt`."""

from cnnfilt.cli.main import run

if __name__ == "__main__":
    run()
