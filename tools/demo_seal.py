# SPDX-License-Identifier: Apache-2.0
"""The demonstration's last part: a recording and a chat are put on record, a witness signs that, a name is cut
out of the recording, and a stranger checks what is left."""
import os
import shlex
import struct
import subprocess
import zlib

PASS = b"a passphrase for the demonstration\n"
CHAT = ("2/11/26, 14:18 - Ann: Did he say so himself?\n"
        "2/11/26, 14:19 - Bob: Yes. I was in the room.\n"
        "2/11/26, 14:21 - Ann: May I quote you?\n"
        "2/11/26, 14:22 - Bob: Not by name.\n")


class Shell:
    """Runs commands as a reader would type them, and shows them. Passphrases come from a descriptor."""

    def __init__(self, program):
        self.program = program
        self.env = dict(os.environ, EARWITNESS_DESK="desk", EARWITNESS_WITNESS="witness")

    def run(self, *words, show=True, secret=False, into=None):
        line = ["earwitness"] + list(words)
        if show:
            print("\n$ " + " ".join(shlex.quote(w) for w in line) + (" > " + into if into else ""),
                  flush=True)
        extra = ["--passphrase-fd", "0"] if secret else []
        quiet = subprocess.DEVNULL if not show else None
        done = subprocess.run([self.program] + list(words) + extra, env=self.env,
                              input=PASS if secret else b"",
                              stdout=subprocess.PIPE, stderr=quiet)
        text = done.stdout.decode()
        if into:
            with open(into, "w", encoding="utf-8") as f:
                f.write(text)
        elif show:
            print(text, end="", flush=True)
        return done.returncode, text


def policy(shell):
    """The desk's keys and the witness: what a reader gets from their websites, not from the bundle."""
    _, desk = shell.run("key", "export", show=False)
    _, witness = shell.run("witness", "key", show=False)
    line = next(x for x in witness.splitlines() if x.startswith("witness "))
    with open("policy.txt", "w", encoding="utf-8") as f:
        f.write(desk.replace("quorum none\n", "") + line + "\nquorum " + line.split()[1] + "\n")


def cosign(shell):
    """By hand, as over a USB stick."""
    _, keys = shell.run("key", "list", show=False)
    log = next(x.split()[1] for x in keys.splitlines() if x.startswith("log "))
    shell.run("witness", "trust", log, show=False)
    _, witness = shell.run("witness", "key", show=False)
    line = next(x for x in witness.splitlines() if x.startswith("witness "))
    shell.run("log", "witness", "--request", "-o", "request.txt")
    shell.run("witness", "sign", "request.txt", "-o", "cosignature.txt", secret=True)
    shell.run("log", "witness", "--add", "cosignature.txt", "--key", line.split()[2], show=False)


def change_a_byte(path, out):
    """Deep in what is shown, with the checksums of the container made right again."""
    name = b"parts/00000000"
    with open(path, "rb") as f:
        data = bytearray(f.read())
    header = data.index(name) - 30
    begin, size = header + 30 + len(name), struct.unpack_from("<I", data, header + 18)[0]
    old = data[header + 14:header + 18]
    data[begin + 5000] ^= 1
    crc = struct.pack("<I", zlib.crc32(data[begin:begin + size]))
    directory = data.rindex(name) - 46
    assert data[directory + 16:directory + 20] == old
    data[header + 14:header + 18] = data[directory + 16:directory + 20] = crc
    with open(out, "wb") as f:
        f.write(data)


def run(program):
    """True when all is as it was made."""
    shell = Shell(program)
    with open("chat.txt", "w", encoding="utf-8") as f:
        f.write(CHAT)
    print("\na recording and a chat are put on record; a name is cut out; a stranger checks the rest\n"
          "(commands that need the desk's passphrase ask for it)")
    shell.run("key", "new", "desk.example", secret=True, show=False)
    shell.run("witness", "new", "partner.example/witness", secret=True, show=False)
    _, sealed = shell.run("seal", "speeches/statement.wav", "chat.txt", "--from", "a source",
                          secret=True)
    items = [x.split()[0][:8] for x in sealed.splitlines()]
    shell.run("log", "checkpoint", secret=True, show=False)
    cosign(shell)
    policy(shell)
    shell.run("disclose", items[0], "--hide", "0:10.2-0:11", "-o", "statement.ewb", "--published",
              "published.wav", "--filler", "tone", secret=True)
    shell.run("disclose", items[1], "--hide", "sender:Bob", "-o", "chat.ewb", "--published",
              "published.txt", secret=True)
    code, said = shell.run("verify", "statement.ewb", "--policy", "policy.txt", "--published",
                           "published.wav")
    good = code == 0 and "VERIFIED" in said
    code, said = shell.run("verify", "chat.ewb", "--policy", "policy.txt", "--published",
                           "published.txt")
    good = good and code == 0
    change_a_byte("statement.ewb", "changed.ewb")  # as somebody would who knows the format
    code, said = shell.run("verify", "changed.ewb", "--policy", "policy.txt")
    good = good and code == 4
    with open("chat.ewb", "rb") as f:
        leak = b"in the room" in f.read()
    print("\n%s: both bundles verified, the one with a changed byte broken, Bob's words %s the bundle"
          % ("as it was made" if good and not leak else "NOT as it was made",
             "IN" if leak else "not in"))
    return good and not leak
