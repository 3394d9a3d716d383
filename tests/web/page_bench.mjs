// SPDX-License-Identifier: Apache-2.0
// A long recording in the views of the page: how long until it is seen once its peaks are there, how frames come while
// somebody zooms and scrolls, what is sent and what is kept; and the first paint with nothing in the cache. The answers of
// the jobs are made up, with as many pieces, edits and copies as there may be. Prints one line of JSON for each.
//
//   EARWITNESS=... node tests/web/page_bench.mjs [--seconds S] [--only check,diff]
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './chrome.mjs';
import { Served, wavOf } from './page_views_serve.mjs';

const { values: given } = parseArgs({ options: { seconds: { type: 'string', default: '10800' }, only: { type: 'string' } } });
const SECONDS = Number(given.seconds);
const RATE = 48000;
const PIECES = 200;
const EDITS = 2500;
const COPIES = 40;
const FRAMES = 240;
const PAINTS = 9;

/** Noise that swells once a minute. */
function makeWav(path, seconds) {
    const head = wavOf(new Int16Array(0), RATE);
    head.writeUInt32LE(36 + 2 * RATE * seconds, 4);
    head.writeUInt32LE(2 * RATE * seconds, 40);
    const fd = openSync(path, 'w');
    writeSync(fd, head);
    const second = new Int16Array(RATE);
    let x = 1;
    for (let s = 0; s < seconds; s++) {
        const loud = 3000 + 2500 * Math.sin(s / 60 * 2 * Math.PI);
        for (let i = 0; i < RATE; i++) {
            x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
            second[i] = loud * (x / 2 ** 31 - 1);
        }
        writeSync(fd, new Uint8Array(second.buffer));
    }
    closeSync(fd);
}

/* ------------------------------------------------------------------ made-up answers */

const places = (n) => Array.from({ length: n }, (_, i) => [i * SECONDS / n, (i + 0.9) * SECONDS / n]);

function answers(sha256) {
    const common = { not_tested: [] };
    return {
        check: { ...common, clip: { name: 'long.wav', sha256 }, explained: 0.9,
            spans: places(PIECES).map(([a, b], i) => ({ query_start: a, query_end: b, sha256, source: `recording ${i % 9}`,
                source_name: 'long.wav', source_start: a, source_end: b, speed: 1, certainty: 0.99 })),
            gaps: places(PIECES).map(([, b]) => ({ query_start: b, query_end: b + SECONDS / PIECES / 10, kind: 'no-match' })),
            joins: places(PIECES).map(([a]) => ({ at: a, certainty: 0.9, plus_minus: 0.01 })) },
        diff: { ...common, a: { name: 'a', sha256 }, b: { name: 'b', sha256 }, verdict: 'differs',
            edits: places(EDITS).map(([, b], i) => ({ op: ['delete', 'insert', 'replace', 'move'][i % 4], a_start: b,
                a_end: b + SECONDS / EDITS / 10, b_start: b, b_end: b + SECONDS / EDITS / 10, plus_minus: 0.01, certainty: 0.9 })),
            stretches: places(EDITS).map(([a, b], i) => ({ a_start: a, a_end: b, b_start: a, b_end: b, speed: 1, gain_db: 0,
                agreement: 0.9, in_order: i % 4 !== 3 })) },
        family: { root: 'copy 0', failed: [], composite: [],
            copies: Array.from({ length: COPIES }, (_, i) => ({ file: `copy ${i}`, sha256, kind: i === 0 ? 'root' : 'child',
                parent: `copy ${i >> 1}`, certainty: 0.9, offset: i, duration: SECONDS, reasons: [{ text: 'a reason' }] })),
            parents: Object.fromEntries(Array.from({ length: COPIES }, (_, i) => [`copy ${i}`, i === 0 ? null : `copy ${i >> 1}`])) },
        inspect: { ...common, file: { name: 'long.wav', sha256, duration: SECONDS }, methods: [],
            findings: places(PIECES).map(([a, b]) => ({ kind: 'join', method: 'join', start: a, end: b, text: 'a finding',
                strength: 'strong', certainty: 0.9 })) },
    };
}

/** What the page asks about job 1 is answered here; all else by the program. */
async function pretend(page, kind, sha256) {
    const result = answers(sha256)[kind];
    const job = { id: 1, kind, state: 'done', made: 0, files: [{ sha256, name: 'a', bytes: 1 }, { sha256, name: 'b', bytes: 1 }] };
    await page.route('**/api/jobs', (r) => r.fulfill({ json: { jobs: [job] } }));
    await page.route('**/api/jobs/1', (r) => r.fulfill({ json: job }));
    await page.route('**/api/jobs/1/result', (r) => r.fulfill({ json: result }));
}

