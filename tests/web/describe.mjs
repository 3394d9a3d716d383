// SPDX-License-Identifier: Apache-2.0
// Random descriptions of bundles: whole and true ones, for make.mjs to write and for mutate.mjs
// to spoil. Every splitter, with and without witnesses, events, and a policy that suits.
import {
    base64,
    be,
    cat,
    latin,
    makeKey,
    makeNote,
    makeSshNote,
    oggCrc,
    sshKeyText,
    stampedDigest,
    utf8,
} from './make.mjs';
import { makeAuthorities, makeOts, makeToken } from './make_der.mjs';
import { Rng } from './rng.mjs';

export const KEYS = {
    seal: makeKey('desk.example/seal', 1, 1),
    log: makeKey('desk.example/log', 1, 2),
    statement: makeKey('desk.example/statement', 1, 3),
    witnesses: [4, 5, 6].map((seed) => makeKey(`w${seed}.example`, 4, seed)),
    person: makeKey('Ann', 1, 7),
    stranger: makeKey('stranger.example', 1, 8),
};

const T0 = 1790000000; /* in 2026 */

export const AUTHORITIES = makeAuthorities();

/* ------------------------------------------------------------------ parts */

const part = (kind, bytes) => ({ kind, bytes });
const text = (kind, s) => part(kind, utf8(s));

function words(rng) {
    const some = [
        'yes',
        'no',
        'on Monday',
        'money',
        'Łódź',
        'x: y',
        '"quoted"',
        'a\\b',
        'na\u00efve',
        '\u{1f600}',
        '1/2/20, 10:00 - Eve: not a head',
        '<attached: no>',
        'tab\there',
    ];
    return Array.from({ length: 1 + rng.below(4) }, () => rng.pick(some)).join(' ');
}

function chatParts(rng) {
    const parts = [];
    const nl = rng.chance(0.2) ? '\r\n' : '\n';
    const heads = [
        (i) => `1/2/20, 10:${10 + i} - `,
        (i) => `[2020-02-0${1 + (i % 9)}, 8:30:5${i % 10} PM] `,
        (i) => `\u200e[17.09.19, 16:37:${10 + i}] `,
        (i) => `02.09.2019 7.${10 + i} \u2013 `,
        (i) => `3/4/2021, 9:${10 + i}\u202fa.m. - `,
    ];
    const head = rng.pick(heads);
    if (rng.chance(0.2)) parts.push(text(2, `Chat of ${words(rng)}${nl}`));
    for (let i = 0, n = 1 + rng.below(9); i < n; i++) {
        parts.push(text(4, head(i)));
        const named = rng.chance(0.85);
        if (named)
            parts.push(text(5, rng.pick(['Ann: ', 'Bob Builder: ', '\u200eZo\u00eb: '])));
        const file = rng.chance(0.2);
        if (file)
            parts.push(
                text(
                    7,
                    rng.pick([`PTT-${i}.opus (file attached)`, '\u200e<attached: a.jpg>']) + nl,
                ),
            );
        if (!file || rng.chance(0.5))
            parts.push(
                text(
                    6,
                    `${named ? words(rng) : 'Ann left'}${nl}` +
                        (rng.chance(0.3) ? `second line${nl}${nl}` : ''),
                ),
            );
    }
    return parts;
}

function paraParts(rng) {
    const n = 1 + rng.below(8);
    return Array.from({ length: n }, (_, i) => {
        const end =
            i + 1 === n ? rng.pick(['', '\n', '\n\n']) : rng.pick(['\n\n', '\n \t\n\r\n']);
        return text(
            1,
            (i === 0 && rng.chance(0.2) ? '\n \n' : '') +
                words(rng) +
                (rng.chance(0.3) ? '\nmore of it' : '') +
                end,
        );
    });
}

const FORMATS = {
    u8: [1, 1],
    s16le: [1, 2],
    s24le: [1, 3],
    s32le: [1, 4],
    f32le: [3, 4],
    f64le: [3, 8],
};

