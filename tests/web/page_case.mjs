// SPDX-License-Identifier: Apache-2.0
// The case as a newsroom works with it: items are heard in their place, examined without being sent again, added, verified
// and taken back; what people said leads to where it stands; and a long chat is never loaded whole.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launch } from './chrome.mjs';
import { done, test } from './tap.mjs';

const shots = resolve(process.env.EARWITNESS_SHOTS ?? 'build/shots');
mkdirSync(shots, { recursive: true });
const dir = mkdtempSync(join(tmpdir(), 'ew-web-case-'));
const file = (...names) => join(dir, ...names);
const child = spawn('python3', [fileURLToPath(new URL('page_world.py', import.meta.url)), dir],
    { stdio: ['pipe', 'pipe', 'inherit'] });
const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
const world = JSON.parse(value);

/* A long chat with a voice message, one that is gone, and one that was deleted, beside what the world has. */
const MESSAGES = 3000;
const HOSTILE = '<img src=x onerror="window.hacked=1">';
const message = (i, more) => ({ id: i, type: 'message', date: new Date(1.79e12 + 6e5 * i).toISOString().slice(0, 19),
    date_unixtime: `${1.79e9 + 600 * i}`, from: `P${i % 5} ${HOSTILE}`, from_id: `user${i % 5}`, text: `number ${i} of the harbour`, ...more });
mkdirSync(file('long', 'voice_messages'), { recursive: true });
copyFileSync(file('speech.wav'), file('long', 'voice_messages', 'audio_1.wav'));
const voice = (name) => ({ text: '', media_type: 'voice_message', duration_seconds: 20, file: `voice_messages/${name}.wav` });
writeFileSync(file('long', 'result.json'), JSON.stringify({ name: 'Long', type: 'private_group', id: 77,
    messages: Array.from({ length: MESSAGES }, (_, i) => message(i + 1, { 1499: voice('audio_1'), 1501: voice('gone') }[i])) }));
const env = { ...process.env, HOME: file('home'), EARWITNESS_ARCHIVE: file('archive'), EARWITNESS_WHO: 'desk', LC_ALL: 'C.UTF-8' };
execFileSync(process.env.EARWITNESS, ['import', file('long'), '--no-analyses', '--case', file('case')], { env, stdio: 'ignore' });

const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })).newPage();
const complaints = [];
const asked = [];
page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(m.text()));
page.on('pageerror', (e) => complaints.push(e.stack));
page.on('request', (r) => asked.push(r.url()));
await page.goto(world.url);
await page.waitForSelector('#nav a');
const get = (path) => page.evaluate(async (p) => (await import('/page/api.js')).get(p), path);
const id = (await get('/api/cases')).cases[0].id;
const items = (await get(`/api/cases/${id}`)).items;
const itemOf = (name) => items.find((i) => i.name === name);
async function go(hash) {
    await page.evaluate((h) => {
        location.hash = h;
    }, `#/case/${id}${hash}`);
    await page.waitForTimeout(100);
    await page.waitForLoadState('networkidle');
}
const told = () => page.locator('main .told').allTextContents().then((all) => all.join(' '));

await test('an item is heard where it is, with what its inspection found', async () => {
    await go('/item/1');
    await page.waitForSelector('.picture canvas', { timeout: 20000 });
    assert.match(await page.textContent('.meter'), /what it was/);
    const cells = await page.locator('div:has(> h3:text-is("The sound")) td').allTextContents();
    assert.equal(cells[0], '96,000');
    await page.screenshot({ path: join(shots, 'case_hear.png'), fullPage: true });
});

await test('a changed original is told and not heard', async () => {
    const clip = itemOf('clip.wav');
    const path = file('case', 'originals', clip.sha256.slice(0, 2), clip.sha256);
    const good = readFileSync(path);
    chmodSync(path, 0o600);
    writeFileSync(path, Buffer.concat([good.subarray(0, 5000), Buffer.from('forged'), good.subarray(5006)]));
    await go('/items');
    await go('/item/1');
    await page.waitForSelector('.meter .problem');
    assert.match(await page.textContent('.meter'), /was changed/);
    assert.equal(await page.locator('.picture').count(), 0);
    await go('/events');
    await page.getByRole('button', { name: 'Verify the case' }).click();
    await page.waitForSelector('.verdict.broken', { timeout: 20000 });
    assert.equal(await page.locator('ul.problem li').count(), 1);
    writeFileSync(path, good);
    await page.getByRole('button', { name: 'Verify the case' }).click();
    await page.waitForSelector('.verdict:not(.broken)', { timeout: 20000 });
});

await test('a long chat is read a page at a time, and a voice message is heard in its place', async () => {
    asked.length = 0;
    await go(`/item/${itemOf('result.json') && items.filter((i) => i.name === 'result.json').at(-1).item}`);
    let first = ''; // a heading is never empty, also before the chat is there
    await page.route('**/chats/**', async (r) => {
        first ||= await page.locator('main h3').first().textContent();
        await r.continue();
    });
    await page.locator('main table a', { hasText: 'Long' }).click();
    await page.waitForSelector('.chat .message');
    await page.unroute('**/chats/**');
    assert.equal(first, 'Chat');
    assert.equal(await page.locator('.chat .message').count(), 100);
    await page.fill('input[type=number]', '1500');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('.chat .sender').textContent.startsWith('1,500'));
    assert.ok(await page.locator('.chat .day').count() > 0);
    assert.equal(await page.locator('.chat .gone').count(), 1);
    await page.locator('.chat .message button').first().click();
    await page.waitForSelector('.heard .picture canvas', { timeout: 20000 });
    assert.equal(await page.locator('.heard').count(), 1);
    assert.ok(asked.filter((u) => u.includes('/chats/')).length <= 3);
    await page.screenshot({ path: join(shots, 'case_chat.png'), fullPage: true });
    await page.getByRole('button', { name: 'Last' }).click();
    await page.waitForFunction((n) => document.querySelectorAll('.chat .message').length === 100 &&
        [...document.querySelectorAll('.chat .sender')].at(-1).textContent.startsWith(n), '3,000');
    assert.equal(await page.locator('.heard').count(), 0);
});

