// SPDX-License-Identifier: Apache-2.0
// The page of a desk server, over TLS: the login by the keyboard, whose session it is, leaving, and what happens when a
// session ends; axe and pictures of the login in both languages, both themes and at two widths.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { launch } from './chrome.mjs';
import { speech } from './page_views_serve.mjs';
import { done, test } from './tap.mjs';

const PASS = 'correct horse battery';
const here = resolve(process.env.EARWITNESS_WEB ?? 'build/web');
const axe = readFileSync(createRequire(resolve(here, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const shots = resolve(process.env.EARWITNESS_SHOTS ?? 'build/shots');
mkdirSync(shots, { recursive: true });

const dir = mkdtempSync(join(tmpdir(), 'ew-web-desk-'));
const secret = join(dir, 'pass');
writeFileSync(secret, `${PASS}\n`, { mode: 0o600 });
const child = spawn(process.env.EARWITNESS, ['serve', '--listen', '127.0.0.1:0', '--tls', '--passphrase-file', secret, '--dir',
    join(dir, 'served'), '--json'], { env: { ...process.env, HOME: dir, LC_ALL: 'C.UTF-8', EARWITNESS_ARCHIVE: join(dir, 'archive') },
    stdio: ['ignore', 'pipe', 'ignore'] });
const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
const { url } = JSON.parse(value);

const browser = await launch();
const complaints = [];

async function open(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB',
        ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(`${m.text()} ${m.location().url}`));
    page.on('pageerror', (e) => complaints.push(e.stack));
    await page.goto(url);
    await page.waitForSelector('.login');
    return page;
}

const inside = (page) => page.waitForSelector('#nav a[aria-current]');
const told = (page) => page.textContent('.login .problem');

async function logIn(page, who) {
    await page.fill('#login-name', who);
    await page.fill('#login-pass', PASS);
    await page.keyboard.press('Enter');
    await inside(page);
}

const ann = await open();

await test('a browser that was not told to trust the certificate goes no further', async () => {
    const page = await (await browser.newContext()).newPage();
    await assert.rejects(page.goto(url), /ERR_CERT_AUTHORITY_INVALID/);
    await page.context().close();
});

await test('the login by the keyboard: what is missing, what is wrong, what is right', async () => {
    assert.equal(await ann.evaluate(() => document.activeElement.id), 'login-name');
    assert.equal(await ann.locator('#nav a').count(), 0);
    await ann.keyboard.press('Enter');
    assert.equal(await told(ann), 'Your name and the passphrase are needed.');
    await ann.keyboard.type('Ann <b>of</b> the desk');
    await ann.keyboard.press('Tab');
    await ann.keyboard.type('not what it is');
    await ann.keyboard.press('Enter');
    await ann.waitForFunction(() => document.querySelector('.login .problem').textContent !== '');
    assert.equal(await told(ann), 'the passphrase is wrong');
    assert.equal(await ann.evaluate(() => document.activeElement.id), 'login-pass');
    await ann.keyboard.type(PASS);
    await ann.keyboard.press('Enter');
    await inside(ann);
    assert.match(await ann.textContent('#person'), /^Ann <b>of<\/b> the desk Log out$/);
    assert.equal(await ann.locator('#person b').count(), 0);
    assert.equal(await ann.locator('input[type=password]').count(), 0);
});

await test('who is inside stays inside when the page is loaded again; another window is somebody else', async () => {
    await ann.reload();
    await inside(ann);
    assert.match(await ann.textContent('#person'), /^Ann/);
    const bo = await open();
    await logIn(bo, 'Bo');
    assert.match(await bo.textContent('#person'), /^Bo/);
    await bo.locator('#person button').focus();
    await bo.keyboard.press('Enter');
    await bo.waitForSelector('.login');
    assert.equal(await bo.textContent('main [role=status]'), 'You are logged out.');
    assert.equal(await bo.inputValue('#login-name'), 'Bo');
    assert.equal(await bo.evaluate(() => document.activeElement.id), 'login-pass');
    assert.equal(await bo.evaluate(() => sessionStorage.getItem('earwitness-key')), null);
    // Not by the address either.
    await bo.evaluate(() => {
        location.hash = '#/archive';
    });
    await bo.reload();
    await bo.waitForSelector('.login');
    await bo.context().close();
    await ann.locator('#nav a').nth(4).click();
    await inside(ann);
});

await test('a session that has ended leads to the login, and back to where one was', async () => {
    await ann.evaluate(async () => {
        location.hash = '#/family';
        await fetch('/api/logout', { method: 'POST', body: '{}',
            headers: { 'X-Earwitness-Key': sessionStorage.getItem('earwitness-key') } });
        location.hash = '#/jobs';
    });
    await ann.waitForSelector('.login');
    assert.equal(await ann.textContent('main [role=status]'), 'Your session has ended. Log in again.');
    await ann.fill('#login-pass', PASS);
    await ann.keyboard.press('Enter');
    await inside(ann);
    assert.equal(await ann.textContent('#nav a[aria-current]'), 'Jobs');
});

await test('work goes as without TLS: a clip is sent, looked at and heard', async () => {
    const clip = join(dir, 'clip.wav');
    speech(clip, 1, 8, 16000);
    const bad = [];
    const seen = new Set();
    ann.on('response', (r) => {
        seen.add(/\/(tiles|peaks|wav)\b/.exec(r.url())?.[1]);
        if (r.status() >= 400)
            bad.push(`${r.status()} ${r.url()}`);
    });
    await ann.evaluate(() => {
        location.hash = '#/inspect';
    });
    await ann.locator('main input[type=file]').first().setInputFiles(clip);
    await ann.waitForSelector('main table', { timeout: 60000 });
    await ann.waitForSelector('.picture canvas');
    await ann.locator('.player button', { hasText: /^Play/ }).first().click();
    for (let i = 0; i < 100 && !(seen.has('wav') && seen.has('tiles')); i++)
        await ann.waitForTimeout(100);
    assert.ok(seen.has('wav') && seen.has('tiles'), [...seen].join());
    assert.deepEqual(bad, []);
});

for (const lang of ['en', 'km'])
    for (const colorScheme of ['light', 'dark'])
        for (const width of [1280, 390])
            await test(`axe, ${lang}, ${colorScheme}, ${width} px`, async () => {
                const page = await open({ colorScheme, viewport: { width, height: 900 } });
                if (lang !== 'en')
                    await page.locator('#languages button').click();
                await page.waitForFunction((l) => document.documentElement.lang === l, lang);
                await page.evaluate(axe);
                const bad = [];
                const look = async (name) => {
                    const found = await page.evaluate(async () => (await globalThis.axe.run(document, {
                        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
                    })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`));
                    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
                    bad.push(...found.map((f) => `${name}: ${f}`), ...(over > 0 ? [`${name} is ${over} px too wide`] : []));
                    await page.screenshot({ path: join(shots, `${name}_${lang}_${colorScheme}_${width}.png`), fullPage: true });
                };
                await page.waitForSelector('.login');
                await look('login');
                await page.keyboard.press('Enter');
                await look('login_missing');
                await logIn(page, 'Ann Sophea Meas-Whitmore of the night desk in Kampor');
                await look('login_inside');
                await page.context().close();
                assert.deepEqual(bad, []);
            });

await test('who guesses has to wait, and is told for how long', async () => {
    const page = await open();
    await page.fill('#login-name', 'Eve');
    for (let i = 0; i < 5; i++) {
        await page.fill('#login-pass', `wrong, number ${i}`);
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.querySelector('.login .problem').textContent !== ''
            && !document.querySelector('.login button').disabled);
    }
    assert.match(await told(page), /^too many wrong passphrases: wait for [12] s$/);
});

await test('nothing else was complained about', async () => {
    // Wrong passphrases, one that had to wait, and the session that was ended above.
    assert.deepEqual(complaints.filter((c) => !/status of (400|401|429)/.test(c)), []);
});

await browser.close();
child.kill('SIGTERM');
await new Promise((r) => {
    child.on('exit', r);
});
rmSync(dir, { recursive: true, force: true });
done();
