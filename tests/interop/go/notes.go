// SPDX-License-Identifier: Apache-2.0

// Keys, notes, checkpoints and cosignatures with golang.org/x/mod/sumdb/note, which knows keys of
// type 1 alone; the verifier of cosignatures (c2sp.org/tlog-cosignature, type 4) is given to it.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	typeEd25519     = 1
	typeCosignature = 4
)

type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64 // of the last one that was verified
}

func keyHash(name string, typed []byte) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write(typed)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

func cosigned(time uint64, text []byte) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), text...)
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	c.time = binary.BigEndian.Uint64(sig)
	return ed25519.Verify(c.key, cosigned(c.time, text), sig[8:])
}

// cosigning is the other half.
type cosigning struct {
	name string
	key  ed25519.PrivateKey
	time uint64
}

func (c *cosigning) Name() string { return c.name }
func (c *cosigning) KeyHash() uint32 {
	return keyHash(c.name, append([]byte{typeCosignature}, c.key.Public().(ed25519.PublicKey)...))
}
func (c *cosigning) Sign(text []byte) ([]byte, error) {
	sig := binary.BigEndian.AppendUint64(nil, c.time)
	return append(sig, ed25519.Sign(c.key, cosigned(c.time, text))...), nil
}

func parseKey(vkey string) note.Verifier {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) == 3 {
		typed, err := base64.StdEncoding.DecodeString(parts[2])
		if err == nil && len(typed) == 33 && typed[0] == typeCosignature {
			hash := keyHash(parts[0], typed)
			if fmt.Sprintf("%08x", hash) != parts[1] {
				fail("the id of the key %s is not that of the key", vkey)
			}
			return &cosigner{name: parts[0], hash: hash, key: typed[1:]}
		}
	}
	v, err := note.NewVerifier(vkey)
	check(err)
	return v
}

// open fails unless every key has signed the note.
func open(bytes []byte, keys ...note.Verifier) *note.Note {
	n, err := note.Open(bytes, note.VerifierList(keys...))
	check(err)
	if len(n.Sigs) != len(keys) {
		fail("%d keys, %d signatures by them", len(keys), len(n.Sigs))
	}
	return n
}

// signer of the name with 32 equal bytes for a seed, as the worked values have it.
func signer(name string, fill byte) (note.Signer, string) {
	private := ed25519.NewKeyFromSeed(filled(fill))
	typed := append([]byte{typeEd25519}, private.Public().(ed25519.PublicKey)...)
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, keyHash(name, typed),
		base64.StdEncoding.EncodeToString(append([]byte{typeEd25519}, private.Seed()...)))
	s, err := note.NewSigner(skey)
	check(err)
	vkey, err := note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey))
	check(err)
	return s, vkey
}

func filled(fill byte) []byte {
	return []byte(strings.Repeat(string(rune(fill)), ed25519.SeedSize))
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func (c checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.origin, c.size, c.root)
}

func parseCheckpoint(text string) checkpoint {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		fail("a checkpoint of %d lines", len(lines)-1)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return checkpoint{lines[0], size, root}
}

// proof is a c2sp.org/tlog-proof.
type proof struct {
	extra []byte
	index int64
	path  tlog.RecordProof
	note  []byte
}

func parseProof(bytes []byte) proof {
	var p proof
	head, rest, ok := strings.Cut(string(bytes), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("not a tlog-proof")
	}
	lines = lines[1:]
	var err error
	if extra := strings.TrimPrefix(lines[0], "extra "); extra != lines[0] {
		p.extra, err = base64.StdEncoding.DecodeString(extra)
		check(err)
		lines = lines[1:]
	}
	p.index, err = strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	check(err)
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		check(err)
		p.path = append(p.path, h)
	}
	p.note = []byte(rest)
	return p
}

func (p proof) text() string {
	s := "c2sp.org/tlog-proof@v1\n"
	if len(p.extra) > 0 {
		s += "extra " + base64.StdEncoding.EncodeToString(p.extra) + "\n"
	}
	s += fmt.Sprintf("index %d\n", p.index)
	for _, h := range p.path {
		s += h.String() + "\n"
	}
	return s + "\n" + string(p.note)
}

// entry of a note on the log, with its salt.
func entry(salt, bytes []byte) []byte {
	h := sha256.New()
	h.Write([]byte("ew-entry/v1\x00"))
	h.Write(salt)
	h.Write(bytes)
	return []byte("earwitness-entry/v1 " + base64.StdEncoding.EncodeToString(h.Sum(nil)))
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	check(err)
	return b
}
