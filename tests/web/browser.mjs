// SPDX-License-Identifier: Apache-2.0
// The page in Chromium: what it shows, plays and refuses, that it talks to nobody, and that it says
// what the program says, also of spoiled bundles.
import './webcrypto.mjs';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CHAT, describedBase, realBases } from './bases.mjs';
import { launch, PAGE } from './chrome.mjs';
import { makeZip, readZip, utf8 } from './make.mjs';
import { mutate } from './mutate.mjs';
import { Reference } from './reference.mjs';
import { Rng } from './rng.mjs';
import { done, test } from './tap.mjs';

const MUTATIONS = 400;

const program = process.env.EARWITNESS;
const corePath = resolve(process.env.EARWITNESS_WEB ?? 'build/web', 'core.mjs');
const core = await import(pathToFileURL(corePath));
const dir = mkdtempSync(join(tmpdir(), 'ew-web-page-'));
const file = (name, bytes) => {
    writeFileSync(join(dir, name), bytes);
    return join(dir, name);
};

const real = Object.fromEntries(
    realBases(program).map((b) => [b.name.replace('real ', ''), b]),
);
const policy = file('policy', real['chat.txt'].policy);
for (const [name, base] of Object.entries(real)) base.path = file(`${name}.ewb`, base.bundle);

const browser = await launch();
const heard = []; /* what the page asks the network for, and what it complains of */

async function open({ url = PAGE, ...options } = {}) {
    const context = await browser.newContext({
        viewport: { width: 1000, height: 800 },
        ...options,
    });
    const page = await context.newPage();
    page.on('request', (r) => {
        if (!r.url().startsWith('blob:') && r.url() !== url) heard.push(`asks for ${r.url()}`);
    });
    page.on('console', (m) => heard.push(`${m.type()}: ${m.text()}`));
    page.on('pageerror', (e) => heard.push(`error: ${e.message}`));
    await page.goto(url);
    return page;
}

/** Gives files to a page and waits for its answer. */
async function check(page, bundle, { published } = {}) {
    await page.evaluate(() => {
        delete document.documentElement.dataset.ms;
    });
    if (published !== undefined) await page.setInputFiles('#published', published);
    await page.setInputFiles('#bundle', bundle);
    await page.waitForFunction(() => document.documentElement.dataset.ms !== undefined);
    return (await page.textContent('#verdict strong')).trim();
}

async function openWithPolicy(options) {
    const page = await open(options);
    await page.setInputFiles('#policy-file', policy);
    return page;
}

const cli = (...args) =>
    spawnSync(program, ['verify', ...args], {
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
    }).stdout.toString();

for (const [name, { path }] of Object.entries(real))
    await test(`${name}: the words of the program`, async () => {
        const page = await openWithPolicy();
        assert.equal(await check(page, path), 'VERIFIED');
        const said = cli(path, '--policy', policy);
        const base = `${name}.ewb`;
        assert.equal(
            (await page.textContent('#as-text')).replace(base, 'x'),
            said.replace(/^.*\.ewb(?=: VERIFIED)/, 'x'),
        );
        const json = JSON.parse(await page.textContent('#as-json'));
        assert.deepEqual(
            { ...json, name: '' },
            { ...JSON.parse(cli(path, '--policy', policy, '--json')), name: '' },
        );
        await page.context().close();
    });

await test('the check has a thread of its own, also from a file', async () => {
    const page = await openWithPolicy();
    const thread = page.waitForEvent('worker', { timeout: 10000 });
    assert.equal(await check(page, real['a.wav'].path), 'VERIFIED');
    assert.match((await thread).url(), /^blob:/);
    await page.context().close();
});

await test('row_17_the_bundles_own_policy: what the bundle suggests vouches for nothing', async () => {
    const page = await open();
    assert.equal(await check(page, real['chat.txt'].path), 'NOT VOUCHED FOR');
    const suggested = await page.textContent('#more details:first-child pre');
    assert.ok(suggested.includes('quorum none'));
    assert.equal(await page.inputValue('#policy'), '');
    /* Only when the reader brings it himself. */
    await page.fill('#policy', suggested.trimEnd());
    await page.waitForFunction(
        () => document.querySelector('#verdict strong').textContent === 'VERIFIED',
    );
    await page.fill('#policy', 'quorum none\nnonsense\n');
    await page.waitForFunction(() => document.querySelector('#verdict').className === 'error');
    assert.ok((await page.textContent('#verdict')).includes('line 2 of the policy'));
    assert.equal(await page.textContent('#facts'), '');
    await page.context().close();
});

await test('a chat: messages, and gaps as rows that tell no length', async () => {
    const page = await openWithPolicy();
    await check(page, real['chat.txt'].path);
    const rows = await page.locator('#streams section:first-child li').allTextContents();
    assert.deepEqual(
        rows.map((r) => r.trim()),
        [
            '1/2/20, 10:00 - Ann: Did you know?',
            '[withheld]',
            '1/2/20, 10:02 - Ann: Thanks.',
            '1/2/20, 10:03 - Bob: PTT-1.opus (file attached)',
        ],
    );
    assert.ok(CHAT.includes('on Monday') && !(await page.content()).includes('on Monday'));
    await page.context().close();
});

