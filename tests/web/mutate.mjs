// SPDX-License-Identifier: Apache-2.0
// Spoils bundles: in what is sealed before it is signed, in the text of files that are then
// zipped again with right checksums, and in the raw bytes.
import {
    be,
    bundleFiles,
    cat,
    latin,
    makeNote,
    makeProof,
    makeSshNote,
    makeZip,
    readZip,
    sigLine,
} from './make.mjs';
import { KEYS, makeEvent, makePolicy, makeTime, someLog, someRuns } from './describe.mjs';
import { Rng } from './rng.mjs';

/* ------------------------------------------------------------------ bytes and texts */

const FLIPS = [0x00, 0xff, 0x0a, 0x20, 0x80, 0xc2, 0x7f, 0x2b, 0x3d, 0x30];

export function mutateBytes(rng, bytes) {
    const at = rng.below(bytes.length + 1);
    const n = 1 + rng.below(rng.chance(0.8) ? 4 : 64);
    switch (rng.below(8)) {
        case 0:
            return cat(bytes.subarray(0, at), bytes.subarray(Math.min(at + n, bytes.length)));
        case 1:
            return cat(bytes.subarray(0, at), rng.bytes(n), bytes.subarray(at));
        case 2:
            return bytes.slice(0, at);
        case 3: {
            const from = rng.below(bytes.length + 1);
            return cat(
                bytes.subarray(0, at),
                bytes.subarray(from, from + n),
                bytes.subarray(at),
            );
        }
        default: {
            const out = bytes.slice();
            if (out.length > 0)
                out[at % out.length] = rng.chance(0.5)
                    ? out[at % out.length] ^ (1 << rng.below(8))
                    : rng.pick(FLIPS);
            return out;
        }
    }
}

const NUMBERS = [
    '0',
    '1',
    '01',
    '-1',
    '2',
    '64',
    '65',
    '4294967295',
    '4294967296',
    '16777216',
    '16777217',
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551615',
    '18446744073709551616',
    '',
    '1e3',
    '+5',
];
const TOKENS = [
    'none',
    'all',
    'any',
    'g',
    'w0',
    'w1',
    'quorum',
    'witness',
    'group',
    'log',
    '#',
    '#!earwitness',
    'seal',
    'statement',
    'person',
    'revoked',
    'since',
    'tsa',
    'bitcoin',
    'ssh-ed25519',
    'v1',
    'v2',
    'extra ',
    'index ',
    'stream',
    'meta',
    'grid',
    'whole',
    'after x',
    'item',
    'text',
    'text ',
    'kind statement',
    'kind position',
    'stance retracts',
    'since 1970-01-01T00:00:00Z',
    'time 2026-02-30T00:00:00Z',
    'actor ',
    'fmt=s16le',
    'n=1',
    '\u2014',
    '\u00a0',
    '\u2028',
    '\x07',
    'key x',
    ' ',
    '\t',
    '\r',
];

/** Lines and words of a text. */
export function mutateText(rng, bytes) {
    const lines = Buffer.from(bytes).toString('latin1').split('\n');
    const i = rng.below(lines.length);
    const words = lines[i].split(' ');
    const w = rng.below(words.length);
    switch (rng.below(12)) {
        case 0:
            lines.splice(i, 1);
            break;
        case 1:
            lines.splice(i, 0, lines[rng.below(lines.length)]);
            break;
        case 2:
            lines.splice(rng.below(lines.length), 0, ...lines.splice(i, 1));
            break;
        case 3:
            lines.splice(i, 0, rng.pick(['', ...TOKENS]));
            break;
        case 4:
            words[w] = rng.pick(TOKENS);
            lines[i] = words.join(' ');
            break;
        case 5:
            lines[i] = lines[i].replace(/[0-9]+/, () => rng.pick(NUMBERS));
            break;
        case 6:
            words.splice(w, rng.below(2), rng.pick(words));
            lines[i] = words.join(rng.chance(0.8) ? ' ' : '  ');
            break;
        case 7 /* other spelling of base64 */:
            lines[i] = lines[i].replace(/[A-Za-z0-9+/]=+/, (s) =>
                rng.pick(['', '=', '==', s + '=', 'B' + s.slice(1)]),
            );
            break;
        case 8:
            lines[i] = lines[i] + rng.pick([' ', '=', '\r', 'A', 'AAAA']);
            break;
        case 9:
            lines[i] = lines[i].repeat(2);
            break;
        default:
            return mutateBytes(rng, bytes);
    }
    return latin(lines.join('\n'));
}

