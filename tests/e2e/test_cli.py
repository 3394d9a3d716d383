#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line: options anywhere, help, mistakes, colours, and that help, man pages and
completion know the same options."""
import json
import os
import re
import subprocess

from harness import Case, main

COMMANDS = ("add", "check", "diff", "family", "inspect", "list", "remove", "info", "archive",
            "key", "seal", "log", "stamp", "disclose", "vault", "verify", "witness", "sign",
            "statement", "repudiate", "help")
GLOBAL = {"archive", "json", "jobs", "wait", "color", "progress", "language", "quiet", "verbose", "help", "version"}
TOLD = ("import", "serve")  # completed from what their help says, as are those of two words
SOURCE = os.environ.get("EARWITNESS_SOURCE", os.path.join(os.path.dirname(__file__), "../.."))


class Options(Case):
    def setUp(self):
        super().setUp()
        self.wav = self.speech("a.wav", seconds=3)
        self.other = self.path("other")

    def test_options_before_and_after_the_command(self):
        self.run_ew("--archive", self.other, "add", self.wav)
        for args in (["--archive", self.other, "list", "--json"],
                     ["list", "--json", "--archive=" + self.other],
                     ["--json", "-a", self.other, "list"], ["list", "-a" + self.other, "--json"]):
            self.assertEqual(len(self.run_ew(*args).out.splitlines()), 1)

    def test_archive_from_the_environment(self):
        self.run_ew("add", self.wav, env={"EARWITNESS_ARCHIVE": self.other})
        self.run_ew("--archive", self.other, "list")
        self.run_ew("list", code=10)

    def test_archive_in_the_data_folder(self):
        data = self.path("data")
        for env, where in (({"XDG_DATA_HOME": data}, os.path.join(data, "earwitness/archive")),
                           ({}, os.path.join(self.home, ".local/share/earwitness/archive")),
                           ({"XDG_DATA_HOME": "relative"}, None)):
            env = dict(env, EARWITNESS_ARCHIVE="")
            self.run_ew("add", self.wav, env=env)
            if where:
                self.assertTrue(os.path.isdir(where))
        self.assertFalse(os.path.exists(self.path("relative")))

    def test_no_home_at_all(self):
        done = self.run_ew("list", env={"EARWITNESS_ARCHIVE": "", "HOME": ""}, code=10)
        self.assertIn("--archive", done.err)

    def test_mistakes(self):
        for args, said in ((["chek"], "'check'"), (["lst"], "'list'"), (["--archiv", "x"], ""),
                           (["list", "--jsn"], "'--json'"), (["add", "--dryrun", "x"], "'--dry-run'"),
                           (["add", "-z", "x"], "'-z'"), (["add"], "add FILE"), ([], "help"),
                           (["list", "x"], "too much"), (["list", "--archive"], "--archive DIR"),
                           (["list", "--json=yes"], "no value"), (["list", "--jobs", "many"], "many"),
                           (["list", "--jobs", "-1"], ""), (["list", "--color", "red"], "red"),
                           (["list", "--progress", "bar"], "bar"), (["archive", "compress"], ""),
                           (["archive", "verfy"], "'verify'"), (["help", "nix"], "nix"),
                           (["check", "--svg", "x.svg", "a", "b"], "")):
            done = self.run_ew(*args, code=None)
            self.assertEqual(done.code, 2, args)
            self.assertEqual(done.out, "")
            self.assertEqual(len(done.err.splitlines()), 1)
            self.assertIn(said, done.err)

    def test_mistakes_as_json(self):
        for args in (["chek", "--json"], ["--json", "list", "--jsn"], ["add", "--json"]):
            error = json.loads(self.run_ew(*args, code=2).err)
            self.assertEqual(error["schema"], "earwitness.error/1")
            self.assertEqual(error["error"]["code"], "arg")

    def test_mistakes_are_shown_safely(self):
        done = self.run_ew(b"\x1b[31m\xff", code=2)
        self.assertNotIn("\x1b", done.err)

    def test_version(self):
        self.assertRegex(self.run_ew("--version").out, r"^earwitness \d+\.\d+\.\d+\n$")
        self.run_ew("check", "--version")

    def test_quiet(self):
        done = self.run_ew("add", "--quiet", self.wav)
        self.assertEqual((done.out, done.err), ("", ""))


class Terminal(Case):
    def on_terminal(self, *args, **env):
        """stdout and stderr of the program on a pseudo-terminal."""
        master, slave = self.open_terminal()
        full = dict(self.env, TERM="xterm", COLUMNS="100", **env)
        done = subprocess.Popen(self.command(*args), env=full, stdout=slave, stderr=slave,
                                stdin=subprocess.DEVNULL, cwd=self.dir)
        os.close(slave)
        out = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            out += part
        os.close(master)
        self.assertEqual(done.wait(timeout=60), 0, out)
        return out.decode()

    def setUp(self):
        super().setUp()
        self.run_ew("add", self.speech("a.wav", seconds=3))

    def test_colour(self):
        self.assertIn("\x1b[1m", self.on_terminal("list"))
        self.assertNotIn("\x1b[", self.on_terminal("list", NO_COLOR="1"))
        self.assertNotIn("\x1b[", self.on_terminal("list", "--color=never"))
        self.assertIn("\x1b[1m", self.on_terminal("list", "--color=always", NO_COLOR="1"))
        self.assertNotIn("\x1b[", self.run_ew("list").out)
        self.assertIn("\x1b[1m", self.run_ew("list", "--color=always").out)

    def test_dumb_terminal(self):
        self.env["TERM"] = "dumb"
        master, slave = self.open_terminal()
        done = subprocess.run(self.command("list"), env=self.env, stdout=slave)
        os.close(slave)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn(b"\x1b", os.read(master, 65536))
        os.close(master)

    def test_progress_only_on_a_terminal(self):
        for i in range(3):
            self.speech("p%d.wav" % i, seed=20 + i, seconds=240)
        out = self.on_terminal("add", "--jobs", "1", "p0.wav", "p1.wav")
        self.assertIn("] ", out)
        self.assertIn(" of 2", out)
        self.assertEqual(self.run_ew("add", "p2.wav").err, "")
        self.assertNotIn("\x1b", self.on_terminal("add", "--progress=none", "a.wav"))


class Help(Case):
    def options(self, command):
        """{long name} of one command's help."""
        out = self.run_ew("help", command).out
        return set(re.findall(r"--([a-z][a-z-]+)", out))

    def verbs(self):
        """All commands of two words: ("case", "add") ..."""
        found = []
        for family in ("case",):
            out = self.run_ew("help", family).out
            found += [(family, verb) for verb in re.findall(r"^  %s ([a-z-]+) " % family, out, re.M)]
        self.assertGreater(len(found), 10)
        return found

    def test_commands_of_two_words(self):
        for family, verb in self.verbs():
            out = self.run_ew("help", family, verb).out
            self.assertEqual(out, self.run_ew(family, verb, "--help").out)
            for line in out.splitlines():
                self.assertLessEqual(len(line), 90, line)
            with open(os.path.join(SOURCE, "docs/man/earwitness-%s.1" % family)) as f:
                text = f.read().replace("\\-", "-")
            self.assertRegex(text, r"(?m)^\.SS %s %s( |$)" % (family, verb))
            for letter, name in re.findall(r"^ +(-., )?--([a-z][a-z-]+)", out, re.M):
                if name not in GLOBAL:
                    self.assertTrue("--" + name in text or letter and letter[:2] in text,
                                    "%s %s --%s" % (family, verb, name))
        self.assertIn("second word", self.run_ew("case", code=2).err)
        self.assertIn("'case add'", self.run_ew("case", "ad", code=2).err)
        self.assertIn("'case add'", self.run_ew("help", "case", "ad", code=2).err)

    def test_every_command(self):
        all_help = self.run_ew("--help").out
        for command in COMMANDS + TOLD + ("case",):
            self.assertIn("\n  " + command, all_help)
            self.assertEqual(self.run_ew("help", command).out,
                             self.run_ew(command, "--help").out)

    def test_lines_fit(self):
        for command in COMMANDS + TOLD + ("case",):
            for line in self.run_ew("help", command).out.splitlines():
                self.assertLessEqual(len(line), 90, line)

    def test_man_pages_know_the_options(self):
        for command in COMMANDS + TOLD:
            path = os.path.join(SOURCE, "docs/man/earwitness-%s.1" % command)
            with open(path) as f:
                text = f.read().replace("\\-", "-")
            for name in self.options(command) - (GLOBAL if command in TOLD else set()):
                self.assertIn("--" + name, text, "%s in %s" % (name, path))

    def test_completion_knows_the_options(self):
        folder = os.path.join(SOURCE, "src/cli/completion")
        for name, mark in (("earwitness.bash", "--%s"), ("_earwitness", "--%s"),
                           ("earwitness.fish", "-l %s")):
            with open(os.path.join(folder, name)) as f:
                text = f.read()
            for command in COMMANDS:
                self.assertIn(command, text)
                for option in self.options(command):
                    self.assertIn(mark % option, text, "%s in %s" % (option, name))

    def test_bash_completion_works(self):
        path = os.path.join(SOURCE, "src/cli/completion/earwitness.bash")
        script = ('source "$1"; COMP_WORDS=(earwitness ch); COMP_CWORD=1; _earwitness; '
                  'echo "${COMPREPLY[@]}"; COMP_WORDS=(earwitness check --s); COMP_CWORD=2; '
                  '_earwitness; echo "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", path], stdout=subprocess.PIPE)
        self.assertEqual(done.stdout.decode().split(), ["check", "--svg"])

    def test_bash_completion_asks_the_program(self):
        path = os.path.join(SOURCE, "src/cli/completion/earwitness.bash")
        script = ('source "$1"; COMP_WORDS=("$2" case ti); COMP_CWORD=2; _earwitness; '
                  'echo "${COMPREPLY[@]}"; COMP_WORDS=("$2" case add --call); COMP_CWORD=3; '
                  '_earwitness; echo "${COMPREPLY[@]}"; COMP_WORDS=("$2" import --form); '
                  'COMP_CWORD=2; _earwitness; echo "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", path, self.program],
                              stdout=subprocess.PIPE)
        self.assertEqual(done.stdout.decode().split(), ["timeline", "--called", "--format"])


if __name__ == "__main__":
    main()