await test('two items are compared without being sent; the kept result opens with its picture', async () => {
    await go('/items');
    for (const box of await page.locator('main table input[type=checkbox]').all())
        await box.check();
    assert.equal(await page.getByRole('button', { name: 'Order as a family' }).isEnabled(), true);
    await page.getByRole('button', { name: 'Compare two' }).click();
    await page.waitForSelector('.kept a', { timeout: 30000 });
    assert.equal(asked.filter((u) => u.includes('/api/files')).length, 0);
    await page.locator('.kept a').click();
    await page.waitForSelector('.picture canvas', { timeout: 20000 });
    assert.equal(await page.locator('.picture').count(), 2);
    const last = (await get(`/api/cases/${id}/events?count=1`)).events[0];
    assert.deepEqual([last.kind, last.detail.tool, last.who], ['analysis', 'diff', 'desk']);
});

await test('files are added and examined; an event is taken back, with a reason', async () => {
    await go('/add');
    await page.locator('.fields input').first().fill(HOSTILE);
    await page.locator('.drop input').setInputFiles([file('cut.wav'), file('secret.txt')]);
    await page.waitForSelector('h3:text-is("What came in")', { timeout: 20000 });
    assert.equal(await page.locator('section[aria-live] li').count(), 2);
    await page.waitForFunction(async (c) => {
        const { get: ask } = await import('/page/api.js');
        return (await ask('/api/jobs')).jobs.filter((j) => j.case === c && j.kept).length >= 3;
    }, id, { timeout: 30000, polling: 300 });
    await go('/events');
    const event = (await get(`/api/cases/${id}/events`)).events.find((e) => e.kind === 'ingest' && e.detail.name === 'secret.txt').event;
    await page.getByRole('button', { name: `Take back event ${event}`, exact: true }).click();
    await page.keyboard.type('by mistake');
    await page.locator('dialog .danger').click();
    await page.waitForFunction((n) => document.body.innerText.includes(`event ${n} is taken back by event`), event);
    assert.equal((await get(`/api/cases/${id}/events?count=1`)).events[0].purpose, 'by mistake');
});

await test('suggestions: a key each, faster than the disk; the last is taken back; a position leads to its words', async () => {
    await go('/quotes');
    await page.keyboard.press('a');
    await page.keyboard.press('r'); // the next one has the keys already
    await page.waitForFunction(() => document.querySelectorAll('article.quote').length === 2);
    await page.keyboard.press('u');
    await page.waitForFunction(() => document.querySelectorAll('article.quote').length === 3);
    assert.match(await told(), /taken back; 3 left/);
    await go('/timeline');
    await page.locator('td a[href*="/place/"]').click();
    await page.waitForSelector('.reading .sought mark');
    assert.equal(await page.textContent('.sought mark'), 'The recording is a fabrication,');
    await go('/timeline');
    await page.locator('summary', { hasText: 'Write down a position' }).click();
    const form = page.locator('details form');
    await form.locator('select').first().selectOption('1');
    await form.locator('input').first().fill('Mayor ' + HOSTILE);
    await form.locator('select').nth(1).selectOption('asked');
    await form.locator('input').nth(1).fill('2026-10-10');
    await page.getByRole('button', { name: 'Write it down' }).click();
    await page.waitForSelector('.turn.unanswered');
    await page.locator('main > section select').last().selectOption({ index: 1 });
    await page.waitForTimeout(300);
    assert.ok(await page.locator('main tbody tr').count() >= 1);
});

await test('what is found leads to its place, and back', async () => {
    await go('/search');
    await page.keyboard.type('harbour');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('a.hit').length === 50);
    await page.getByRole('button', { name: 'Older ones' }).click();
    await page.waitForFunction(() => document.querySelectorAll('a.hit').length === 100);
    await page.fill('input[type=search]', '"number 1234"');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('a.hit').length === 1);
    await page.locator('a.hit').click();
    await page.waitForSelector('.message.sought');
    assert.match(await page.textContent('.message.sought'), /number 1234 of the harbour/);
    assert.ok(await page.evaluate(() => document.activeElement.classList.contains('sought')));
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll('a.hit').length === 1);
});

await test('a new case; nothing ran that came from outside', async () => {
    await page.evaluate(() => {
        location.hash = '#/case';
    });
    await page.getByLabel('What the case is about').fill(`../../x ${HOSTILE}`);
    await page.keyboard.press('Enter');
    await page.waitForFunction((old) => /^#\/case\/[0-9a-f]{16}\/add$/.test(location.hash) && !location.hash.includes(old), id);
    assert.equal((await get('/api/cases')).cases.length, 2);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(complaints, []);
    const text = await page.evaluate(() => document.body.innerText);
    assert.ok(!text.includes('undefined') && !text.includes('[object'));
});

await browser.close();
child.stdin.end();
await new Promise((r) => {
    child.on('exit', r);
});
rmSync(dir, { recursive: true, force: true });
done();
