// SPDX-License-Identifier: Apache-2.0
// Disclosing and verifying on the page, by the mouse, by keys and in numbers: what is shown before is what is heard, what
// is written, and what the page reads out of the bundle afterwards. Pictures are put into $EARWITNESS_SHOTS.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launch } from './chrome.mjs';
import { done, test } from './tap.mjs';

const here = resolve(process.env.EARWITNESS_WEB ?? 'build/web');
const axe = readFileSync(createRequire(resolve(here, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const shots = resolve(process.env.EARWITNESS_SHOTS ?? 'build/shots');
mkdirSync(shots, { recursive: true });
const dir = mkdtempSync(join(tmpdir(), 'ew-web-bundle-'));
const file = (name) => join(dir, name);
const child = spawn('python3', [fileURLToPath(new URL('page_world.py', import.meta.url)), dir, '--bundles'],
    { stdio: ['pipe', 'pipe', 'inherit'] });
const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
const world = JSON.parse(value);
const origin = world.url.split('/#')[0];
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', acceptDownloads: true })).newPage();
const complaints = [];
page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(m.text()));
page.on('pageerror', (e) => complaints.push(e.stack));
page.on('request', (r) => !r.url().startsWith(`${origin}/`) && !r.url().startsWith('blob:') && complaints.push(`asks for ${r.url()}`));
page.on('request', (r) => r.url().includes(encodeURIComponent(world.passphrase).slice(0, 9)) && complaints.push('a passphrase in an address'));
await page.goto(world.url);
await page.waitForSelector('#nav a');

const button = (name) => page.getByRole('button', { name, exact: true });
const preview = page.locator('.disclosing .long').last();
const texts = (list) => list.locator('td.text').allTextContents();
const RATE = 16000;

async function go(hash) {
    await page.evaluate((h) => {
        location.hash = h;
    }, hash);
    await page.waitForTimeout(100);
}

/** Waits until the preview is that of what is chosen now. */
async function settled() {
    await page.waitForTimeout(250);
    await page.waitForFunction(() => [...document.querySelectorAll('.disclosing button')].some((b) => b.textContent === 'Write the bundle' && !b.disabled), null, { timeout: 20000 });
}

async function unlock() {
    await go('#/archive');
    await go('#/bundle/disclose');
    await page.fill('input[type=password]', world.passphrase);
    await page.keyboard.press('Enter');
    await page.waitForSelector('main table button');
}

async function choose(name) {
    await button(`Choose ${name}`).click();
    await page.locator('.disclosing h4', { hasText: name }).waitFor();
    await settled();
}

/** Writes what is chosen; the answer is its files by name. */
async function write(names = 1) {
    await button('Write the bundle').click();
    const told = await page.locator('dialog').textContent();
    const coming = names === 1 ? page.waitForEvent('download') : null;
    await page.locator('dialog .danger').click();
    const got = {};
    if (coming !== null) {
        const d = await coming;
        got[d.suggestedFilename()] = readFileSync(await d.path());
    }
    await page.locator('.disclosing', { hasText: 'Written and put on the log' }).waitFor();
    for (let i = 0; coming === null && i < names; i++) {
        const saved = page.waitForEvent('download');
        await page.getByRole('button', { name: /^Save / }).nth(i).click();
        const d = await saved;
        got[d.suggestedFilename()] = readFileSync(await d.path());
    }
    return { told, got };
}

/** Verifies with the desk's policy; leaves the result on the page. */
async function verify(bytes, published, name = 'got.ewb') {
    writeFileSync(file(name), bytes);
    await go('#/bundle');
    await page.waitForSelector('.drop input');
    await page.getByLabel('or from a file').setInputFiles(file('desk.policy'));
    await page.waitForFunction(() => document.querySelector('textarea').value !== '');
    if (published) {
        writeFileSync(file('published'), published);
        await page.getByLabel('What was published of it (optional)').setInputFiles(file('published'));
    }
    await page.locator('.drop input').setInputFiles(file(name));
    await page.waitForSelector('.verdict', { timeout: 30000 });
}

async function check(name) {
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark'])
        for (const width of [1280, 390]) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: 900 });
            await page.waitForTimeout(150);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(wide <= width, `${name}: ${wide} px on a screen of ${width}`);
            await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
            if (width === 390)
                await page.locator('.long').last().screenshot({ path: join(shots, `${name}-list-${colorScheme}.png`) });
        }
    const found = await page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
        .violations.map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160) + n.failureSummary.slice(0, 160)).join(' | ')}`));
    assert.deepEqual(found, []);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 900 });
}

const scheduled = () => page.evaluate(async () => (await import('/page/audio.js')).scheduled.map((s) => ({ lane: s.lane, from: s.from, to: s.to, place: s.place,
    sum: s.buffer.getChannelData(0).slice(0, 2000).reduce((a, b) => a + Math.abs(b), 0) })));
const forget = () => page.evaluate(async () => {
    (await import('/page/audio.js')).scheduled.length = 0;
});
const heard = () => page.waitForFunction(async () => (await import('/page/audio.js')).scheduled.length > 0, null, { timeout: 10000 });
const stretches = (list) => list.evaluateAll((rows) => rows.filter((r) => /^\d+:/.test(r.cells[0].textContent)).map((r) => `${r.cells[0].textContent} ${r.className}`));

await test('a wrong passphrase is told, and opens nothing', async () => {
    await go('#/bundle/disclose');
    await page.fill('input[type=password]', 'not this one');
    await page.keyboard.press('Enter');
    await page.locator('.told.problem', { hasText: 'the passphrase is wrong' }).waitFor();
    assert.equal(await page.locator('main table').count(), 0);
});

let sound;
await test('sound: a stretch by dragging, one by keys, one in numbers; each grows to whole parts', async () => {
    await unlock();
    await choose('talk.wav');
    await page.waitForSelector('.picture canvas');
    const canvas = page.locator('.picture canvas');
    const box = await canvas.boundingBox();
    await page.mouse.move(box.x + box.width / 10, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 5, box.y + 80, { steps: 4 });
    await page.mouse.up();
    const from = Number((await page.getByLabel('Stretch from').inputValue()).split(':')[1]);
    assert.ok(Math.abs(from - 3) < 0.1, `${from}`);
    await button('Hide it').click();
    for (const [at, key] of [['0:10.03', 'i'], ['0:11.57', 'o']]) {
        await page.getByLabel('Go to', { exact: true }).fill(at);
        await page.keyboard.press('Tab');
        await page.locator('h2').click();
        await page.keyboard.press(key);
    }
    await page.keyboard.press('h');
    await page.getByLabel('Stretch from').fill('0:20.04');
    await page.getByLabel('Stretch to').fill('0:22.51');
    await button('Hide it').click();
    await settled();
    const becomes = await page.locator('.disclosing table').first().locator('tbody tr').evaluateAll((rows) => rows.map((r) => r.cells[4].textContent));
    assert.deepEqual(becomes.slice(1), ['0:10.000-0:11.600', '0:20.000-0:22.600']);
    sound = await stretches(preview.locator('tbody tr'));
    assert.equal(sound.length, 7);
    assert.equal(sound[3], '0:10.0-0:11.6 hidden-part');
    const marks = await page.locator('.picture .spot:not(.asked)').evaluateAll((l) => l.map((e) => `${Number(e.dataset.start).toFixed(1)} ${Number(e.dataset.end).toFixed(1)} ${e.className.split(' ')[1]}`));
    assert.equal(marks.length, 7);
    assert.equal(marks[3], '10.0 11.6 hides');
    assert.equal(await page.locator('.picture .spot.asked').count(), 3);
});

await test('sound: what is heard is what will be visible, and silence', async () => {
    await forget();
    await page.getByLabel('Go to', { exact: true }).fill('0:09.5');
    await page.keyboard.press('Tab');
    await page.locator('h2').click();
    await page.keyboard.press('k');
    await heard();
    await page.waitForTimeout(600);
    await page.keyboard.press('k');
    const parts = await scheduled();
    assert.ok(parts.every((p) => p.lane === 0));
    for (const p of parts)
        for (const [a, b] of [[10 * RATE, 11.6 * RATE], [20 * RATE, 22.6 * RATE]])
            assert.ok(p.to <= a || p.from >= b, `${p.from}-${p.to} is hidden`);
    assert.ok(parts.some((p) => p.to === 10 * RATE) || parts.every((p) => p.to < 10 * RATE));
    await check('bundle_sound');
});

await test('sound: the question names it; what is written is that; the page reads the same out of it', async () => {
    await page.getByLabel('Files', { exact: true }).selectOption('tone');
    await settled();
    const { told, got } = await write(2);
    for (const s of sound)
        assert.equal(told.includes(s.split(' ')[0]), s.endsWith('visible'), s);
    const [bundle, published] = [got['talk.ewb'], got['talk-published.wav']];
    const whole = readFileSync(file('talk.wav'));
    assert.equal(published.length, whole.length);
    assert.ok(!bundle.includes(whole.subarray(44 + 2 * 10.2 * RATE, 44 + 2 * 10.3 * RATE)));
    await verify(bundle, published);
    assert.ok(await page.locator('.verdict.verified').count() === 1);
    assert.equal(await page.textContent('.verdict'), 'VERIFIED');
    await page.waitForSelector('.picture canvas');
    assert.deepEqual(await stretches(page.locator('.long tbody tr')), sound);
    await forget();
    await button('Play').click();
    await heard();
    await page.keyboard.press('k');
    await check('bundle_verified');
});

await test('chat: search, ticks, stretches, senders; the preview is what the page reads afterwards', async () => {
    await unlock();
    await choose('chat.txt');
    const list = page.locator('.disclosing .long').first();
    await list.locator('tbody tr').nth(1).locator('input').uncheck();
    await list.locator('tbody tr').nth(5).locator('input').click({ modifiers: ['Shift'] });
    await page.getByRole('searchbox', { name: 'Search in it' }).fill('MESSAGE2999WORD');
    await page.keyboard.press('Enter');
    await list.locator('mark', { hasText: 'message2999word' }).waitFor();
    await button('Hide all that was found').click();
    await page.getByLabel('From number', { exact: true }).fill('100');
    await page.getByLabel('To number', { exact: true }).fill('2900');
    await button('Hide these').click();
    await page.getByLabel('Doe, "Jane"', { exact: true }).check();
    await page.getByLabel('when', { exact: true }).check();
    await page.getByLabel('note: said').check();
    await settled();
    const sum = await page.textContent('.sum');
    const all = await page.evaluate(async () => {
        const shown = [...Array(3000).keys()].filter((i) => i % 3 !== 1 && !(i >= 1 && i <= 5) && !(i >= 99 && i <= 2899) && i !== 2999);
        return shown.length;
    });
    assert.match(sum, new RegExp(`Visible: 0 whole, ${all} in part`));
    const said = await texts(preview);
    assert.ok(said[0].startsWith('[withheld]Ann: message0word'), said[0]);
    await check('bundle_chat');
    const { told, got } = await write();
    assert.ok(told.includes('in part: 1, 7, 9-10') && told.includes('note=said <img'), told);
    const bundle = got['chat.ewb'];
    for (const i of [1, 2, 4, 5, 99, 1500, 2899, 2999])
        assert.ok(!bundle.includes(`message${i}word`), `${i}`);
    assert.ok(bundle.includes('message6word') && !bundle.includes('Jane') && !bundle.includes('16:00'));
    await verify(bundle);
    await page.locator('.long tbody tr').first().waitFor();
    const read = await texts(page.locator('.long'));
    const plain = (list) => list.join('').replace(/\s|\(\d+ofthem\)/g, '').replace(/\([\d,]+ofthem\)/g, '').replace(/(\[withheld\])+/g, '[withheld]');
    assert.equal(plain(read.slice(0, 60)).slice(0, 900), plain(said).slice(0, 900));
});

await test('chat: thousands of messages are gone through by the wheel, the slider and the number', async () => {
    await unlock();
    await choose('chat.txt');
    const list = page.locator('.disclosing .long').first();
    await list.hover();
    const first = () => list.evaluate((f) => Number(f.querySelector('tbody tr').cells[1].textContent.replace(/\D/g, '')));
    for (let i = 0; i < 300 && await first() === 1; i++) {
        await page.mouse.wheel(0, 1500);
        await page.waitForTimeout(30);
    }
    assert.ok(await first() > 20, `${await first()}`);
    assert.ok(await list.locator('tbody tr').count() <= 500);
    await page.getByLabel('Go to number').first().fill('2000');
    await page.keyboard.press('Tab');
    await list.locator('tbody tr', { hasText: 'message1999word' }).waitFor();
    await page.getByLabel('Messages: place').fill('2990');
    await list.locator('tbody tr', { hasText: 'message2990word' }).waitFor();
});

await test('folder: one file of it, and a part inside of that', async () => {
    await unlock();
    await choose('folder');
    const list = page.locator('.disclosing .long').first();
    const names = await texts(list);
    const other = names.findIndex((n) => n.startsWith('b.wav'));
    await list.locator('tbody tr').nth(other).locator('input').uncheck();
    await page.getByLabel('a bundle of each file that is shown, whole').check();
    await settled();
    const { got } = await write(2);
    assert.deepEqual(Object.keys(got).sort(), [`0000000${2 - other}.ewb`, 'collection.ewb']);
    await button('Choose inside a.txt').click();
    await page.locator('.disclosing h4', { hasText: 'a.txt' }).waitFor();
    await settled();
    await page.locator('.disclosing .long').first().locator('tbody tr').nth(1).locator('input').uncheck();
    await settled();
    await page.locator('.disclosing .long').last().locator('.hidden-part').waitFor();
    await check('bundle_text');
    const inside = Object.values((await write()).got)[0];
    assert.ok(inside.includes('One.') && !inside.includes('Two is hidden'));
    writeFileSync(file('collection.ewb'), got['collection.ewb']);
    await go('#/bundle');
    await page.getByLabel('The bundle of a collection that it belongs to (optional)').setInputFiles(file('collection.ewb'));
    await page.getByLabel('or from a file').setInputFiles(file('desk.policy'));
    await page.waitForFunction(() => document.querySelector('textarea').value !== '');
    writeFileSync(file('inside.ewb'), inside);
    await page.locator('.drop input').setInputFiles(file('inside.ewb'));
    await page.locator('p', { hasText: `It is number ${2 - other} of the 2 members of that collection.` }).waitFor();
});

await test('a file that is not there is told, and can be sent', async () => {
    const text = readFileSync(file('secret.txt'));
    rmSync(file('secret.txt'));
    writeFileSync(file('elsewhere.txt'), text);
    writeFileSync(file('wrong.txt'), `${text}x`);
    await unlock();
    assert.match(await page.locator('main tr', { hasText: 'secret.txt' }).textContent(), /the file is not there/);
    await button('Choose secret.txt').click();
    await page.locator('.missing').waitFor();
    await page.locator('.missing input').setInputFiles(file('wrong.txt'));
    await page.locator('.told.problem', { hasText: 'is not what was sealed' }).waitFor();
    await page.locator('.missing input').setInputFiles(file('elsewhere.txt'));
    await page.locator('.disclosing .long tbody tr').first().waitFor();
    await settled();
    assert.equal((await texts(preview)).length, 3);
});

/** All files below a folder. */
const below = (at) => readdirSync(at).flatMap((n) => (statSync(join(at, n)).isDirectory() ? below(join(at, n)) : [join(at, n)]));

await test('when the view is left nothing stays, and the passphrase is nowhere', async () => {
    await go('#/archive');
    for (let i = 0; i < 50 && readdirSync(file('work')).length > 4; i++)
        await page.waitForTimeout(100);
    assert.deepEqual(readdirSync(file('work')).sort(), ['files', 'jobs', 'recordings', 'sounds']);
    assert.deepEqual([...readdirSync(file('work/sounds')), ...readdirSync(file('work/files'))], []);
    for (const path of below(dir))
        assert.ok(!readFileSync(path).includes(world.passphrase), path);
    await go('#/bundle/disclose');
    assert.equal(await page.inputValue('input[type=password]'), '');
});

await test('nothing ran that came from outside; the page complains of nothing', async () => {
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(complaints.filter((c) => !c.includes('status of 400') && !c.includes('status of 404')), []);
});

await browser.close();
child.stdin.end();
await new Promise((r) => {
    child.on('exit', r);
});
rmSync(dir, { recursive: true, force: true });
done();
