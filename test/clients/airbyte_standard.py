"""
Airbyte's own standard tests of sources, run with pytest in a folder that has the `acceptance-test-config.yml` of the
connector. They run a source inside their own process; here, the program that COMMAND names does what they ask for.
"""

import json
import os
import subprocess
from pathlib import Path

from airbyte_cdk.test import entrypoint_wrapper
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]

COMMAND = json.loads(os.environ["COMMAND"])


class Program:
    """Stands for the source, which the tests recognize by this method."""

    def spec(self, logger):
        raise NotImplementedError


def run_command(source, args, expecting_exception=None, *, expected_outcome=None):
    # The tests hand a catalog to spec as well if they have one; a platform does not.
    ended = subprocess.run([*COMMAND, *args], capture_output=True, text=True, check=False)
    return entrypoint_wrapper.EntrypointOutput(
        messages=ended.stdout.splitlines(), command=args, stderr=ended.stderr
    )


entrypoint_wrapper._run_command = run_command


class TestSourceAircall(SourceTestSuiteBase):
    connector = Program

    @classmethod
    def get_connector_root_dir(cls):
        return Path.cwd()
