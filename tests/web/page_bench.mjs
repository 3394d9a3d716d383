// SPDX-License-Identifier: Apache-2.0
// A long recording on the page: how long until it is seen once its peaks are there, and how long a frame takes while
// somebody zooms and scrolls. Prints one line of JSON.
//
//   EARWITNESS=... node tests/web/page_bench.mjs [--seconds S]
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './chrome.mjs';
import { Served, wavOf } from './page_views_serve.mjs';

const { values: given } = parseArgs({ options: { seconds: { type: 'string', default: '10800' } } });
const RATE = 48000;

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

/** In the page. */
async function measure() {
    const api = await import('/page/api.js');
    const { openSound } = await import('/page/sound.js');
    const { Player } = await import('/page/player.js');
    const { Picture } = await import('/page/picture.js');
    const { sha256 } = (await api.get('/api/archive')).recordings[0];
    const frame = () => new Promise((r) => requestAnimationFrame(r));
    let t = performance.now();
    await openSound(sha256);
    const decoded = performance.now() - t;
    t = performance.now();
    const sound = await openSound(sha256);
    const player = new Player({ end: sound.duration,
        lanes: [{ name: 'x', segments: [{ start: 0, end: sound.duration, sound, at: 0, rate: 1 }] }] });
    const picture = player.add(new Picture(player.scope, { label: 'x' }));
    document.getElementById('main').replaceChildren(player.bar, picture.box, player.view);
    picture.setSound(sound);
    const seen = () => {
        const c = picture.canvas;
        const { data } = c.getContext('2d').getImageData(c.width - 60, c.height - 50, 40, 30);
        return data.some((v, i) => i % 4 !== 3 && Math.abs(v - data[i % 4]) > 20);
    };
    while (!seen())
        await frame();
    const opened = performance.now() - t;
    const frames = [];
    let last = performance.now();
    for (let i = 0; i < 240; i++) {
        if (i < 60)
            player.scope.zoom(0.9, sound.duration / 2);
        else if (i < 180)
            player.scope.show(player.scope.from + player.scope.width / 40, player.scope.width);
        else
            player.scope.zoom(1.1);
        await frame();
        frames.push(performance.now() - last);
        last = performance.now();
    }
    frames.sort((a, b) => a - b);
    return { decoded_ms: decoded, opened_ms: opened, frame_ms: frames[120], frame_ms_95: frames[228],
        heap_mb: performance.memory.usedJSHeapSize / 1e6 };
}

const served = new Served();
makeWav(join(served.dir, 'long.wav'), Number(given.seconds));
served.run('add', join(served.dir, 'long.wav'));
const url = await served.start();
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
await page.goto(url);
await page.waitForSelector('#nav a');
const told = await page.evaluate(measure);
console.log(JSON.stringify(Object.fromEntries(Object.entries(told).map(([k, v]) => [k, Math.round(10 * v) / 10]))));
await browser.close();
served.stop();
