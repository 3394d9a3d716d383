// SPDX-License-Identifier: Apache-2.0

// What Go's sumdb makes of what earwitness writes, and the other way round.
//
//	interop open FILE VKEY...              a note with a good signature of each key; prints its text
//	interop log URL VKEY CHECKPOINT...     a published log, all of it, and its earlier checkpoints
//	interop prove PROOF VKEY... < ENTRY    a tlog-proof of this entry
//	interop entry SALT-HEX < NOTE          the log's entry of a note
//	interop worked TIME                    the worked proof, made here
//	interop witness URL VKEY               a log of Go's, brought to a witness: prints what it says
package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"

	"crypto/ed25519"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "interop: "+format+"\n", args...)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func read(path string) []byte {
	b, err := os.ReadFile(path)
	check(err)
	return b
}

func parseKeys(vkeys []string) (keys []note.Verifier) {
	for _, v := range vkeys {
		keys = append(keys, parseKey(v))
	}
	return keys
}

// memory is a log of Go's own.
type memory struct {
	hashes []tlog.Hash
	size   int64
}

func (m *memory) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, i := range indexes {
		out = append(out, m.hashes[i])
	}
	return out, nil
}

func (m *memory) grow(to int64) {
	for ; m.size < to; m.size++ {
		h, err := tlog.StoredHashes(m.size, []byte(fmt.Sprintf("entry %d\n", m.size)), m)
		check(err)
		m.hashes = append(m.hashes, h...)
	}
}

func (m *memory) head(origin string) checkpoint {
	root, err := tlog.TreeHash(m.size, m)
	check(err)
	return checkpoint{origin, m.size, root}
}

// worked is the proof of entry 1 of 3 by the keys of the worked values.
func worked(time uint64) string {
	var m memory
	m.grow(3)
	log, _ := signer("desk.example/log", 1)
	witness := &cosigning{"witness.example/w1", ed25519.NewKeyFromSeed(filled(2)), time}
	signed, err := note.Sign(&note.Note{Text: m.head("desk.example/log").text()}, log, witness)
	check(err)
	path, err := tlog.ProveRecord(3, 1, &m)
	check(err)
	return proof{index: 1, path: path, note: signed}.text()
}

// ask brings a checkpoint to a witness; the cosignature must be good.
func ask(m *memory, url string, witness note.Verifier, old, size int64) {
	log, _ := signer("go.example/log", 5)
	m.grow(size)
	head := m.head("go.example/log")
	signed, err := note.Sign(&note.Note{Text: head.text()}, log)
	check(err)
	body := fmt.Sprintf("old %d\n", old)
	if old > 0 {
		p, err := tlog.ProveTree(size, old, m)
		check(err)
		for _, h := range p {
			body += h.String() + "\n"
		}
	}
	r, err := http.Post(url+"/add-checkpoint", "text/plain", bytes.NewReader(append([]byte(body+"\n"), signed...)))
	check(err)
	defer r.Body.Close()
	answer, err := io.ReadAll(r.Body)
	check(err)
	if r.StatusCode == http.StatusOK {
		open(append(signed, answer...), witness)
	}
	fmt.Println(r.StatusCode)
}

func bring(url string, witness note.Verifier) {
	var m, other memory
	other.grow(1)
	other.hashes[0][0] ^= 1
	old := int64(0)
	for _, size := range []int64{1, 2, 3, 3, 8, 255, 256, 257, 1000} {
		ask(&m, url, witness, old, size)
		old = size
	}
	ask(&other, url, witness, 1000, 1001)
	ask(&other, url, witness, 0, 1001)
	ask(&m, url, witness, 1000, 1001)
}

func main() {
	if len(os.Args) < 3 {
		fail("see the head of main.go")
	}
	args := os.Args[2:]
	switch os.Args[1] {
	case "open":
		fmt.Print(open(read(args[0]), parseKeys(args[1:])...).Text)
	case "log":
		var older [][]byte
		for _, path := range args[2:] {
			older = append(older, read(path))
		}
		fmt.Println(checkLog(args[0], parseKey(args[1]), older))
	case "prove":
		data, err := io.ReadAll(os.Stdin)
		check(err)
		p := parseProof(read(args[0]))
		c := parseCheckpoint(open(p.note, parseKeys(args[1:])...).Text)
		check(tlog.CheckRecord(p.path, c.size, c.root, p.index, tlog.RecordHash(data)))
		fmt.Printf("%d %d %x\n", p.index, c.size, p.extra)
	case "entry":
		data, err := io.ReadAll(os.Stdin)
		check(err)
		fmt.Printf("%s", entry(unhex(args[0]), data))
	case "worked":
		time, err := strconv.ParseUint(args[0], 10, 64)
		check(err)
		fmt.Print(worked(time))
	case "witness":
		_, vkey := signer("go.example/log", 5)
		if args[0] == "key" {
			fmt.Println(vkey)
			return
		}
		bring(args[0], parseKey(args[1]))
	default:
		fail("no such command")
	}
}
