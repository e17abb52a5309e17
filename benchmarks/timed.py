"""`python -m benchmarks.timed run app.py …`: Streamlit, which tells its readers how long each run of a script took.

That is from when the run begins, what prepares it included, until the script has ended. Streamlit can tell it by itself, as usage
statistics, but collecting them takes about as long as a wall's question for the data version.
"""

import threading
import time
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web.cli import main

_prepare, _execute = ScriptRunner._install_event_loop, script_runner.exec_func_with_error_handling
_run = threading.local()  # every session runs its script in a thread of its own


def _begin(runner: ScriptRunner) -> None:
    """Note the time: this is what every run, and every rerun, does first."""
    _run.begun = time.perf_counter()
    _prepare(runner)


def _tell(script: Any, context: Any) -> Any:
    """Run the script, and send what it took to its reader."""
    try:
        return _execute(script, context)
    finally:
        message = ForwardMsg()
        message.page_profile.exec_time = round((time.perf_counter() - _run.begun) * 1e6)
        context.enqueue(message)


if __name__ == "__main__":
    ScriptRunner._install_event_loop = _begin  # type: ignore[method-assign]
    script_runner.exec_func_with_error_handling = _tell
    main()