await test('lists of 40 chats and texts: what would be published, gap for gap', async () => {
    const page = await open();
    for (let i = 0, tried = 0; tried < 40; i++) {
        const base = await describedBase(core, new Rng(300 + i), i % 2 ? 'chat-v1' : 'para-v1');
        const { shown } = await core.verifyBundle({ bundle: base.bundle });
        const pieces = shown.length > 0 ? core.publishedPieces(shown[0], 'mark') : null;
        if (pieces === null) continue;
        tried++;
        await check(page, { name: 'x.ewb', mimeType: '', buffer: Buffer.from(base.bundle) });
        const rows = await page.locator('#streams section:first-child li').allTextContents();
        const squeeze = (text) => text.replace(/[\s\ufeff]+/g, '');
        assert.equal(
            squeeze(rows.join('')),
            squeeze(Buffer.concat(pieces).toString()),
            `seed ${300 + i}`,
        );
    }
    await page.context().close();
});

await test('row_04_planted_content: a changed bundle is broken, and nothing of it is shown', async () => {
    const files = readZip(real['chat.txt'].bundle);
    const part = files.find((f) => f.name === 'parts/00000000');
    part.bytes = utf8(Buffer.from(part.bytes).toString().replace('know', 'knew'));
    const page = await openWithPolicy();
    assert.equal(await check(page, file('changed.ewb', makeZip(files))), 'BROKEN');
    assert.equal(await page.textContent('#streams'), '');
    assert.equal(await page.textContent('#facts'), '');
    await page.context().close();
});

await test('markup in names and texts stays text', async () => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const env = { ...process.env, EARWITNESS_DESK: join(dir, 'desk'), HOME: dir };
    const run = (...args) =>
        execFileSync(program, args, {
            env,
            input: 'a passphrase of many words\n',
            stdio: ['pipe', 'pipe', 'ignore'],
        });
    run('key', 'new', 'desk.example', '--passphrase-fd', '0');
    const text = file('evil.txt', `1/2/20, 10:00 - ${evil}: ${evil}\n${evil}\n`);
    const { item } = JSON.parse(run('seal', '--json', text, '--passphrase-fd', '0'));
    run('log', 'checkpoint', '--passphrase-fd', '0');
    const bundle = join(dir, '<b onmouseover=alert(1)>.ewb');
    run('disclose', item, '--show', 'all', '-o', bundle, '--passphrase-fd', '0');
    const page = await open();
    await check(page, bundle);
    assert.ok((await page.textContent('#streams')).includes(evil));
    assert.ok((await page.textContent('#verdict')).includes('<b onmouseover'));
    assert.equal(await page.locator('main img, main script, main b').count(), 0);
    assert.ok((await page.title()).startsWith('Check a bundle'));
    await page.context().close();
});

await test('sound: played with its gaps silent, gone to by mouse and by key', async () => {
    const page = await openWithPolicy();
    await check(page, real['a.wav'].path);
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('End');
    assert.equal(await slider.getAttribute('aria-valuenow'), '3');
    await page.keyboard.press('Home');
    const box = await slider.boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + 5);
    assert.match(await slider.getAttribute('aria-valuetext'), /^0:01\.5, withheld$/);
    await page.waitForFunction(() => document.querySelector('audio').duration === 3);
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction(() => document.querySelector('audio').currentTime > 1.6);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.context().close();
});

await test('the published file: the right one, and one with something in a gap', async () => {
    const { shown } = await core.verifyBundle({ bundle: real['a.wav'].bundle });
    const right = Buffer.concat(core.publishedPieces(shown[0], 'tone'));
    const wrong = Buffer.from(right);
    wrong[44 + 2 * 1500] ^= 1;
    const page = await openWithPolicy();
    assert.equal(
        await check(page, real['a.wav'].path, { published: file('right.wav', right) }),
        'VERIFIED',
    );
    assert.ok(
        (await page.textContent('#facts')).includes('every gap filled with a tone of 1 kHz'),
    );
    assert.equal(
        await check(page, real['a.wav'].path, { published: file('wrong.wav', wrong) }),
        'BROKEN',
    );
    await page.context().close();
});

await test('dropped files are taken, wherever they fall', async () => {
    const page = await openWithPolicy();
    for (const target of ['#bundle-drop', 'h1']) {
        await page.evaluate(
            async ([where, bytes]) => {
                delete document.documentElement.dataset.ms;
                const data = new DataTransfer();
                data.items.add(new File([Uint8Array.from(bytes)], 'dropped.ewb'));
                document.querySelector(where).dispatchEvent(
                    new DragEvent('drop', {
                        dataTransfer: data,
                        bubbles: true,
                        cancelable: true,
                    }),
                );
            },
            [target, [...real['chat.txt'].bundle]],
        );
        await page.waitForFunction(() => document.documentElement.dataset.ms !== undefined);
        assert.ok((await page.textContent('#verdict')).includes('VERIFIED'));
    }
    await page.context().close();
});