function wavHead(rate, channels, format) {
    const [tag, bytes] = FORMATS[format];
    const le16 = (v) => be(v, 2).reverse();
    const le32 = (v) => be(v, 4).reverse();
    return cat(
        latin('RIFF'),
        le32(9999),
        latin('WAVEfmt '),
        le32(16),
        le16(tag),
        le16(channels),
        le32(rate),
        le32(rate * channels * bytes),
        le16(channels * bytes),
        le16(8 * bytes),
        latin('LIST'),
        le32(3),
        latin('odd\0'),
        latin('data'),
        le32(4000),
    );
}

function gridStream(rng) {
    const rate = rng.pick([100, 105, 110, 441]);
    const channels = rng.pick([1, 1, 2]);
    const format = rng.pick(Object.keys(FORMATS));
    const block = Math.floor(rate / 10);
    const frame = channels * FORMATS[format][1];
    const parts = [part(2, wavHead(rate, channels, format))];
    for (let i = 0, n = 1 + rng.below(20); i < n; i++)
        parts.push(part(1, rng.bytes((i + 1 === n ? 1 + rng.below(block) : block) * frame)));
    if (rng.chance(0.3)) parts.push(part(3, rng.bytes(1 + rng.below(20))));
    return {
        parts,
        line: `grid n=${parts.length} rate=${rate} ch=${channels} fmt=${format} block=${block}`,
    };
}

/** MPEG 1 or 2, mono or stereo, with or without a checksum and an info frame. */
function mp3Parts(rng) {
    const parts = [];
    const low = rng.chance(0.5);
    const mode = rng.pick([0x00, 0x40, 0xc0]);
    const second = (low ? 0xf3 : 0xfb) ^ (rng.chance(0.3) ? 1 : 0);
    const frame = (fill) => {
        const padding = rng.below(2);
        const bitrate = low ? 1 + rng.below(6) : 1 + rng.below(4); /* 24 kHz or 48 kHz */
        const kbit = low ? 8 * bitrate : [0, 32, 40, 48, 56][bitrate];
        const n =
            (low ? Math.floor((72 * kbit) / 24) : Math.floor((144 * kbit) / 48)) + padding;
        return part(
            1,
            cat(
                Uint8Array.of(0xff, second, (bitrate << 4) | 0x04 | (padding << 1), mode),
                fill(n - 4),
            ),
        );
    };
    if (rng.chance(0.5))
        parts.push(part(2, cat(latin('ID3\x04\0\0\0\0\0'), Uint8Array.of(12), rng.bytes(12))));
    const count = 1 + rng.below(15);
    if (rng.chance(0.4)) {
        const side = low ? (mode === 0xc0 ? 9 : 17) : mode === 0xc0 ? 17 : 32;
        const info = cat(
            new Uint8Array(side),
            latin(rng.pick(['Xing', 'Info', 'VBRI'])),
            be(1, 4),
            be(count, 4),
        );
        parts.push(frame((n) => cat(info, new Uint8Array(300)).slice(0, n)));
    }
    for (let i = 0; i < count; i++) parts.push(frame((n) => rng.bytes(n)));
    if (rng.chance(0.3)) parts.push(part(3, cat(latin('TAG'), rng.bytes(9))));
    return parts;
}

function aacParts(rng) {
    const channels = rng.pick([0x80, 0x40, 0x40, 0xc0]);
    return Array.from({ length: 1 + rng.below(15) }, () => {
        const n = 10 + rng.below(30);
        return part(
            1,
            cat(
                Uint8Array.of(
                    0xff,
                    0xf1,
                    0x50,
                    channels | (n >> 11),
                    (n >> 3) & 255,
                    ((n & 7) << 5) | 0x1f,
                    0xfc,
                ),
                rng.bytes(n - 7),
            ),
        );
    });
}