/* ------------------------------------------------------------------ before it is signed */

const spoilPart = (rng, s) => {
    const p = rng.pick(s.parts);
    switch (rng.below(4)) {
        case 0:
            p.kind = rng.below(10);
            break;
        case 1:
            p.bytes = mutateText(rng, p.bytes);
            break;
        default:
            p.bytes = mutateBytes(rng, p.bytes);
    }
};

/** Changes of a description; what comes out is signed and on record. */
const DEEP = [
    (rng, d) => {
        /* cuts parts anew */
        const s = rng.pick(d.streams);
        const i = rng.below(s.parts.length);
        const { kind, bytes } = s.parts[i];
        const at = rng.below(bytes.length + 1);
        if (rng.chance(0.5) || i === 0)
            s.parts.splice(
                i,
                1,
                { kind, bytes: bytes.slice(0, at) },
                { kind, bytes: bytes.slice(at) },
            );
        else s.parts.splice(i - 1, 2, { kind, bytes: cat(s.parts[i - 1].bytes, bytes) });
        s.line = s.line.replace(/n=\d+/, `n=${s.parts.length}`);
        s.runs = someRuns(rng, s.parts.length);
    },
    (rng, d) => {
        /* the last part as what comes after the last one */
        const p = d.streams[0].parts[d.streams[0].parts.length - 1];
        p.kind = 3;
        p.bytes = rng.pick([p.bytes, cat(p.bytes, rng.bytes(3)), p.bytes.slice(0, -1)]);
    },
    (rng, d) => spoilPart(rng, rng.pick(d.streams)),
    (rng, d) => spoilPart(rng, rng.pick(d.streams)),
    (rng, d) => {
        /* other parts, or in another order */
        const s = rng.pick(d.streams);
        const i = rng.below(s.parts.length);
        const k = rng.below(s.parts.length);
        [s.parts[i], s.parts[k]] = [s.parts[k], { ...s.parts[i] }];
    },
    (rng, d) => {
        const s = rng.pick(d.streams);
        s.line = Buffer.from(mutateText(rng, latin(s.line))).toString('latin1');
    },
    (rng, d) => {
        const s = rng.pick(d.streams);
        s.line = s.line.replace(
            /^\S+/,
            rng.pick(['whole', 'meta', 'seals', 'grid', 'chat-v1', 'para-v1', 'ogg-page']),
        );
    },
    (rng, d) => {
        const s = rng.pick(d.streams);
        s.line = s.line.replace(
            /(rate|block|ch|n)=\d+/,
            (_, key) => `${key}=${rng.pick(NUMBERS)}`,
        );
    },
    (rng, d) => {
        d.after = rng.pick([
            'x'.repeat(200),
            'x'.repeat(201),
            '\\'.repeat(150),
            'a\u202eb',
            ' x',
            'x ',
            'a\tb',
            '\u00e9'.repeat(100),
            '\x7f',
            d.after.replace(/ (\d)/, ' 1'),
            d.after.toUpperCase(),
            'bitcoin 1 ' + 'a'.repeat(64),
        ]);
    },
    (rng, d) => {
        d.item = rng.bytes(rng.pick([31, 32, 32, 33]));
    },
    (rng, d) => {
        d.log.extra = rng.pick([
            null,
            rng.bytes(32),
            rng.bytes(31),
            new Uint8Array(0),
            rng.bytes(1024),
            rng.bytes(1025),
        ]);
    },
    (rng, d) => {
        const l = d.log;
        l.origin = rng.pick([
            KEYS.log.name,
            'other.example',
            '',
            '\u00e9\\'.repeat(rng.below(130)),
            'a\x7fb',
            KEYS.seal.name,
        ]);
    },
    (rng, d) => {
        d.log.signers = d.log.signers.map(([key, t]) => [
            key,
            rng.pick([t, t, 0n, t + 1000n, (1n << 63n) - 1n, 1n << 63n]),
        ]);
    },
    (rng, d) => {
        d.log.signers.push(
            ...rng.pick([
                [[KEYS.log, 0n]],
                [[KEYS.seal, 0n]],
                d.log.signers,
                [[KEYS.stranger, 0n]],
            ]),
        );
    },
    (rng, d) => {
        d.log.signers.splice(rng.below(d.log.signers.length), 1);
    },
    (rng, d) => {
        d.sealers = rng.pick([
            [],
            [[KEYS.stranger, 0n]],
            [
                [KEYS.stranger, 0n],
                [KEYS.seal, 0n],
            ],
            [
                [KEYS.seal, 0n],
                [KEYS.seal, 0n],
            ],
        ]);
    },
    (rng, d) => {
        d.log = someLog(rng);
    },
    (rng, d) => {
        if (d.events.length > 0)
            d.events.splice(
                rng.below(d.events.length),
                1,
                ...rng.pick([[], [d.events[0], d.events[0]]]),
            );
    },
    (rng, d) => {
        d.events.push(makeEvent(rng, rng.chance(0.9) ? d.item : rng.bytes(32)));
    },
    (rng, d) => {
        d.events.push(resigned(rng, makeEvent(rng, d.item)));
    },
    (rng, d) => {
        d.events.push(resigned(rng, makeEvent(rng, d.item)));
    },
    (rng, d) => {
        d.streams.push(...rng.pick([[], [d.streams[0]], Array(8).fill(d.streams[0])]));
    },
    (rng, d) => {
        const bytes = rng.bytes(rng.below(50));
        d.times.push({ end: rng.pick(['.tsr', '.ots']), make: () => bytes });
    },
    (rng, d) => {
        /* a token that is damaged */
        const t = makeTime(rng);
        const seed = rng.u32();
        d.times.push({
            end: t.end,
            make: (digest) => mutateBytes(new Rng(seed), t.make(digest)),
        });
    },
    (rng, d) => {
        const t = makeTime(rng);
        d.times.push(...Array(rng.pick([1, 2, 17])).fill(t));
    },
];

