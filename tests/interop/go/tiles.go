// SPDX-License-Identifier: Apache-2.0

// A published log over a plain file server, read with golang.org/x/mod/sumdb/tlog: its tiles lie at
// the paths of c2sp.org/tlog-tiles.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

func tilePath(t tlog.Tile) string {
	level := fmt.Sprint(t.L)
	if t.L < 0 {
		level = "entries"
	}
	number := fmt.Sprintf("%03d", t.N%1000)
	for n := t.N / 1000; n > 0; n /= 1000 {
		number = fmt.Sprintf("x%03d/%s", n%1000, number)
	}
	if t.W < width {
		number += fmt.Sprintf(".p/%d", t.W)
	}
	return "tile/" + level + "/" + number
}

type server struct{ url string }

func (s server) get(path string) ([]byte, error) {
	r, err := http.Get(s.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, r.Status)
	}
	return io.ReadAll(r.Body)
}

func (s server) Height() int                     { return height }
func (s server) SaveTiles([]tlog.Tile, [][]byte) {}
func (s server) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, t := range tiles {
		b, err := s.get(tilePath(t))
		if err != nil {
			return nil, err
		}
		data = append(data, b)
	}
	return data, nil
}

// entries of a bundle: each a big-endian 16-bit length and so many bytes.
func (s server) entries(n int64, w int) [][]byte {
	b, err := s.get(tilePath(tlog.Tile{H: height, L: -1, N: n, W: w}))
	check(err)
	var all [][]byte
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			fail("bundle %d is cut short", n)
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		all = append(all, b[2:end])
		b = b[end:]
	}
	if len(all) != w {
		fail("bundle %d has %d entries, not %d", n, len(all), w)
	}
	return all
}

// log checks every entry of a published log, and that older checkpoints are beginnings of it.
func checkLog(url string, key note.Verifier, older [][]byte) int64 {
	s := server{url}
	b, err := s.get("checkpoint")
	check(err)
	now := parseCheckpoint(open(b, key).Text)
	tree := tlog.Tree{N: now.size, Hash: now.root}
	hashes := tlog.TileHashReader(tree, s)
	root, err := tlog.TreeHash(tree.N, hashes)
	check(err)
	if root != now.root {
		fail("the root of the tiles is another")
	}
	for n := int64(0); n*width < now.size; n++ {
		w := width
		if now.size-n*width < width {
			w = int(now.size - n*width)
		}
		for i, e := range s.entries(n, w) {
			index := n*width + int64(i)
			p, err := tlog.ProveRecord(now.size, index, hashes)
			check(err)
			check(tlog.CheckRecord(p, now.size, now.root, index, tlog.RecordHash(e)))
		}
	}
	for _, bytes := range older {
		old := parseCheckpoint(open(bytes, key).Text)
		p, err := tlog.ProveTree(now.size, old.size, hashes)
		check(err)
		check(tlog.CheckTree(p, now.size, now.root, old.size, old.root))
	}
	return now.size
}
