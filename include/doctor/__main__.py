"""`python -m include.doctor`."""

import os
import sys

from include.doctor.cli import main

code = main()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # a check that still waits for a host, and the clients' own threads, are left behind