/** An event whose text was changed before it was signed. */
function resigned(rng, e) {
    const whole = Buffer.from(e.bytes).toString('latin1');
    const body = mutateText(rng, latin(whole.slice(0, whole.indexOf('\n\n') + 1)));
    const ssh = e.end === '.ssh';
    const bytes = ssh
        ? makeSshNote(body, KEYS.person, {
              namespace: rng.pick(['earwitness', 'earwitness', 'file']),
              hash: rng.pick(['sha256', 'sha512', 'sha512', 'md5']),
          })
        : makeNote(body, [[KEYS.statement, 0n]]);
    return { ...e, bytes };
}

/* ------------------------------------------------------------------ in the files */

/** Fields of cover.bin, one by one. */
function mutateCover(rng, bytes) {
    const out = bytes.slice();
    if (rng.chance(0.3)) {
        /* entries at the end: swap, drop, repeat */
        const n = Math.floor((out.length - 20) / 32);
        const i = out.length - 32 * (1 + rng.below(Math.max(n, 1)));
        if (i > 16 && rng.chance(0.5))
            return cat(
                out.subarray(0, i),
                rng.chance(0.5) ? out.subarray(i, i + 32) : rng.bytes(32),
                out.subarray(i),
            );
        return i > 16 ? cat(out.subarray(0, i), out.subarray(i + 32)) : out;
    }
    const at =
        12 +
        4 * rng.below(Math.min(24, Math.max(1, (out.length - 16) >> 2))) +
        (rng.chance(0.3) ? rng.below(4) : 0);
    const value = rng.pick([
        0,
        1,
        2,
        3,
        7,
        16,
        17,
        255,
        65536,
        2 ** 31,
        2 ** 32 - 1,
        rng.u32(),
    ]);
    out.set(
        be(value, 4).subarray(0, Math.max(0, Math.min(4, out.length - at))),
        Math.min(at, out.length),
    );
    return out;
}

/** Whoever holds the keys can sign what was changed. */
function resign(rng, name, bytes) {
    const whole = Buffer.from(bytes).toString('latin1');
    const blank = whole.lastIndexOf('\n\n') + 1;
    if (blank === 0) return bytes;
    if (name === 'seal.note') {
        const body = mutateText(rng, bytes.subarray(0, blank));
        return cat(body, latin('\n'), sigLine(KEYS.seal, body));
    }
    const first = whole.indexOf('\n\n') + 2;
    const body = mutateText(rng, bytes.subarray(first, Math.max(first, blank)));
    return cat(
        bytes.subarray(0, first),
        makeNote(body, [
            [KEYS.log, 0n],
            [KEYS.witnesses[0], 1790000000n],
        ]),
    );
}

/** The seal and its entry in a log that agrees, after a change of the note. */
function relog(rng, files) {
    const log = someLog(rng);
    files[2].bytes = makeProof({ ...log, note: files[1].bytes });
}