/* ------------------------------------------------------------------ in the page */

/** From the view's address to a picture with sound in it. */
async function open(kind) {
    const frame = () => new Promise((r) => requestAnimationFrame(r));
    const t = performance.now();
    location.hash = `#/${kind}/1`;
    const seen = () => document.querySelector('#nav [aria-current]')?.hash === `#/${kind}/1`.slice(0, -2) && [...document.querySelectorAll('.picture canvas')].some((c) => {
        if (c.width < 100)
            return false;
        const { data } = c.getContext('2d').getImageData(c.width - 60, c.height - 50, 40, 30);
        return data.some((v, i) => i % 4 !== 3 && Math.abs(v - data[i % 4]) > 20);
    });
    while (!seen())
        await frame();
    return performance.now() - t;
}

/** Closer with the wheel, along, and back; times between frames. */
async function move(count) {
    const frame = () => new Promise((r) => requestAnimationFrame(r));
    const box = document.querySelector('.picture');
    const { left, width } = box.getBoundingClientRect();
    const wheel = (more) => box.dispatchEvent(new WheelEvent('wheel',
        { clientX: left + width / 2, bubbles: true, cancelable: true, ...more }));
    const times = [];
    await frame();
    let last = performance.now();
    for (let i = 0; i < count; i++) {
        if (i < count / 4)
            wheel({ ctrlKey: true, deltaY: -30 });
        else if (i < 3 * count / 4)
            wheel({ shiftKey: true, deltaY: 30 });
        else
            wheel({ ctrlKey: true, deltaY: 30 });
        await frame();
        times.push(performance.now() - last);
        last = performance.now();
    }
    return times.sort((a, b) => a - b);
}

/* ------------------------------------------------------------------ outside */

async function measureView(page, kind, sha256) {
    const cdp = await page.context().newCDPSession(page);
    let sent = 0;
    await cdp.send('Network.enable');
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' }); // of this thread only: others work too
    cdp.on('Network.loadingFinished', (e) => {
        sent += e.encodedDataLength;
    });
    const busy = async () => (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value;
    await page.unrouteAll();
    await pretend(page, kind, sha256);
    const opened = await page.evaluate(open, kind);
    const before = await busy();
    const times = await page.evaluate(move, FRAMES);
    const work = 1000 * (await busy() - before) / FRAMES;
    await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    return { view: kind, opened_ms: opened, frame_ms: times[FRAMES / 2], frame_ms_95: times[Math.floor(0.95 * FRAMES)],
        frame_ms_most: times.at(-1), work_ms: work, heap_mb: usedSize / 1e6, sent_mb: sent / 1e6 };
}

async function firstPaint(browser, url, locale) {
    const paints = [];
    const words = [];
    for (let i = 0; i < PAINTS; i++) {
        const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } });
        const page = await context.newPage();
        const { token } = await (await fetch(new URL('/api/token', url), { method: 'POST', body: '{}', headers: { 'X-Earwitness-Key': key } })).json();
        await page.goto(`${url.split('#')[0]}#${token}`);
        await page.waitForSelector('#nav a');
        words.push(await page.evaluate(async () => {
            await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
            await document.fonts.ready;
            return performance.now();
        }));
        paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
        await context.close();
    }
    const middle = (list) => list.sort((a, b) => a - b)[PAINTS >> 1];
    return { view: `first paint, ${locale}`, paint_ms: middle(paints), paint_ms_most: paints.at(-1), complete_ms: middle(words) };
}

const say = (told) => console.log(JSON.stringify(Object.fromEntries(Object.entries(told).map(
    ([k, v]) => [k, typeof v === 'number' ? Math.round(10 * v) / 10 : v]))));

const served = new Served();
makeWav(join(served.dir, 'long.wav'), SECONDS);
served.run('add', join(served.dir, 'long.wav'));
const url = await served.start();
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
await page.goto(url);
await page.waitForSelector('#nav a');
const key = await page.evaluate(() => sessionStorage.getItem('earwitness-key'));
const [sha256, decoded] = await page.evaluate(async () => {
    const api = await import('/page/api.js');
    const { openSound } = await import('/page/sound.js');
    const { sha256 } = (await api.get('/api/archive')).recordings[0];
    const t = performance.now();
    await openSound(sha256);
    return [sha256, performance.now() - t];
});
say({ view: 'decoding', decoded_ms: decoded });
for (const kind of given.only?.split(',') ?? ['inspect', 'check', 'diff', 'family'])
    say(await measureView(page, kind, sha256));
for (const locale of given.only === undefined ? ['en-US', 'km-KH'] : [])
    say(await firstPaint(browser, url, locale));
await browser.close();
served.stop();
