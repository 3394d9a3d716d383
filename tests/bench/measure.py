# SPDX-License-Identifier: Apache-2.0
"""CPU, wall time and private memory of other programs."""

import os
import resource
import subprocess
import threading
import time


class Failed(Exception):
    """A program that a measurement needs did not do its work."""


def run(command, stdin=subprocess.DEVNULL, ok=(0,), env=None):
    """Runs a program to its end and returns what it wrote to standard output."""
    p = subprocess.run([str(c) for c in command], stdin=stdin, env=env,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if p.returncode not in ok:
        last = p.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise Failed("%s: exit %d %s" % (command[0], p.returncode, " ".join(last)))
    return p.stdout


def children_cpu():
    """User and system seconds of all processes that ended below this one so far."""
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def cpu_of(action):
    """CPU seconds of the whole process tree that `action` starts and waits for."""
    before = children_cpu()
    action()
    return children_cpu() - before


def wall_of(action):
    began = time.monotonic()
    action()
    return time.monotonic() - began


def median(values):
    v = sorted(values)
    half = len(v) // 2
    return v[half] if len(v) % 2 else 0.5 * (v[half - 1] + v[half])


def on_one_core(command):
    """The command, kept on one core that this process may use."""
    core = max(os.sched_getaffinity(0))
    return ["taskset", "-c", str(core)] + [str(c) for c in command]


def folder_bytes(folder):
    return sum(os.path.getsize(os.path.join(where, name))
               for where, _, names in os.walk(folder) for name in names)


# ---------------------------------------------------------------- memory

def tree_of(pid):
    """pid and all processes below it that are alive."""
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        try:
            for thread in os.listdir("/proc/%d/task" % p):
                with open("/proc/%d/task/%s/children" % (p, thread), encoding="ascii") as f:
                    todo += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return out


def private_kib(pid):
    """Resident memory that no file backs."""
    total = 0
    try:
        with open("/proc/%d/status" % pid, encoding="utf-8", errors="replace") as f:
            for line in f:
                if line.startswith(("RssAnon:", "RssShmem:")):
                    total += int(line.split()[1])
    except OSError:
        pass
    return total


class MemoryWatch(threading.Thread):
    """Keeps the highest private memory of a process and of its whole tree."""

    def __init__(self, pid, every=0.002):
        super().__init__(daemon=True)
        self.pid, self.every = pid, every
        self.own_kib = self.tree_kib = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            self.own_kib = max(self.own_kib, private_kib(self.pid))
            self.tree_kib = max(self.tree_kib, sum(private_kib(p) for p in tree_of(self.pid)))
            self.over.wait(self.every)


def peak_memory(command, every=0.002, ok=(0, 1)):
    """Highest private memory in MB while the command runs: (its own, with its children)."""
    with subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as p:
        watch = MemoryWatch(p.pid, every)
        watch.start()
        said = p.stderr.read()
        code = p.wait()
        watch.over.set()
        watch.join()
    if code not in ok:
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise Failed("%s: exit %d %s" % (command[0], code, " ".join(last)))
    return watch.own_kib * 1024 / 1e6, watch.tree_kib * 1024 / 1e6