function mutateFiles(rng, files) {
    const f = rng.pick(files);
    switch (rng.below(12)) {
        case 0:
            files.splice(files.indexOf(f), 1);
            return;
        case 1:
            files.splice(files.indexOf(f), 0, { ...rng.pick(files) });
            return;
        case 2: {
            const g = rng.pick(files);
            [f.bytes, g.bytes] = [g.bytes, f.bytes];
            return;
        }
        case 3:
            f.name = rng.pick([
                f.name + 'x',
                f.name.toUpperCase(),
                'parts/00000000',
                'events/00000000.note',
                '../x',
                'a//b',
                'time/00000000.ots',
                'time/00000000.tsr',
                'policy.txt',
                'README.txt',
                '.x',
                'x/',
                'a'.repeat(64),
                'a'.repeat(65),
            ]);
            return;
        case 4:
        case 5: {
            const cover = files.find((g) => g.name === 'cover.bin');
            if (cover !== undefined) cover.bytes = mutateCover(rng, cover.bytes);
            return;
        }
        case 6:
            if (f.name === 'seal.note' || f.name.endsWith('.tlog-proof'))
                f.bytes = resign(rng, f.name, f.bytes);
            else f.bytes = mutateBytes(rng, f.bytes);
            if (f.name === 'seal.note' && rng.chance(0.7) && files[2] !== undefined)
                relog(rng, files);
            return;
        case 7:
        case 8: {
            const texts = files.filter((g) => /\.(note|tlog-proof|txt|ssh)$/.test(g.name));
            const g = texts.length > 0 ? rng.pick(texts) : f;
            g.bytes = mutateText(rng, g.bytes);
            return;
        }
        case 9: {
            /* a signature of somebody else, or of something else */
            const notes = files.filter((g) => /\.(note|tlog-proof)$/.test(g.name));
            const g = notes.length > 0 ? rng.pick(notes) : f;
            const key = rng.pick([
                KEYS.seal,
                KEYS.log,
                KEYS.statement,
                KEYS.stranger,
                ...KEYS.witnesses,
            ]);
            g.bytes = cat(g.bytes, sigLine(key, rng.bytes(9), 5n));
            return;
        }
        default:
            f.bytes = mutateBytes(rng, f.bytes);
    }
}

function mutateRaw(rng, bytes) {
    if (rng.chance(0.5)) return mutateBytes(rng, bytes);
    /* headers: somewhere near a signature */
    const raw = Buffer.from(bytes).toString('latin1');
    const marks = [...raw.matchAll(/PK[\x01\x03\x05][\x02\x04\x06]/g)].map((m) => m.index);
    const out = bytes.slice();
    if (marks.length > 0)
        out[Math.min(rng.pick(marks) + rng.below(46), out.length - 1)] = rng.pick([
            ...FLIPS,
            rng.below(256),
        ]);
    return out;
}

/* ------------------------------------------------------------------ all of it */

function copy(d) {
    return {
        ...d,
        streams: d.streams.map((s) => ({
            ...s,
            parts: s.parts.map((p) => ({ ...p })),
            runs: s.runs.map((r) => ({ ...r })),
        })),
        sealers: [...d.sealers],
        log: { ...d.log, signers: [...d.log.signers] },
        events: [...d.events],
        times: [...d.times],
    };
}

/**
 * One spoiled bundle with a policy and, at times, a published file.
 * @param {{description: object | null, bundle: Uint8Array | null, policy: Uint8Array | null,
 *     published: Uint8Array | null}} base  either what to make or what was made
 */
export function mutate(rng, base) {
    let { policy, published } = base;
    let files;
    if (base.description !== null) {
        const d = copy(base.description);
        for (let n = rng.chance(0.6) ? 1 : 0; n > 0; n -= rng.chance(0.7) ? 1 : 0)
            rng.pick(DEEP)(rng, d);
        files = bundleFiles(d);
    } else {
        files = readZip(base.bundle);
    }
    if (rng.chance(0.5))
        for (let n = 1; n > 0; n -= rng.chance(0.7) ? 1 : 0)
            if (files.length > 0) mutateFiles(rng, files);
    let bundle = makeZip(files);
    if (rng.chance(0.1)) bundle = mutateRaw(rng, bundle);
    if (rng.chance(0.25))
        policy = rng.pick([
            null,
            makePolicy(rng),
            policy === null ? null : mutateText(rng, policy),
        ]);
    if (published !== null && rng.chance(0.4)) published = mutateBytes(rng, published);
    if (published === null && rng.chance(0.03)) published = rng.bytes(rng.below(60));
    return { bundle, policy, published };
}
