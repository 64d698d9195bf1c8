"""How fast cnnfilt is, next to the other ways to do the same: `python -m tests.benchmarks` from the project's folder.

    python -m tests.benchmarks                              everything, at 24 megapixels (about a quarter of an hour)
    python -m tests.benchmarks --rows 'pool|gauss'          rows whose name matches, in any case
    python -m tests.benchmarks --rows folders               200 JPEGs of 1 megapixel (three minutes)
    python -m tests.benchmarks --megapixels 1 --repeats 3   a quick look; the targets are meant for 24
    python -m tests.benchmarks --list                       the names of the rows

It prints Markdown: a table for each kind of row, with our time, every peer's, ours divided by it, the targets, and
how near we come to what the machine can do at all. Peers that are not installed are left out:

    pip install -e '.[bench]'                                     OpenCV, PyTorch, scikit-image (SciPy, Pillow are here)
    apt-get install imagemagick graphicsmagick libvips-tools      the programs, for the rows of whole processes

Ours and a peer take turns (A B A B), and what counts is the median of the ratios of neighbours, so that a machine
that is busy now and then disturbs both sides alike. In its turn a quick call is made again and again for a tenth of a
second, as in a program that calls it often; the turn is the median of these. Both sides have THREADS processors, and
allocate their result.

The code, from the ground up:

    rows                        what a row is: ours, the peers, the machine's limit, the targets
    measure                     taking turns; the time of a call, the peak memory of a process
    images, photographs         the pictures, made from a seed into a cache folder outside the project
    peers                       what is installed, and under which name it stands in the tables
    limits                      what the machine can do: copy, add in the second-level cache, multiply matrices
    programs                    how each program is started
    without_fsync               a folder that switches os.fsync off in the interpreters that have it in PYTHONPATH
    rows_filters, rows_pooling, rows_networks, rows_onnx, rows_process, rows_folders     the rows
    growth                      the cost per pixel from 1 to 96 megapixels, and from 9x9 to 31x31
    table, report               Markdown: one row, one table, everything
"""