await test('by keyboard: every control is reached, and seen to be', async () => {
    const page = await openWithPolicy();
    await check(page, real['a.wav'].path);
    await page.evaluate(() => document.activeElement.blur());
    const reached = [];
    for (let i = 0; i < 12; i++) {
        await page.keyboard.press('Tab');
        reached.push(
            await page.evaluate(() => {
                const e = document.activeElement;
                const outline = getComputedStyle(e).outlineStyle;
                return `${e.id || e.getAttribute('role') || e.textContent.trim().slice(0, 20) || e.tagName}${outline === 'none' ? ' UNSEEN' : ''}`;
            }),
        );
    }
    for (const want of ['bundle', 'policy', 'policy-file', 'slider', 'Play'])
        assert.ok(reached.includes(want), `${want} in ${reached}`);
    await page.context().close();
});

await test('light and dark, wide and narrow: nothing sticks out', async () => {
    for (const colorScheme of ['light', 'dark'])
        for (const width of [320, 1000]) {
            const page = await openWithPolicy({
                colorScheme,
                viewport: { width, height: 700 },
            });
            for (const { path } of Object.values(real)) {
                await check(page, path);
                await page.evaluate(() =>
                    document.querySelectorAll('details').forEach((d) => {
                        d.open = true;
                    }),
                );
                const over = await page.evaluate(
                    () => document.documentElement.scrollWidth - innerWidth,
                );
                assert.ok(over <= 0, `${path} at ${width}: ${over}`);
            }
            const [paper, ink] = await page.evaluate(() => {
                const s = getComputedStyle(document.body);
                return [s.backgroundColor, s.color].map((c) => /\d+/.exec(c)[0]).map(Number);
            });
            assert.ok(
                colorScheme === 'dark' ? paper < 60 && ink > 200 : paper > 200 && ink < 60,
            );
            await page.context().close();
        }
});

await test('over HTTP as from a file', async () => {
    const html = readFileSync(fileURLToPath(PAGE));
    const server = createServer((request, response) => {
        response.setHeader('content-type', 'text/html');
        response.end(html);
    });
    await new Promise((resolve_) => {
        server.listen(0, '127.0.0.1', resolve_);
    });
    const page = await openWithPolicy({ url: `http://127.0.0.1:${server.address().port}/` });
    assert.equal(await check(page, real['text.txt'].path), 'VERIFIED');
    await page.context().close();
    server.close();
});

await test(`${MUTATIONS} spoiled bundles in the browser: as in C`, async () => {
    const reference = new Reference(process.env.EARWITNESS_VERIFY_MANY);
    const page = await (await browser.newContext()).newPage();
    /* A page of a secure origin, as a file is. */
    await page.goto(pathToFileURL(file('blank.html', '<!doctype html>')).href);
    await page.addScriptTag({
        type: 'module',
        content:
            readFileSync(corePath, 'utf8') +
            ';globalThis.core = { verifyBundle, verdictJson, verdictText, Refused };',
    });
    await page.waitForFunction(() => globalThis.core !== undefined);
    for (let b = 0, n = 0; n < MUTATIONS; b++) {
        const rng = new Rng(7000 + b);
        const base =
            b % 3 === 2
                ? Object.values(real)[b % Object.keys(real).length]
                : await describedBase(core, rng);
        const cases = Array.from({ length: 20 }, () => mutate(rng, base));
        const pack = (bytes) => (bytes === null ? null : Buffer.from(bytes).toString('base64'));
        const got = await page.evaluate(
            async (list) => {
                const unpack = (s) =>
                    s === null ? null : Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
                const out = [];
                for (const [bundle, given, published] of list)
                    try {
                        const { verdict } = await core.verifyBundle({
                            bundle: unpack(bundle),
                            policy: unpack(given),
                            published: unpack(published),
                        });
                        out.push(
                            core.verdictJson(verdict, 'x.ewb') +
                                core.verdictText(verdict, 'x.ewb'),
                        );
                    } catch (error) {
                        out.push(
                            error instanceof core.Refused
                                ? JSON.stringify({
                                      error: { code: error.code, message: error.message },
                                  })
                                : String(error.stack),
                        );
                    }
                return out;
            },
            cases.map((c) => [pack(c.bundle), pack(c.policy), pack(c.published)]),
        );
        for (let i = 0; i < cases.length; i++) {
            const { json, text } = await reference.ask(cases[i]);
            assert.equal(got[i], json + text, `batch ${b}, bundle ${i}`);
        }
        n += cases.length;
    }
    reference.close();
    await page.context().close();
});

await test('the page asked for nothing and complained of nothing', () => {
    assert.deepEqual(heard, []);
});

await browser.close();
rmSync(dir, { recursive: true, force: true });
done();
