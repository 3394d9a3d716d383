// SPDX-License-Identifier: Apache-2.0
// How long the page takes for one hour of sound in Chromium: from the moment the file is chosen to
// the moment the verdict stands there. Prints one line of JSON.
//
//   node tests/web/bench.mjs [--earwitness PROGRAM] [--runs N] [--seconds S]
import { execFileSync } from 'node:child_process';
import {
    mkdtempSync,
    openSync,
    closeSync,
    rmSync,
    statSync,
    writeFileSync,
    writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, PAGE } from './chrome.mjs';

const { values: given } = parseArgs({
    options: {
        earwitness: {
            type: 'string',
            default: process.env.EARWITNESS ?? 'build/bench/earwitness',
        },
        runs: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '3600' },
    },
});

const RATE = 48000;
const dir = mkdtempSync(join(tmpdir(), 'ew-web-bench-'));
const env = { ...process.env, EARWITNESS_DESK: join(dir, 'desk'), HOME: dir };
const run = (...args) =>
    execFileSync(given.earwitness, args, {
        env,
        input: 'a passphrase of many words\n',
        maxBuffer: 1 << 28,
        stdio: ['pipe', 'pipe', 'ignore'],
    });
const withPass = (...args) => run(...args, '--passphrase-fd', '0');

/** Noise, as no sound is harder. */
function makeWav(path, seconds) {
    const head = Buffer.alloc(44);
    head.write('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1');
    head.writeUInt32LE(36 + 2 * RATE * seconds, 4);
    head.writeUInt32LE(RATE, 24);
    head.writeUInt32LE(2 * RATE, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(2 * RATE * seconds, 40);
    const second = new Uint32Array(RATE / 2);
    const fd = openSync(path, 'w');
    writeSync(fd, head);
    let x = 1;
    for (let s = 0; s < seconds; s++) {
        for (let i = 0; i < second.length; i++)
            second[i] = x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
        writeSync(fd, new Uint8Array(second.buffer));
    }
    closeSync(fd);
}

async function once(browser, bundle, policy) {
    const page = await browser.newPage();
    await page.goto(PAGE);
    await page.setInputFiles('#policy-file', policy);
    await page.setInputFiles('#bundle', bundle);
    await page.waitForFunction(() => document.documentElement.dataset.ms !== undefined, null, {
        timeout: 120000,
    });
    const told = await page.evaluate(() => ({
        verdict: document.querySelector('#verdict strong').textContent,
        ms: Number(document.documentElement.dataset.ms),
    }));
    await page.close();
    if (told.verdict !== 'VERIFIED') throw new Error(`the page says ${told.verdict}`);
    return told.ms;
}

try {
    const seconds = Number(given.seconds);
    makeWav(join(dir, 'hour.wav'), seconds);
    withPass('key', 'new', 'desk.example');
    writeFileSync(join(dir, 'policy'), run('key', 'export'));
    const { item } = JSON.parse(withPass('seal', '--json', join(dir, 'hour.wav')));
    withPass('log', 'checkpoint');
    const bundle = join(dir, 'hour.ewb');
    const third = Math.floor(seconds / 3);
    withPass(
        'disclose',
        item,
        '-o',
        bundle,
        '--hide',
        `0:${third}.2-0:${third + 3}.4,0:${2 * third}-0:${2 * third + 1}`,
    );
    const browser = await launch();
    const ms = [];
    for (let i = 0; i < Number(given.runs); i++)
        ms.push(await once(browser, bundle, join(dir, 'policy')));
    await browser.close();
    ms.sort((a, b) => a - b);
    console.log(
        JSON.stringify({
            bytes: statSync(bundle).size,
            runs: ms.length,
            ms: ms[Math.floor(ms.length / 2)],
            ms_least: ms[0],
            ms_most: ms[ms.length - 1],
        }),
    );
} finally {
    rmSync(dir, { recursive: true, force: true });
}
