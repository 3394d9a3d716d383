// SPDX-License-Identifier: Apache-2.0
// The real program serving its page from a folder of its own, and sound for it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.EARWITNESS;

const PROMPTS = '/usr/share/asterisk/sounds';

/** Recorded human prompts of asterisk-core-sounds-en-g722, the longest first; none where it is not installed. */
function promptsThere() {
    try {
        return readdirSync(PROMPTS, { recursive: true }).filter((n) => n.endsWith('.g722')).map((n) => join(PROMPTS, n))
            .sort((a, b) => statSync(b).size - statSync(a).size || (a < b ? -1 : 1));
    } catch {
        return [];
    }
}

const prompts = promptsThere();
export const REAL = prompts.length > 100;

/** So many seconds of prompts that were not taken yet, one after the other. */
function voice(seconds, rate) {
    const list = [];
    for (let left = seconds; left > 0;) {
        list.push(prompts.shift());
        left -= statSync(list.at(-1)).size / 8000;
    }
    const inputs = list.flatMap((p) => ['-f', 'g722', '-i', p]);
    const joined = `${list.map((p, i) => `[${i}:a]`).join('')}concat=n=${list.length}:v=0:a=1`;
    const bytes = execFileSync('ffmpeg', ['-v', 'error', ...inputs, '-filter_complex', joined, '-t', `${seconds}`, '-ar', `${rate}`,
        '-ac', '1', '-f', 's16le', '-'], { maxBuffer: 1 << 28 });
    return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 2 * seconds * rate));
}

/** Recorded speech, or sound like it where there is none, written as WAV; the answer is its samples. */
export function speech(path, seed, seconds, rate) {
    if (REAL) {
        const samples = voice(seconds, rate);
        writeFileSync(path, wavOf(samples, rate));
        return samples;
    }
    const bytes = execFileSync(process.env.EARWITNESS_SPEECHGEN, [seed, seconds, rate, 1].map(String),
        { maxBuffer: 1 << 28 });
    writeFileSync(path, bytes);
    return new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + 44 + 2 * seconds * rate));
}

export function wavOf(samples, rate) {
    const head = Buffer.alloc(44);
    head.write('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1');
    head.writeUInt32LE(36 + samples.byteLength, 4);
    head.writeUInt32LE(rate, 24);
    head.writeUInt32LE(2 * rate, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(samples.byteLength, 40);
    return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

export class Served {
    constructor() {
        this.dir = mkdtempSync(join(tmpdir(), 'ew-web-views-'));
        this.env = { ...process.env, HOME: this.dir, LC_ALL: 'C.UTF-8', EARWITNESS_ARCHIVE: join(this.dir, 'archive'),
            XDG_STATE_HOME: join(this.dir, 'state') };
    }

    run(...args) {
        return execFileSync(program, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
    }

    /** The address with its token. */
    start(...args) {
        this.child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--dir', join(this.dir, 'served'), ...args],
            { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
        return new Promise((fine, failed) => {
            let said = '';
            const take = (bytes) => {
                said += bytes;
                const found = /http:\/\/\S+#[0-9a-f]{64}/.exec(said);
                if (found !== null)
                    fine(found[0]);
            };
            this.child.stdout.on('data', take);
            this.child.stderr.on('data', take);
            this.child.on('exit', (code) => failed(new Error(`the server ended with ${code}: ${said}`)));
        });
    }

    stop() {
        this.child.removeAllListeners('exit');
        this.child.on('exit', () => rmSync(this.dir, { recursive: true, force: true }));
        this.child.kill('SIGTERM');
    }
}