function oggPage(number, flags, position, packets) {
    const laces = packets.flatMap((p) => [
        ...Array(Math.floor(p.length / 255)).fill(255),
        p.length % 255,
    ]);
    const page = cat(
        latin('OggS\0'),
        Uint8Array.of(flags),
        be(position, 8).reverse(),
        latin('SER1'),
        be(number, 4).reverse(),
        new Uint8Array(4),
        Uint8Array.of(laces.length, ...laces),
        ...packets,
    );
    page.set(be(oggCrc(page), 4).reverse(), 22);
    return part(1, page);
}

function oggParts(rng) {
    return Array.from({ length: 1 + rng.below(12) }, (_, i) =>
        oggPage(
            i,
            i === 0 ? 2 : 0,
            0,
            Array.from({ length: rng.below(4) }, () => rng.bytes(rng.below(32))),
        ),
    );
}

/** Opus: head, comments, and pages of packets of 20 ms, at times one of which is amiss. */
function opusParts(rng) {
    const channels = 1 + rng.below(2);
    const pages = [
        oggPage(0, 2, 0, [
            cat(latin('OpusHead\x01'), Uint8Array.of(channels), new Uint8Array(9)),
        ]),
        oggPage(1, 0, 0, [latin('OpusTags' + '\0'.repeat(8))]),
    ];
    let position = rng.pick([0, 0, 312]);
    for (let i = 2, n = 3 + rng.below(12); i < n; i++) {
        const packets = Array.from({ length: 1 + rng.below(3) }, () =>
            cat(
                Uint8Array.of(rng.chance(0.9) ? 0xf8 : rng.u32()),
                rng.bytes(1 + rng.below(300)),
            ),
        );
        position += rng.chance(0.03) ? rng.below(5000) : 960 * packets.length;
        const last = i + 1 === n;
        pages.push(
            oggPage(
                i,
                last ? 4 : 0,
                rng.chance(0.03) ? -1n : position - (last ? rng.below(900) : 0),
                packets,
            ),
        );
    }
    return pages;
}

function metaStream(rng) {
    const keys = [
        'name',
        'modified',
        'path',
        'members',
        'cut',
        'tool',
        'from',
        'obtained',
        'place',
        'time-claimed',
        'note',
        'device',
        'reference',
        '',
        '',
        '',
    ];
    const parts = keys.map((key) =>
        text(
            8,
            key !== '' && rng.chance(0.5) ? `${key}=${words(rng).replace(/\t/g, '')}\n` : '',
        ),
    );
    return { parts, line: 'meta n=16' };
}

function contentStream(rng, splitter) {
    const named = (name, parts) => ({ parts, line: `${name} n=${parts.length}` });
    switch (splitter) {
        case 'grid':
            return gridStream(rng);
        case 'chat-v1':
            return named(splitter, chatParts(rng));
        case 'para-v1':
            return named(splitter, paraParts(rng));
        case 'mp3-frame':
            return named(splitter, mp3Parts(rng));
        case 'aac-frame':
            return named(splitter, aacParts(rng));
        case 'ogg-page':
            return named(splitter, rng.chance(0.8) ? opusParts(rng) : oggParts(rng));
        case 'seals':
            return named(
                splitter,
                Array.from({ length: 1 + rng.below(6) }, () => part(1, rng.bytes(32))),
            );
        default:
            return named('whole', [part(1, rng.bytes(rng.below(200)))]);
    }
}

export const SPLITTERS = [
    'grid',
    'chat-v1',
    'para-v1',
    'mp3-frame',
    'aac-frame',
    'ogg-page',
    'seals',
    'whole',
];

/** Runs of visible parts. */
export function someRuns(rng, n) {
    const share = rng.pick([0, 0.3, 0.7, 0.9, 1]);
    const runs = [];
    for (let i = 0, open = false; i < n; i++) {
        const shown = rng.chance(share);
        if (shown && open) runs[runs.length - 1].count++;
        else if (shown) runs.push({ first: i, count: 1 });
        open = shown;
    }
    return runs;
}

