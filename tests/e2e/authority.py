# SPDX-License-Identifier: Apache-2.0
"""Time stamping authorities made with the real openssl, for tests: certificates with any dates
and extensions, tokens with any content. What `openssl ts` refuses to make (a token by a
certificate that is not for time stamping) is made with `openssl cms`."""
import os
import shutil
import subprocess
import time

OPENSSL = shutil.which("openssl")

CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
TSA = ("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n"
       "extendedKeyUsage=critical,timeStamping\n")

CONFIG = """[req]
distinguished_name=dn
prompt=no
utf8=yes
string_mask=utf8only
[dn]
CN=x
[ca]
default_ca=this
[this]
database=%(dir)s/%(name)s.index
new_certs_dir=%(dir)s
rand_serial=yes
default_md=%(md)s
policy=any
unique_subject=no
email_in_dn=no
x509_extensions=ext
copy_extensions=none
[any]
organizationName=optional
commonName=optional
[ext]
%(ext)s
[tsa]
serial=%(dir)s/%(name)s.serial
crypto_device=builtin
default_policy=1.2.3.4.1
digests=sha256,sha512
signer_digest=%(md)s
accuracy=secs:1
ordering=no
tsa_name=yes
ess_cert_id_chain=no
ess_cert_id_alg=%(ess)s
"""

KEYS = {"p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "p384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "p521": ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
        "rsa": ["rsa:2048"], "rsa1024": ["rsa:1024"], "ed25519": ["ed25519"]}


def tlv(tag, *values):
    """One DER value."""
    body = b"".join(values)
    n = len(body)
    if n < 128:
        return bytes([tag, n]) + body
    size = (n.bit_length() + 7) // 8
    return bytes([tag, 128 + size]) + n.to_bytes(size, "big") + body


SHA256_ID = tlv(0x30, bytes.fromhex("0609608648016503040201"), b"\x05\x00")


def info(digest, when="20260101000000Z", algorithm=SHA256_ID, tail=b"", version=1):
    """A TSTInfo."""
    return tlv(0x30, tlv(2, bytes([version])), tlv(6, b"\x2a\x03\x04\x01"),
               tlv(0x30, algorithm, tlv(4, digest)), tlv(2, b"\x05"),
               tlv(0x18, when.encode()), tail)


def response(token, status=0):
    """A TimeStampResp."""
    return tlv(0x30, tlv(0x30, tlv(2, bytes([status]))), token)


class Cert:
    """A certificate with its key, in files."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.pem, self.key = self.file("pem"), self.file("key")

    def file(self, end):
        return os.path.join(self.folder, self.name + "." + end)

    @property
    def der(self):
        return run("x509", "-in", self.pem, "-outform", "DER")


def run(*args, code=0, data=b""):
    done = subprocess.run([OPENSSL] + list(args), input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    assert done.returncode == code, "%r: %r" % (args, done.stderr)
    return done.stdout


class Authority:
    """Makes certificates below each other."""

    def __init__(self, folder):
        self.folder = folder

    def config(self, name, ext="", md="sha256", ess="sha256"):
        path = os.path.join(self.folder, name + ".cnf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(CONFIG % {"dir": self.folder, "name": name, "ext": ext, "md": md, "ess": ess})
        return path

    def cert(self, name, by=None, ext=TSA, key="p256", start="20200101000000Z",
             end="20400101000000Z", subject=None, md="sha256", same_key=None):
        """A certificate by another one, or by itself."""
        c = Cert(self.folder, name)
        if same_key is not None:
            shutil.copy(same_key.key, c.key)
        cnf = self.config(name, ext, md)
        csr = c.file("csr")
        new = ["-new", "-key", c.key] if same_key else ["-newkey"] + KEYS[key] + ["-keyout", c.key]
        run("req", *new, "-nodes", "-out", csr, "-config", cnf,
            "-subj", subject or "/O=Test/CN=" + name, "-utf8")
        with open(c.file("index"), "w", encoding="ascii"):
            pass
        signer = ["-selfsign", "-keyfile", c.key] if by is None else \
            ["-cert", by.pem, "-keyfile", by.key]
        run("ca", "-batch", "-notext", "-utf8", "-config", cnf, "-in", csr, "-out", c.pem, "-startdate",
            start, "-enddate", end, *signer, "-md", "null" if key == "ed25519" and by is None
            else md)
        return c

    def answer(self, request, signer, chain=(), md="sha256", ess="sha256"):
        """What a real authority answers (`openssl ts -reply`), as of now."""
        cnf = self.config("ts-" + signer.name, md=md, ess=ess)
        out = signer.file("tsr")
        query = signer.file("tsq")
        with open(query, "wb") as f:
            f.write(request)
        more = ["-chain", self.bag(chain)] if chain else []
        run("ts", "-reply", "-config", cnf, "-section", "tsa", "-queryfile", query,
            "-signer", signer.pem, "-inkey", signer.key, "-out", out, *more)
        with open(out, "rb") as f:
            return f.read()

    def bag(self, certs):
        path = os.path.join(self.folder, "bag.pem")
        with open(path, "wb") as out:
            for c in certs:
                with open(c.pem, "rb") as f:
                    out.write(f.read())
        return path

    def token(self, content, signer, chain=(), md="sha256", more=()):
        """A token over any content by any certificate (`openssl cms`)."""
        path = os.path.join(self.folder, "content")
        with open(path, "wb") as f:
            f.write(content)
        extra = ["-certfile", self.bag(chain)] if chain else []
        return run("cms", "-sign", "-binary", "-nodetach", "-in", path, "-econtent_type",
                   "1.2.840.113549.1.9.16.1.4", "-cades", "-md", md, "-signer", signer.pem,
                   "-inkey", signer.key, "-nosmimecap", "-outform", "DER", *extra, *more)


def now():
    return int(time.time())
