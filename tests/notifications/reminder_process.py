"""`python -m tests.notifications.reminder_process`: forks a process that reminds and delivers for each line it reads.

It prints the number of the process, and once that is over how it ended: so a test can kill one in the middle without
waiting for the program to start anew.
"""

import os
import sys

import django

django.setup()

from tests.notifications.kill_target import work  # noqa: E402 - models can be imported from here on


def main() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work()
            os._exit(0)
        for number in (pid, None):
            sys.stdout.write(f"{number or os.waitpid(pid, 0)[1]}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
