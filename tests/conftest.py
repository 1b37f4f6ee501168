"""Settings for all tests: none of them may depend on how fast the machine is.

In CI the examples of property tests are the same in every run, so that a change is judged by what
it changes; elsewhere they are new each time.
"""

import os
import signal

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tests",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tests")

# Whoever starts the tests in the background has shells ignore Ctrl-C for them, and children inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
