# SPDX-License-Identifier: Apache-2.0
"""What end-to-end tests share: a temporary home and archive, runs of the real program,
and sound to run it on. A test file is:

    from harness import Case, main

    class Add(Case):
        def test_one_file(self):
            wav = self.speech("a.wav", seed=1, seconds=20)
            self.run_ew("add", wav, code=0)

    if __name__ == "__main__":
        main()

and is listed in tests/e2e/meson.build. Only the standard library is used.
"""
import collections
import glob
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

Result = collections.namedtuple("Result", "code out err raw")

PROMPTS = "/usr/share/asterisk/sounds"


def slow_factor():
    """How much longer than a plain build this one may take (sanitizers)."""
    return float(os.environ.get("EARWITNESS_TEST_SLOW", "1"))


class Case(unittest.TestCase):
    """One temporary folder per test: self.dir, with home/ and archive/ in it."""

    maxDiff = None

    def setUp(self):
        self.program = os.environ["EARWITNESS"]
        self.dir = tempfile.mkdtemp(prefix="ew-e2e-")
        self.addCleanup(self._remove)
        self.home = self.path("home")
        self.archive = self.path("archive")
        os.mkdir(self.home)
        self.env = {
            key: value for key, value in os.environ.items()
            if not key.startswith(("XDG_", "EARWITNESS")) or key == "EARWITNESS_DECODE"
        }
        self.env.update(
            HOME=self.home, TMPDIR=self.dir, EARWITNESS_ARCHIVE=self.archive, LC_ALL="C.UTF-8")
        for name in ("NO_COLOR", "CLICOLOR_FORCE"):
            self.env.pop(name, None)

    def _remove(self):
        for root, dirs, _ in os.walk(self.dir):
            for name in dirs:
                full = os.path.join(root, name)
                if not os.path.islink(full):
                    os.chmod(full, 0o700)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    # -- running the program ---------------------------------------------------------

    def command(self, *args):
        return [self.program] + [str(a) if not isinstance(a, bytes) else a for a in args]

    def run_ew(self, *args, code=0, stdin=b"", env=None, timeout=60, cwd=None):
        """Runs `earwitness ARGS`; fails unless it ends with `code` (None: any code).
        A program that dies of a signal always fails the test."""
        full = dict(self.env, **(env or {}))
        done = subprocess.run(
            self.command(*args), input=stdin, env=full, cwd=cwd or self.dir,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=timeout * slow_factor())
        result = Result(
            done.returncode, done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"), done.stdout)
        told = "\n".join(("command: %r" % (args,), "exit %d" % result.code,
                          "stdout: " + result.out[-4000:], "stderr: " + result.err[-4000:]))
        self.assertGreaterEqual(result.code, 0, told)
        self.assertNotIn("Sanitizer", result.err, told)
        self.assertNotIn("runtime error:", result.err, told)
        if code is not None:
            self.assertEqual(result.code, code, told)
        return result

    def run_json(self, *args, **options):
        """The same, with --json appended and standard output parsed: one object."""
        result = self.run_ew(*args, "--json", **options)
        return json.loads(result.out)

    def run_jsonl(self, *args, **options):
        """The same for output of one object a line."""
        result = self.run_ew(*args, "--json", **options)
        return [json.loads(line) for line in result.out.splitlines() if line.strip()]

    def start_ew(self, *args, env=None, **options):
        """Starts the program in its own process group; the test ends it (or kill_group)."""
        process = subprocess.Popen(
            self.command(*args), env=dict(self.env, **(env or {})), cwd=self.dir,
            stdin=subprocess.DEVNULL, stdout=options.pop("stdout", subprocess.DEVNULL),
            stderr=options.pop("stderr", subprocess.DEVNULL), start_new_session=True, **options)
        self.addCleanup(self.kill_group, process)
        return process

    @staticmethod
    def kill_group(process, sig=signal.SIGKILL):
        """Ends the program that start_ew started, with its children."""
        try:
            os.killpg(process.pid, sig)
        except ProcessLookupError:
            pass
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()

    def open_terminal(self):
        """(master, slave) of a pseudo-terminal; skips where there is none."""
        try:
            return pty.openpty()
        except OSError as why:
            return self.skipTest("no pseudo-terminal: %s" % why)

    def wait_until(self, test, seconds=20, what="the condition"):
        end = time.monotonic() + seconds * slow_factor()
        while time.monotonic() < end:
            if test():
                return
            time.sleep(0.02)
        self.fail("%s did not come true in time" % what)

    # -- sound -------------------------------------------------------------------------

    def speech(self, name, seed=1, seconds=10, rate=16000, channels=1):
        """A WAV file of speech-like sound, the same for the same seed."""
        path = self.path(name)
        with open(path, "wb") as out:
            subprocess.run(
                [os.environ["EARWITNESS_SPEECHGEN"], str(seed), str(seconds), str(rate),
                 str(channels)], stdout=out, check=True)
        return path

    def ffmpeg(self, *args):
        """ffmpeg ARGS, quietly, overwriting; skips the test when it is not installed."""
        if shutil.which("ffmpeg") is None:
            self.skipTest("ffmpeg is not installed")
        subprocess.run(
            ["ffmpeg", "-nostdin", "-y", "-loglevel", "error", *map(str, args)], check=True)

    def encode(self, source, name, *args):
        """`source` through ffmpeg with the given output options."""
        path = self.path(name)
        self.ffmpeg("-i", source, *args, path)
        return path

    def join(self, name, pieces, *args):
        """Joins pieces (path, start s, length s) into one file; returns its path."""
        inputs, marks = [], ""
        for i, (path, start, length) in enumerate(pieces):
            inputs += ["-ss", start, "-t", length, "-i", path]
            marks += "[%d:a]aresample=16000,aformat=channel_layouts=mono[a%d];" % (i, i)
        marks += "".join("[a%d]" % i for i in range(len(pieces)))
        marks += "concat=n=%d:v=0:a=1[out]" % len(pieces)
        path = self.path(name)
        self.ffmpeg(*inputs, "-filter_complex", marks, "-map", "[out]", *args, path)
        return path

    def prompts(self, count):
        """Recorded human prompts of asterisk-core-sounds-en-g722; skips without them."""
        found = sorted(glob.glob(PROMPTS + "/**/*.g722", recursive=True),
                       key=lambda p: (-os.path.getsize(p), p))
        if len(found) < count:
            self.skipTest("asterisk-core-sounds-en-g722 is not installed")
        return found[:count]


class TapResult(unittest.TestResult):
    """Prints TAP on standard output as the tests end."""

    def __init__(self):
        super().__init__()
        self.number = 0

    def _line(self, word, test, comment=""):
        self.number += 1
        print("%s %d - %s%s" % (word, self.number, test.id().split(".", 1)[-1], comment),
              flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line("ok", test, " # SKIP " + reason)

    def _bad(self, test, err):
        self._line("not ok", test)
        text = self._exc_info_to_string(err, test)
        print("".join("# %s\n" % line for line in text.splitlines()), end="", flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._bad(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._bad(test, err)


def main():
    """Runs the tests of the calling file; an argument picks those whose name holds it."""
    suite = unittest.TestLoader().loadTestsFromModule(sys.modules["__main__"])
    tests = [t for group in suite for t in group]
    if len(sys.argv) > 1:
        tests = [t for t in tests if sys.argv[1] in t.id()]
    print("1..%d" % len(tests), flush=True)
    result = TapResult()
    unittest.TestSuite(tests).run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
