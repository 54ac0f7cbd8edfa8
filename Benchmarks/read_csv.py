"""Reads a CSV file as other programs do, all columns as text, in one thread: read_csv.py pyarrow|csv FILE

Prints the number of rows and the seconds that the reading took, without Python's start.
"""

import sys
import time


def read_with_pyarrow(path):
    import pyarrow
    from pyarrow import csv

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    with open(path, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    start = time.perf_counter()
    # In batches, like our listing, so that neither holds the whole file.
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types={name: pyarrow.string() for name in names}),
    )
    rows = sum(batch.num_rows for batch in reader)
    return rows, time.perf_counter() - start


def read_with_csv(path):
    import csv

    start = time.perf_counter()
    with open(path, encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    return rows, time.perf_counter() - start


reader, path = sys.argv[1:]
rows, seconds = {"pyarrow": read_with_pyarrow, "csv": read_with_csv}[reader](path)
print(rows, seconds)
