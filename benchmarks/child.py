"""Runs one command and writes its cost to a file, as JSON: seconds, CPU seconds, kilobytes (peak RSS), exit status.

It is a small process of its own: on Linux, a program's peak RSS starts from its parent's size at the time of exec.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path


def main(result: Path, command: list[str]) -> None:
    started = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status = os.waitpid(process, 0)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    kilobytes = used.ru_maxrss // 1024 if sys.platform == "darwin" else used.ru_maxrss
    cpu = used.ru_utime + used.ru_stime
    result.write_text(json.dumps([seconds, cpu, kilobytes, os.waitstatus_to_exitcode(status)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
