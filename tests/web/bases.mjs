// SPDX-License-Identifier: Apache-2.0
// What mutations begin from: bundles of the real program, and described ones.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, makeBlock, SPLITTERS } from './describe.mjs';
import { bundleFiles, makeZip } from './make.mjs';

const double = (bytes) => {
    const once = createHash('sha256').update(bytes).digest();
    return Uint8Array.from(createHash('sha256').update(once).digest());
};

export const CHAT =
    '1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes, on Monday\n' +
    '1/2/20, 10:02 - Ann: Thanks.\n1/2/20, 10:03 - Bob: PTT-1.opus (file attached)\n';

function wav(seconds, rate = 8000) {
    const n = seconds * rate;
    const out = Buffer.alloc(44 + 2 * n);
    out.write('RIFF', 0);
    out.writeUInt32LE(36 + 2 * n, 4);
    out.write('WAVEfmt ', 8);
    out.writeUInt32LE(16, 16);
    out.writeUInt16LE(1, 20);
    out.writeUInt16LE(1, 22);
    out.writeUInt32LE(rate, 24);
    out.writeUInt32LE(2 * rate, 28);
    out.writeUInt16LE(2, 32);
    out.writeUInt16LE(16, 34);
    out.write('data', 36);
    out.writeUInt32LE(2 * n, 40);
    for (let i = 0; i < n; i++)
        out.writeInt16LE(Math.round(9000 * Math.sin(i / 9)), 44 + 2 * i);
    return out;
}

/** An MP3, an AAC and an Ogg file by ffmpeg; what it cannot make is left out. */
function codedSound(dir) {
    const made = [];
    for (const [name, codec] of [
        ['a.mp3', ['-ac', '1', '-b:a', '16k']],
        ['a.aac', ['-b:a', '16k']],
        ['a.ogg', ['-c:a', 'libopus', '-b:a', '8k', '-page_duration', '60000']],
    ]) {
        try {
            const path = join(dir, name);
            execFileSync(
                'ffmpeg',
                ['-v', 'error', '-i', join(dir, 'a.wav'), '-ar', '16000', ...codec, path],
                { stdio: 'ignore' },
            );
            made.push([path, name === 'a.ogg' ? '#4' : '#20-25']);
        } catch {
            continue;
        }
    }
    return made;
}

/** Bundles that the program itself sealed and disclosed. */
export function realBases(program) {
    const dir = mkdtempSync(join(tmpdir(), 'ew-web-'));
    const env = {
        ...process.env,
        EARWITNESS_DESK: join(dir, 'desk'),
        HOME: dir,
        LC_ALL: 'C.UTF-8',
    };
    const run = (args, input) =>
        execFileSync(program, args, {
            env,
            input,
            maxBuffer: 1 << 26,
            stdio: ['pipe', 'pipe', 'inherit'],
        });
    const withPass = (...args) =>
        run([...args, '--passphrase-fd', '0'], 'a passphrase of many words\n');
    try {
        const file = (name, bytes) => {
            writeFileSync(join(dir, name), bytes);
            return join(dir, name);
        };
        const sources = [
            [file('chat.txt', CHAT), '2'],
            [file('text.txt', 'One.\n\nTwo, which is secret.\n\nThree.\n'), '2'],
            [file('a.wav', wav(3)), '0:01-0:02'],
            [file('whole.bin', Buffer.from([0, 1, 2, 255])), null],
        ];
        sources.push(...codedSound(dir));
        withPass('key', 'new', 'desk.example');
        const policy = run(['key', 'export']);
        const sealed = withPass('seal', '--json', ...sources.map(([path]) => path))
            .toString()
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        withPass('log', 'checkpoint');
        return sealed.map(({ item }, i) => {
            const hide = sources[i][1];
            const out = join(dir, 'x.ewb');
            withPass(
                'disclose',
                item,
                '-o',
                out,
                ...(hide === null ? ['--show', 'all'] : ['--hide', hide]),
            );
            return {
                name: sources[i][0].replace(/.*\//, 'real '),
                description: null,
                bundle: new Uint8Array(readFileSync(out)),
                policy: new Uint8Array(policy),
                published: null,
            };
        });
    } finally {
        rmSync(dir, { recursive: true, force: true });
    }
}

/** A described bundle, with what would be published of it. */
export async function describedBase(core, rng, splitter = rng.pick(SPLITTERS)) {
    const block = makeBlock(rng, 1790000000 - rng.below(20000), double);
    const description = describe(rng, splitter, block);
    const bundle = makeZip(bundleFiles(description));
    const published = rng.chance(0.5) ? await publishedOf(core, bundle, rng) : null;
    return { name: splitter, description, bundle, policy: description.policy, published };
}

/** What would be published of a bundle, if anything can be. */
export async function publishedOf(core, bundle, rng) {
    const { shown } = await core.verifyBundle({ bundle });
    const fillers = shown.length > 0 ? ['silence', 'tone', 'mark'] : [];
    const made = fillers
        .map((filler) => core.publishedPieces(shown[0], filler))
        .filter((p) => p !== null);
    return made.length === 0 ? null : new Uint8Array(Buffer.concat(rng.pick(made)));
}