/* ------------------------------------------------------------------ keys, times, events */

const iso = (t) => new Date(t * 1000).toISOString().replace('.000', '');

/** A block of the chain, by its made-up header. */
export function makeBlock(rng, time, double) {
    const header = cat(rng.bytes(68), be(time, 4).reverse(), rng.bytes(8));
    return { height: 800000 + rng.below(1000), header, id: double(header).reverse(), time };
}

/** One that holds this root. */
function blockOver(rng, height, root) {
    return {
        height,
        header: cat(rng.bytes(36), root, be(T0 + rng.below(3000), 4).reverse(), rng.bytes(8)),
    };
}

/** A token that is made anew for what it is to be over, in the same way each time. */
export function makeTime(rng, roots = new Map()) {
    const seed = rng.u32();
    if (rng.chance(0.4))
        return { end: '.ots', make: (digest) => makeOts(new Rng(seed), digest, roots) };
    const authority = rng.pick(AUTHORITIES);
    return {
        end: '.tsr',
        anchor: authority.anchor,
        make: (digest) => makeToken(new Rng(seed), authority, digest),
    };
}

export function makePolicy(rng, { blocks = [], anchors = [] } = {}) {
    const k = KEYS;
    const lines = [`log ${k.log.vkey}`, `#!earwitness seal ${k.seal.vkey}`];
    const witnesses = rng.below(4);
    if (rng.chance(0.7)) lines.push(`#!earwitness statement ${k.statement.vkey}`);
    if (rng.chance(0.7)) lines.push(`#!earwitness person Ann ${sshKeyText(k.person)}`);
    for (let i = 0; i < witnesses; i++)
        lines.push(
            `witness w${i} ${k.witnesses[i].vkey}${rng.chance(0.2) ? ' https://w.example' : ''}`,
        );
    if (witnesses > 0 && rng.chance(0.7)) {
        const how = rng.pick(['all', 'any', String(1 + rng.below(witnesses))]);
        lines.push(
            `group g ${how} ${Array.from({ length: witnesses }, (_, i) => `w${i}`).join(' ')}`,
        );
        lines.push('quorum g');
    } else {
        lines.push(witnesses > 0 ? 'quorum w0' : 'quorum none');
    }
    if (rng.chance(0.15))
        lines.push(
            `#!earwitness revoked ${rng.pick([k.seal, k.log, k.statement, k.stranger]).vkey} ` +
                `since ${iso(T0 + rng.pick([-500, 0, 500, 1500]))}`,
        );
    if (rng.chance(0.1))
        lines.push(`#!earwitness revoked ${sshKeyText(k.person)} since ${iso(T0)}`);
    for (const b of blocks)
        lines.push(`#!earwitness bitcoin ${b.height} ${Buffer.from(b.header).toString('hex')}`);
    for (const der of anchors) lines.push(`#!earwitness tsa ${base64(der)}`);
    if (rng.chance(0.3)) lines.splice(rng.below(lines.length), 0, '', '# a comment');
    return latin(lines.join('\n') + '\n');
}

function checkpointSigners(rng) {
    const signers = [[KEYS.log, 0n]];
    for (const w of KEYS.witnesses)
        if (rng.chance(0.6)) signers.push([w, BigInt(T0 + rng.below(1000))]);
    if (rng.chance(0.1)) signers.push([KEYS.stranger, 0n]);
    return signers;
}

export function someLog(rng) {
    const size = 1 + rng.below(20);
    return {
        salt: rng.bytes(32),
        size,
        index: rng.below(size),
        origin: KEYS.log.name,
        signers: checkpointSigners(rng),
    };
}

function eventText(rng, item) {
    const says = rng.chance(0.7);
    const kind = says
        ? rng.pick(['statement', 'repudiation', 'asked', 'answered', 'no-reply-by', 'position'])
        : rng.pick([
              'ingest',
              'fixity',
              'copy',
              'transfer-out',
              'transfer-ack',
              'analysis',
              'redaction',
              'disclosure',
          ]);
    const lines = ['earwitness-event/v1', `kind ${kind}`, `time ${iso(T0 + rng.below(5000))}`];
    const maybe = (share, line) => rng.chance(share) && lines.push(line());
    maybe(0.7, () => `actor ${words(rng).replace(/\t/g, '')}`);
    lines.push(`item ${base64(item)}`);
    if (says) maybe(0.2, () => `digest ${base64(rng.bytes(32))}`);
    else {
        maybe(0.5, () => `before ${base64(rng.bytes(32))}`);
        maybe(0.3, () => 'purpose to keep it');
        maybe(0.3, () => 'tool earwitness 0.1.0');
    }
    if (kind === 'position')
        lines.push(
            `stance ${rng.pick(['confirms', 'denies', 'says-fabricated', 'no-comment'])}`,
        );
    maybe(0.3, () => `prev ${base64(rng.bytes(32))}`);
    if (['statement', 'asked', 'answered'].includes(kind) || rng.chance(0.3))
        for (let i = 0, n = 1 + rng.below(rng.chance(0.1) ? 60 : 3); i < n; i++)
            lines.push(`text ${words(rng).replace(/\t/g, '')}`);
    return utf8(lines.join('\n') + '\n');
}

export function makeEvent(rng, item) {
    const body = eventText(rng, item);
    if (rng.chance(0.4))
        return {
            end: '.ssh',
            log: someLog(rng),
            bytes: makeSshNote(body, rng.chance(0.8) ? KEYS.person : KEYS.stranger, {
                hash: rng.pick(['sha256', 'sha512']),
            }),
        };
    return {
        end: '.note',
        log: someLog(rng),
        bytes: makeNote(body, [[rng.chance(0.8) ? KEYS.statement : KEYS.stranger, 0n]]),
    };
}

/* ------------------------------------------------------------------ all of it */

/** A bundle in which everything holds. */
export function describe(rng, splitter, block) {
    const streams = [contentStream(rng, splitter)];
    if (rng.chance(0.6)) streams.push(metaStream(rng));
    if (rng.chance(0.1)) streams.push(contentStream(rng, rng.pick(SPLITTERS)));
    for (const s of streams) {
        s.seed = rng.bytes(32);
        s.runs = someRuns(rng, s.parts.length);
    }
    const item = rng.bytes(32);
    const after = rng.chance(0.3)
        ? `bitcoin ${block.height} ${Buffer.from(block.id).toString('hex')}`
        : rng.chance(0.3)
          ? words(rng).replace(/\t/g, '')
          : '';
    const roots = new Map();
    const d = {
        item,
        after,
        streams,
        sealers: [[KEYS.seal, 0n]],
        log: someLog(rng),
        times: Array.from({ length: rng.chance(0.4) ? 1 + rng.below(3) : 0 }, () =>
            makeTime(rng, roots),
        ),
        events: Array.from({ length: rng.chance(0.4) ? 1 + rng.below(3) : 0 }, () =>
            makeEvent(rng, item),
        ),
        suggested: rng.chance(0.7) ? makePolicy(rng) : null,
        readme: rng.chance(0.8),
    };
    const digest = stampedDigest(d);
    d.times.forEach((t) => t.make(digest)); /* fills in the roots */
    const blocks = [
        ...(rng.chance(0.7) ? [block] : []),
        ...[...roots]
            .filter(() => rng.chance(0.7))
            .map(([height, root]) => blockOver(rng, height, root)),
    ];
    const anchors = new Set(
        d.times.filter((t) => t.anchor !== undefined && rng.chance(0.85)).map((t) => t.anchor),
    );
    d.policy = rng.chance(0.9) ? makePolicy(rng, { blocks, anchors: [...anchors] }) : null;
    return d;
}
